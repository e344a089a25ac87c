package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What was acknowledged is on the disk: the server runs in a kernel of its own (Linux 6.1), and that kernel is killed, so that
 * whatever only its page cache held is gone.
 */
@Tag("alone")
class SystemCrashIT {
    private static final int ROUNDS = Integer.getInteger("twinshare.crash.rounds", 1);
    private static final int WORKERS = 4;

    private static Lab lab;
    private static CrashServer server;

    @BeforeAll
    static void open() {
        lab = Lab.open();
        server = new CrashServer(lab, "");
        server.start();
    }

    @AfterAll
    static void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    /** The calls are under way when the crash comes, so the last one of each worker may be there or not. */
    @Test
    void everythingAcknowledgedSurvivesCrashesOfTheSystem() {
        long seed = Long.getLong("twinshare.crash.seed", System.nanoTime());
        System.out.println("seed: -Dtwinshare.crash.seed=" + seed);
        Random random = new Random(seed);
        LabProgram load = lab.program(CrashLoad.class, Long.toString(seed), Integer.toString(WORKERS));

        long acknowledged = 0;
        for (int round = 0; round < ROUNDS; round++) {
            load.ask("load");
            pause(3000 + random.nextInt(4000));
            server.crash();
            List<String> stopped = load.ask("stop");
            assertThat(server.check()).isEmpty();
            server.start();
            List<String> verified = load.ask("verify");
            System.out.println("round " + round + ": " + stopped + " calls acknowledged, objects: " + verified);

            assertThat(stopped).hasSize(1);
            assertThat(verified).as(server::output).hasSize(1);
            assertThat(Long.parseLong(stopped.get(0))).isGreaterThan(acknowledged + 100);
            acknowledged = Long.parseLong(stopped.get(0));
        }
    }

    /** Rule 8: the clock of Linux 6.1's file systems stands still for 4 ms at a time, ours does not. */
    @Test
    void ctimeRisesWithEveryWriteAlsoWhereTheKernelsDoesNot() {
        LabProgram load = lab.program(CrashLoad.class, "0", "0");

        assertThat(load.ask("ctimes")).containsExactly("1000");
    }

    private static void pause(long millis) {
        Awaitility.await().pollDelay(Duration.ofMillis(millis)).until(() -> true);
    }
}
