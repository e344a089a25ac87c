package org.twinshare.replication.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.twinshare.replication.journal.RecordMark;

class ForkTest {
    private static Fork.Marks journal(int epochBehind, long fork) {
        return asked -> asked.stream()
                .map(sequence -> new RecordMark(sequence, sequence > fork ? epochBehind : 1, (byte) 1, sequence, 0, 0))
                .toList();
    }

    private static long find(long oldest, long last, long fork) throws IOException {
        return Fork.lastCommon(oldest, last, journal(2, fork), journal(3, fork));
    }

    @Test
    void findsTheLastCommonRecordWhereverItIs() throws Exception {
        for (long fork = 9; fork <= 500; fork++) {
            assertThat(find(10, 500, fork)).isEqualTo(fork);
        }
        assertThat(find(1, 1, 0)).isZero();
    }

    @Test
    void findsItAmongMillionsInAFewRounds() throws Exception {
        AtomicInteger rounds = new AtomicInteger();
        Fork.Marks counted = asked -> {
            rounds.incrementAndGet();
            return journal(2, 7_654_321).at(asked);
        };
        assertThat(Fork.lastCommon(1, 16_000_000, counted, journal(3, 7_654_321)))
                .isEqualTo(7_654_321);
        assertThat(rounds).hasValueLessThanOrEqualTo(5);
    }
}
