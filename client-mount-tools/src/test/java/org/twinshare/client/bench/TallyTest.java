package org.twinshare.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.twinshare.client.probe.Procedure;

class TallyTest {
    private static final Percentage PRECISION = Percentage.withPercentage(0.1);

    private final Tally tally = new Tally();

    @Test
    void knowsPercentilesToTheStatedPrecision() {
        for (int each = 1; each <= 100_000; each++) {
            tally.replied(Procedure.GETATTR, each * 1000L);
        }

        Latency latency = Latency.of(Objects.requireNonNull(tally.latencyNs().get(Procedure.GETATTR)));

        assertThat(latency.count()).isEqualTo(100_000);
        assertThat(latency.p50Ns()).isCloseTo(50_000_000, PRECISION);
        assertThat(latency.p90Ns()).isCloseTo(90_000_000, PRECISION);
        assertThat(latency.p99Ns()).isCloseTo(99_000_000, PRECISION);
        assertThat(latency.p999Ns()).isCloseTo(99_900_000, PRECISION);
        assertThat(latency.maxNs()).isCloseTo(100_000_000, PRECISION);
    }

    @Test
    void addsUpWhatSeveralLoopsCounted() {
        Tally other = new Tally();
        tally.replied(Procedure.READ, 10);
        other.replied(Procedure.READ, 20);
        other.replied(Procedure.WRITE, 30);
        other.completed(40);
        tally.moved(5);
        other.moved(6);
        other.listed(7);
        tally.unexpected(Procedure.CREATE, 28);
        other.unexpected(Procedure.CREATE, 28);
        other.unexpected(Procedure.NULL, 4711);
        for (int each = 0; each < 100; each++) {
            other.wrong("byte " + each);
        }

        tally.add(other);

        assertThat(tally.calls()).isEqualTo(3);
        assertThat(tally.bytes()).isEqualTo(11);
        assertThat(tally.entries()).isEqualTo(7);
        assertThat(tally.operationNs().getTotalCount()).isEqualTo(1);
        assertThat(tally.unexpectedByName()).isEqualTo(Map.of("CREATE NOSPC", 2L, "NULL 4711", 1L));
        assertThat(tally.wrongCount()).isEqualTo(100);
        assertThat(tally.wrong()).hasSize(5).startsWith("byte 0");
    }

    @Test
    void takesOnlyTheFaultsOfAWarmUp() {
        Tally warmUp = new Tally();
        warmUp.replied(Procedure.READ, 10);
        warmUp.unexpected(Procedure.READ, 5);

        tally.addFaults(warmUp);

        assertThat(tally.calls()).isZero();
        assertThat(tally.unexpectedByName()).containsOnlyKeys("READ IO");
    }
}
