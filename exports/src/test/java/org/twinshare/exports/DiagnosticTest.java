package org.twinshare.exports;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.twinshare.exports.Diagnostic.Severity;

class DiagnosticTest {

    @Test
    void showsPlaceMessageSourceLineCaretAndRemedy() {
        Location place = new Location("/etc/exports", 3, 7, "/data  oops(rw)", 7);

        assertThat(new Diagnostic(Severity.WARNING, place, "a message", "do this\nor that").text())
                .isEqualTo("""
                        /etc/exports:3:7: warning: a message
                            /data  oops(rw)
                                   ^
                            remedy: do this
                                    or that""");
    }

    @Test
    void showsALineWithoutACaretWhereThereIsNoColumn() {
        Diagnostic diagnostic =
                new Diagnostic(Severity.WARNING, Location.ofCommandLine("/a 10.0.0.1(rw)"), "a message", "do this");

        assertThat(diagnostic.text())
                .isEqualTo("command line: warning: a message\n    /a 10.0.0.1(rw)\n    remedy: do this");
    }

    @Test
    void leavesOutWhatAWholeFileDoesNotHave() {
        assertThat(new Diagnostic(Severity.ERROR, Location.ofFile("/etc/exports"), "a message", "").text())
                .isEqualTo("/etc/exports: error: a message");
    }
}
