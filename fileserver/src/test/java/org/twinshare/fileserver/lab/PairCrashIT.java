package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Crashes of the systems of a pair: each server runs in a kernel of its own (Linux 6.1) on disks of its own, and that kernel is
 * killed under load. Nothing closes its connections, and whatever only its page cache held is gone. Two such kernels with a
 * server in each take minutes to come up on two processors, so this runs only when it is asked for: {@code ./nemesis --crashes}.
 */
@EnabledIfSystemProperty(named = "twinshare.pair.crash.rounds", matches = "\\d+")
class PairCrashIT {
    private static final int ROUNDS = Integer.getInteger("twinshare.pair.crash.rounds", 1);
    private static final int WORKERS = 4;
    private static final String SERVICE = "10.213.77.100";
    /** A start of Java takes long in such a kernel, and the command is to come before the primary could be alone. */
    private static final String OPTIONS =
            "--alone-after 60 --service-ip " + SERVICE + "/24 --service-interface vec0 --name ";

    private final long seed = Long.getLong("twinshare.pair.crash.seed", System.nanoTime());
    private Lab lab;
    private CrashServer primary;
    private CrashServer standby;

    /** What happens to the pair. */
    private enum Crash {
        PRIMARY,
        BOTH,
        STANDBY
    }

    @BeforeEach
    void open() {
        lab = Lab.open();
        primary = server("nas1", "10.213.77.11");
        standby = server("nas2", "10.213.77.12");
        primary.start();
        standby.boot();
        String line =
                primary.twinshare("standby", "add", "10.213.77.11").orFail().strip();
        Shell.Result joined = standby.twinshare("standby", "join", line, "--name", "nas2");
        assertThat(joined.exitCode()).as("%s%n%s", joined, primary.output()).isZero();
        standby.serve("Following");
        awaitInStep();
    }

    @AfterEach
    void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private CrashServer server(String name, String address) {
        return new CrashServer(lab, name, address, OPTIONS + name, List.of(), "");
    }

    @Test
    void nothingAcknowledgedIsLostAndBothTreesBecomeEqual() {
        System.out.println("seed: -Dtwinshare.pair.crash.seed=" + seed);
        Random random = new Random(seed);
        LabProgram load = lab.program(CrashLoad.class, Long.toString(seed), Integer.toString(WORKERS), SERVICE);
        for (int round = 0; round < ROUNDS; round++) {
            Crash crash = Crash.values()[round % Crash.values().length];
            load.ask("load");
            pause(3000 + random.nextInt(4000));
            cause(crash);
            pause(1000);
            awaitInStep();
            List<String> stopped = load.ask("stop");
            List<String> verified = load.ask("verify");
            System.out.println(
                    "round " + round + ": " + crash + ", " + stopped + " calls acknowledged, objects: " + verified);
            assertThat(stopped).hasSize(1);
            assertThat(verified).as("after " + crash).hasSize(1);
            load.ask("commit");
            assertThat(standby.twinshare("verify", "--content").orFail()).contains(" 0 differences");
        }
    }

    private void cause(Crash crash) {
        switch (crash) {
            case PRIMARY -> {
                primary.crash();
                assertThat(standby.twinshare("failover").orFail()).contains("Nothing acknowledged is missing");
                restart(primary, "answers no clients");
                CrashServer next = standby;
                standby = primary;
                primary = next;
            }
            case STANDBY -> {
                standby.crash();
                restart(standby, "answers no clients");
            }
            case BOTH -> {
                primary.crash();
                standby.crash();
                restart(standby, "answers no clients");
                restart(primary, "clients");
            }
        }
    }

    private static void restart(CrashServer server, String words) {
        assertThat(server.check()).isEmpty();
        server.boot();
        server.serve(words);
    }

    private void awaitInStep() {
        Awaitility.await("the standby is in step")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> primary.twinshare("status").out().contains("ONLINE, replicated"));
    }

    private static void pause(long millis) {
        Awaitility.await().pollDelay(Duration.ofMillis(millis)).until(() -> true);
    }
}
