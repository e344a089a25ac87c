package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.Lists;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Faults in a row, under load. Clients go on with the same calls through each, as hard mounts do; afterwards everything that
 * was acknowledged must be there, nothing else, under the same handles, and both trees must become equal. The long form:
 * {@code ./nemesis}.
 */
@Tag("alone")
class NemesisIT {
    private static final int ROUNDS = Integer.getInteger("twinshare.nemesis.rounds", 7);
    /** So many faults are looked at together: more in less time, and less is known of which one it was. */
    private static final int TOGETHER = Integer.getInteger("twinshare.nemesis.together", 1);

    private static final int WORKERS = 4;

    private final long seed = Long.getLong("twinshare.nemesis.seed", System.nanoTime());
    private final Map<Path, FailingDisk> disks = new LinkedHashMap<>();
    private PairLab pair;
    private LabProgram load;
    private LabServer primary;
    private LabServer standby;

    /** What happens to the pair. */
    private enum Fault {
        PRIMARY_KILLED,
        HAND_OVER,
        STANDBY_KILLED,
        PRIMARY_STANDS_STILL,
        STANDBY_STANDS_STILL,
        CABLE_OUT,
        BOTH_KILLED,
        // From here on only in longer runs than that of ./test.
        PRIMARY_IS_NOT_HEARD,
        STANDBY_IS_NOT_HEARD,
        STANDBY_LOSES_ITS_DISKS,
        // And only where the servers have disks that can fail.
        PRIMARY_DATA_DISK_DIES(true),
        PRIMARY_JOURNAL_DISK_DIES(true),
        PRIMARY_BECOMES_READ_ONLY(true),
        PRIMARY_DATA_DISK_HANGS(true),
        PRIMARY_JOURNAL_DISK_HANGS(true),
        STANDBY_DATA_DISK_DIES(true),
        STANDBY_JOURNAL_DISK_DIES(true),
        STANDBY_BECOMES_READ_ONLY(true),
        STANDBY_JOURNAL_DISK_HANGS(true);

        private final boolean ofDisks;

        Fault() {
            this(false);
        }

        Fault(boolean ofDisks) {
            this.ofDisks = ofDisks;
        }
    }

    private static final boolean WITH_DISKS = Boolean.getBoolean("twinshare.nemesis.disks");

    /** All, or those that are named: to look for what happens between some of them. */
    private static final List<Fault> FAULTS = System.getProperty("twinshare.nemesis.faults") == null
            ? Arrays.stream(Fault.values())
                    .filter(fault -> WITH_DISKS || !fault.ofDisks)
                    .toList()
            : Splitter.on(',')
                    .splitToStream(System.getProperty("twinshare.nemesis.faults"))
                    .map(Fault::valueOf)
                    .toList();

    @BeforeEach
    void open() {
        pair = new PairLab(this::giveDisks, "--alone-after", "3");
        primary = pair.one;
        standby = pair.two;
        pair.join();
        PairLab.awaitInStep(primary);
        load = pair.lab.program(CrashLoad.class, Long.toString(seed), Integer.toString(WORKERS), PairLab.SERVICE);
    }

    private void giveDisks(PairLab lab) {
        if (!WITH_DISKS) {
            return;
        }
        for (String server : List.of("nas1", "nas2")) {
            giveDisk(lab, lab.data(server), "777");
            giveDisk(lab, lab.journal(server), "700");
        }
    }

    private void giveDisk(PairLab lab, Path mountPoint, String mode) {
        disks.put(mountPoint, FailingDisk.thatDies(lab.lab.directory("memory" + disks.size()), mountPoint));
        Shell.run("chmod", mode, mountPoint.toString()).orFail();
    }

    @AfterEach
    void close() throws Exception {
        if (pair != null) {
            pair.one.close();
            pair.two.close();
            Lists.reverse(List.copyOf(disks.values())).forEach(FailingDisk::close);
            pair.close();
        }
    }

    @Test
    void nothingAcknowledgedIsLostOrDoubledAndBothTreesBecomeEqual() throws Exception {
        System.out.println("seed: -Dtwinshare.nemesis.seed=" + seed);
        Random random = new Random(seed);
        try {
            runRounds(random);
        } catch (AssertionError | ConditionTimeoutException failure) {
            pair.printServers();
            pair.keep("nemesis-" + seed);
            throw failure;
        }
    }

