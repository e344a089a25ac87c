package org.twinshare.exports;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProblemTest {

    @Test
    void showsWhatCauseAndRemedyEachOnItsOwnLine() {
        Problem problem = new Problem("port 2049 is taken", "knfsd holds it", "systemctl disable --now nfs-server");

        assertThat(problem.text())
                .isEqualTo(
                        "error: port 2049 is taken\n cause: knfsd holds it\nremedy: systemctl disable --now nfs-server");
    }

    @Test
    void leavesOutWhatIsEmptyAndIndentsFurtherLines() {
        assertThat(new Problem("a", "", "b\nc").text()).isEqualTo("error: a\nremedy: b\n        c");
    }
}
