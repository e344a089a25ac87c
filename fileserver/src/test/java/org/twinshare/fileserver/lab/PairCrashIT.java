package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Crashes of a system in a pair: one server runs in a kernel of its own (Linux 6.1) on disks of its own, and that kernel is
 * killed under load, first as the primary, then as the standby. Nothing closes its connections, and whatever only its page
 * cache held is gone. The other server lives on, and their clocks may be an hour apart. A kernel of its own makes a server
 * slow, and a round takes minutes, so this runs only when it is asked for: {@code ./nemesis --crashes}.
 */
@Tag("alone")
@EnabledIfSystemProperty(named = "twinshare.pair.crash.rounds", matches = "\\d+")
class PairCrashIT {
    private static final int ROUNDS = Integer.getInteger("twinshare.pair.crash.rounds", 1);
    private static final int WORKERS = 4;
    /** A start of Java takes long in such a kernel, and the command is to come before the primary could be alone. */
    private static final String ALONE_AFTER_SECONDS = "60";

    private static final String[] VERIFY = {"verify", "--content"};

    private final long seed = Long.getLong("twinshare.pair.crash.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private Lab lab;
    private CrashServer mortal;
    private LabServer other;
    private LabProgram load;

    @BeforeEach
    void open() {
        System.out.println("seed: -Dtwinshare.pair.crash.seed=" + seed);
        lab = Lab.open();
        String options = "--alone-after %s --service-ip %s/24 --service-interface vec0 --name nas1"
                .formatted(ALONE_AFTER_SECONDS, PairLab.SERVICE);
        mortal = new CrashServer(lab, "nas1", PairLab.addressOf("nas1"), options, List.of(), "");
        String machine = lab.machine("nas2", PairLab.addressOf("nas2"));
        other = lab.serverOn(
                machine,
                "state-nas2",
                lab.directory("data-nas2").toString(),
                "--name",
                "nas2",
                "--alone-after",
                ALONE_AFTER_SECONDS,
                "--service-ip",
                PairLab.SERVICE + "/24",
                "--service-interface",
                Lab.linkOf(machine));
        setClock();
        mortal.start();
        String line = mortal.twinshare("standby", "add", PairLab.addressOf("nas1"))
                .orFail()
                .strip();
        other.twinshare("standby", "join", line, "--name", "nas2").orFail();
        other.start("Following");
        load = lab.program(CrashLoad.class, Long.toString(seed), Integer.toString(WORKERS), PairLab.SERVICE);
        treesAreEqual(() -> mortal.twinshare("status"), () -> other.twinshare(VERIFY));
    }

    @AfterEach
    void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void nothingAcknowledgedIsLostWhenTheSystemOfOneCrashes() {
        for (int round = 0; round < ROUNDS; round++) {
            load.ask("load");
            pause(3000 + random.nextInt(4000));
            mortal.crash();
            assertThat(other.twinshare("failover").orFail()).contains("Nothing acknowledged is missing");
            pause(2000);
            nothingIsLost("round " + round + ", crash of the primary");
            restart();
            treesAreEqual(() -> other.twinshare("status"), () -> mortal.twinshare(VERIFY));

            load.ask("load");
            pause(3000 + random.nextInt(4000));
            mortal.crash();
            pause(2000);
            nothingIsLost("round " + round + ", crash of the standby");
            restart();
            treesAreEqual(() -> other.twinshare("status"), () -> mortal.twinshare(VERIFY));

            load.ask("load");
            pause(1000);
            other.twinshare("switchover").orFail();
            pause(2000);
            nothingIsLost("round " + round + ", hand-over to what came back");
            treesAreEqual(() -> mortal.twinshare("status"), () -> other.twinshare(VERIFY));
        }
    }

    private void restart() {
        assertThat(mortal.check()).isEmpty();
        setClock();
        mortal.boot();
        mortal.serve("answers no clients");
    }

    /** Another one with each boot, so that it goes back, too. */
    private void setClock() {
        Duration ahead = Duration.ofHours(random.nextInt(-1, 2));
        System.out.println("the clock of the server that crashes is ahead by " + ahead);
        mortal.clockAhead(ahead);
    }

    /** Ends the load, and compares what clients see with what was acknowledged. */
    private void nothingIsLost(String when) {
        List<String> stopped = load.ask("stop");
        List<String> verified = load.ask("verify");
        System.out.println(when + ": " + stopped + " calls acknowledged, objects: " + verified);
        assertThat(stopped).as(when).hasSize(1);
        assertThat(verified).as(when).hasSize(1);
    }

    private void treesAreEqual(Supplier<Shell.Result> status, Supplier<Shell.Result> verify) {
        Awaitility.await("the standby is in step")
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(status.get().out()).contains("ONLINE, replicated"));
        load.ask("commit");
        assertThat(verify.get().orFail()).contains(" 0 differences");
    }

    private static void pause(long millis) {
        Awaitility.await().pollDelay(Duration.ofMillis(millis)).until(() -> true);
    }
}
