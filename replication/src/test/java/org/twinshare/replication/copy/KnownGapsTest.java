package org.twinshare.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KnownGapsTest {
    /** A standby that starts hears of COMMITs before it can tell which files are here. */
    @Test
    void whatWasPromisedBeforeTheTreeWasBoundIsFetchedWhenItIs() throws Exception {
        try (Twin twin = new Twin()) {
            KnownGaps gaps = new KnownGaps(twin.standbyTree);
            gaps.lacks(7, new KnownGaps.Promise(20, 19), false);
            gaps.lacks(8, new KnownGaps.Promise(20, 19), false);
            gaps.lacks(9, new KnownGaps.Promise(10, 9), false);
            assertThat(gaps.files().isWaiting()).isFalse();
            gaps.fetchWhatIsHere(10, file -> file != 8);
            assertThat(gaps.beginFetch(true))
                    .as("8 is not here, and of 9 a record has told")
                    .containsExactly(7L);
            assertThat(gaps.hasWhatWasPromised(10)).isFalse();
            gaps.fetched((file, promise) -> promise.syncedSequence() == 19);
            gaps.files().end(true);
            assertThat(gaps.hasWhatWasPromised(10)).as("8 still lacks").isFalse();
            assertThat(gaps.hasWhatWasPromised(20)).isTrue();
        }
    }
}