    private void runRounds(Random random) {
        List<Fault> since = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            // Each comes once, then at random.
            Fault fault = round < FAULTS.size() ? FAULTS.get(round) : FAULTS.get(random.nextInt(FAULTS.size()));
            if (since.isEmpty()) {
                load.ask("load");
            }
            since.add(fault);
            awaitMore(50);
            System.out.println("round " + round + ": " + fault + " after " + acknowledged() + " calls");
            // Up to 10 s, in which the service address goes and the primary goes on alone.
            cause(fault, round < FAULTS.size() ? 1 : 0.5 + 9.5 * random.nextDouble());
            awaitMore(50);
            PairLab.awaitInStep(primary);
            awaitMore(50);
            if (since.size() == TOGETHER || round == ROUNDS - 1) {
                verify(since.toString());
                since.clear();
            }
        }
    }

    private void verify(String faults) {
        assertThat(load.ask("stop")).hasSize(1);
        assertThat(load.ask("verify")).as("after " + faults).hasSize(1);
        load.ask("commit");
        pair.awaitEqualTrees("after " + faults);
        // Records would have shown it.
        assertThat(standby.status()).isNotEmpty().doesNotContain("differed from the primary");
    }

    private long acknowledged() {
        return Long.parseLong(load.ask("acknowledged").getFirst());
    }

    private void awaitMore(int calls) {
        awaitMoreUnless(calls, () -> false);
    }

    private void awaitMoreUnless(int calls, BooleanSupplier mayNot) {
        long before = acknowledged();
        Awaitility.await("calls are answered")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> acknowledged() >= before + calls || mayNot.getAsBoolean());
    }

    /**
     * The primary goes on without the standby. One that stood still before may lose the service address only now, on a busy
     * machine: it starts anew, asks, and rightly answers nobody before the two hear each other again.
     */
    private void awaitAlone() {
        awaitMoreUnless(50, () -> primary.status().contains("ASKING"));
    }

    private void cause(Fault fault, double seconds) {
        switch (fault) {
            case PRIMARY_KILLED -> {
                primary.kill();
                takeOver();
            }
            case HAND_OVER -> {
                assertThat(primary.twinshare("switchover").orFail()).contains("the standby from now on");
                swap();
            }
            case STANDBY_KILLED -> {
                standby.kill();
                standby.start("Following");
            }
            case PRIMARY_STANDS_STILL -> standStill(primary, seconds);
            case STANDBY_STANDS_STILL -> standStill(standby, seconds);
            case CABLE_OUT -> {
                pair.cable(pair.name(standby), false);
                awaitAlone();
                refusesToTakeOver();
                pair.cable(pair.name(standby), true);
            }
            case BOTH_KILLED -> {
                primary.kill();
                standby.kill();
                primary.start("clients");
                standby.start("Following");
            }
            case PRIMARY_IS_NOT_HEARD -> notHeard(primary, standby);
            case STANDBY_IS_NOT_HEARD -> notHeard(standby, primary);
            case STANDBY_LOSES_ITS_DISKS -> {
                standby.kill();
                pair.loseDisks(pair.name(standby));
                primary.twinshare("standby", "remove").orFail();
                awaitMore(50);
                pair.join(primary, standby);
            }
            case PRIMARY_DATA_DISK_DIES -> primaryFails(pair.data(pair.name(primary)), FailingDisk::dies);
            case PRIMARY_JOURNAL_DISK_DIES -> primaryFails(pair.journal(pair.name(primary)), FailingDisk::dies);
            case PRIMARY_BECOMES_READ_ONLY -> primaryFails(pair.data(pair.name(primary)), FailingDisk::becomesReadOnly);
            case PRIMARY_DATA_DISK_HANGS -> primaryHangs(disk(pair.data(pair.name(primary))));
            case PRIMARY_JOURNAL_DISK_HANGS -> primaryHangs(disk(pair.journal(pair.name(primary))));
            case STANDBY_JOURNAL_DISK_HANGS -> {
                disk(pair.journal(pair.name(standby))).hangs();
                awaitAlone();
                disk(pair.journal(pair.name(standby))).goesOn();
            }
            case STANDBY_DATA_DISK_DIES -> standbyFails(pair.data(pair.name(standby)), FailingDisk::dies);
            case STANDBY_JOURNAL_DISK_DIES -> standbyFails(pair.journal(pair.name(standby)), FailingDisk::dies);
            case STANDBY_BECOMES_READ_ONLY -> standbyFails(pair.data(pair.name(standby)), FailingDisk::becomesReadOnly);
        }
    }

    private FailingDisk disk(Path mountPoint) {
        return Objects.requireNonNull(disks.get(mountPoint));
    }

    /** Hands over when that has lasted for long enough, and ends when it is over. */
    private void primaryHangs(FailingDisk disk) {
        disk.hangs();
        Awaitility.await("the standby takes over")
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> standby.status().contains("role: primary"));
        disk.goesOn();
        assertThat(primary.awaitExit()).isEqualTo(1);
        comesBackAsStandby();
    }

    /** Hands over by itself, and comes back as the standby. */
    private void primaryFails(Path mountPoint, Consumer<FailingDisk> how) {
        fails(primary, mountPoint, how);
        assertThat(standby.status()).contains("role: primary");
        comesBackAsStandby();
    }

    private void standbyFails(Path mountPoint, Consumer<FailingDisk> how) {
        fails(standby, mountPoint, how);
        standby.start("Following");
    }

    private void fails(LabServer server, Path mountPoint, Consumer<FailingDisk> how) {
        FailingDisk disk = disk(mountPoint);
        how.accept(disk);
        assertThat(server.awaitExit()).isEqualTo(1);
        disk.mountAnew();
    }

    /** Goes on alone, and comes together again. */
    private void notHeard(LabServer one, LabServer other) {
        pair.mute(pair.name(one), pair.name(other), true);
        awaitAlone();
        refusesToTakeOver();
        pair.mute(pair.name(one), pair.name(other), false);
    }

    /** The primary lives, and may have answered what is not on the standby. */
    private void refusesToTakeOver() {
        assertThat(standby.twinshare("failover").exitCode()).isEqualTo(5);
    }

    private void takeOver() {
        assertThat(standby.twinshare("failover").orFail()).contains("Nothing acknowledged is missing");
        comesBackAsStandby();
    }

    private void comesBackAsStandby() {
        primary.start("clients");
        swap();
    }

    private void swap() {
        LabServer next = standby;
        standby = primary;
        primary = next;
    }

    private static void standStill(LabServer server, double seconds) {
        String pid = Long.toString(server.pid());
        Shell.run("kill", "-STOP", pid).orFail();
        Shell.run("sleep", Double.toString(seconds)).orFail();
        Shell.run("kill", "-CONT", pid).orFail();
    }
}
