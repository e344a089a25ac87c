package org.twinshare.exports.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LostNamesTest {

    private static final Optional<String> FAILURE = Optional.of("no answer");

    private final LostNames lost = new LostNames(Duration.ofMinutes(60));

    @Test
    void tellsOnceWhenANameIsLostAndOnceWhenItIsBack() {
        assertThat(lost.answered("web1", FAILURE, true))
                .contains("web1 of the exports table is not found any more: no answer; what was known of it stays for "
                        + "60 min. See what the name service says: getent ahosts web1");
        assertThat(lost.answered("web1", FAILURE, true)).isEmpty();
        assertThat(lost.answered("web1", Optional.empty(), true)).contains("web1 of the exports table is found again");
        assertThat(lost.answered("web1", Optional.empty(), true)).isEmpty();
    }

    @Test
    void tellsOnceWhenALostNameIsGivenUp() {
        assertThat(lost.answered("@webs", FAILURE, true)).isPresent();
        assertThat(lost.answered("@webs", FAILURE, false))
                .contains("@webs of the exports table was not found for 60 min: its clients are refused from now on. "
                        + "See what the name service says: getent netgroup webs");
        assertThat(lost.answered("@webs", FAILURE, false)).isEmpty();
        assertThat(lost.answered("@webs", Optional.empty(), true))
                .contains("@webs of the exports table is found again");
    }

    @Test
    void leavesANameThatWasNeverFoundToTheLoadingOfTheTable() {
        assertThat(lost.answered("web1", FAILURE, false)).isEmpty();
        assertThat(lost.answered("web1", Optional.empty(), true)).isEmpty();
    }

    @Test
    void forgetsNamesThatAreNotInTheTableAnyMore() {
        assertThat(lost.answered("web1", FAILURE, true)).isPresent();
        lost.retain(List.of("web2"));

        assertThat(lost.answered("web1", Optional.empty(), true)).isEmpty();
    }
}
