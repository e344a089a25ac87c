package org.twinshare.fileserver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.replication.role.AckMode;
import org.twinshare.replication.role.Terms;
import org.twinshare.replication.role.WithoutStandby;

/**
 * Every row of the failover table as an operator meets it: two servers, what happens between them, and what the command then says
 * and ends with. {@code FailoverTest} has the table itself; a primary that is killed is in the tests of the lab.
 */
@Timeout(180)
final class FailoverTableIT {
    private static final boolean LONG = Boolean.getBoolean("twinshare.long");
    private static final String NOTHING_MISSING = "Nothing acknowledged is missing.";

    @TempDir
    private Path base;

    private @Nullable PairOnLoopback opened;

    @AfterEach
    void close() throws Exception {
        if (opened != null) {
            opened.close();
        }
    }

    private static Terms terms(AckMode ack, WithoutStandby without, int aloneAfterSeconds) {
        return new Terms(ack, without, Duration.ofSeconds(1), Duration.ofSeconds(aloneAfterSeconds));
    }

    private PairOnLoopback pair(Terms terms) throws Exception {
        PairOnLoopback pair = new PairOnLoopback(base, terms);
        opened = pair;
        return pair;
    }

    private PairOnLoopback inStep(Terms terms) throws Exception {
        PairOnLoopback pair = pair(terms);
        pair.begin();
        return pair;
    }

    private static Run check(PairOnLoopback pair, String... words) {
        return failover(pair, with("--check", words));
    }

    private static String[] with(String first, String... others) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(others));
        return all.toArray(String[]::new);
    }

    private static Run failover(PairOnLoopback pair, String... words) {
        return pair.onSecond(with("failover", words));
    }

    private static void refused(Run run, String... words) {
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(ExitCodes.REFUSED);
        assertThat(run.err()).contains("refused: ").contains(words);
        assertThat(run.out()).isEmpty();
    }

    private static void possible(Run run, String... words) {
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).contains("A failover is possible: ").contains(words);
    }

    private static void done(Run run, String... words) {
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).contains("Primary in epoch 2: ").contains(words);
    }

    /** Until the primary may have gone on alone, and this server says so by refusing. */
    private static Run afterSilence(PairOnLoopback pair, String words) {
        return Awaitility.await("it was silent for too long: " + words)
                .atMost(Duration.ofSeconds(60))
                .until(() -> check(pair), run -> run.err().contains(words));
    }

    @Test
    void thePrimaryAnswersThenItCannotBeAloneYetThenItsProcessEnds() throws Exception {
        PairOnLoopback pair = inStep(terms(AckMode.REMOTE_DISK, WithoutStandby.CONTINUE, 60));
        for (Run run : List.of(check(pair), failover(pair), check(pair, "--old-primary-off"))) {
            refused(run, "the primary nas1 answers", "use switchover");
        }
        refused(pair.onFirst("failover"), "this server is not the standby", "run it on the standby");

        pair.cable.pullOut();
        possible(check(pair), "cannot be alone before 60 s", NOTHING_MISSING);
        // Nothing was changed by asking.
        pair.cable.putBack();
        pair.awaitSecond(PairOnLoopback.IN_STEP);
        refused(check(pair), "the primary nas1 answers");

        // So that it does not come again.
        pair.cable.close();
        pair.awaitSecond("nas1 is not connected (127.0.0.1:" + pair.cable.port() + ": Connection refused)");
        possible(check(pair), "the process on nas1 ended while in step, at record ", NOTHING_MISSING);
        done(failover(pair), "the process on nas1 ended while in step", NOTHING_MISSING);
        refused(failover(pair), "this server is not the standby");
    }

    /** It is the primary all the same, and a restart takes the address, as systemd would start it again. */
    @Test
    void theStandbyCannotTakeTheServiceAddressAtFirst() throws Exception {
        PairOnLoopback pair = pair(terms(AckMode.REMOTE_DISK, WithoutStandby.CONTINUE, 60));
        Path asked = base.resolve("asked");
        Path hook = Files.writeString(base.resolve("hook"), """
                #!/bin/sh
                echo "$1" >> %1$s
                if [ "$(cat %1$s)" = take ]; then echo the switch is off; exit 1; fi
                """.formatted(asked));
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
        pair.hook = hook.toString();
        pair.begin();
        pair.stopFirst();

        refused(
                failover(pair),
                "this server is the primary now, and does not hold the service address",
                "the switch is off",
                "starts anew");
        Awaitility.await("takes it when it starts anew")
                .atMost(Duration.ofSeconds(60))
                .until(() -> Files.readAllLines(asked).equals(List.of("take", "take")));
        pair.awaitSecond("replying without the standby");
        refused(failover(pair), "this server is not the standby");
        pair.stopSecond();
        assertThat(asked).hasContent("take\ntake\nrelease");
    }

    @Test
    void thePrimaryIsSilentThenItHasSaidThatItIsAlone() throws Exception {
        PairOnLoopback pair = inStep(terms(AckMode.REMOTE_DISK, WithoutStandby.CONTINUE, 1));
        pair.cable.pullOut();
        refused(
                afterSilence(pair, "whether it served after that cannot be known here"),
                "nas1 was last heard at 20",
                "say --old-primary-off: changes after that moment may be missing");
        refused(check(pair, "--allow-data-loss"), "cannot be known here");
        possible(check(pair, "--old-primary-off"), "the operator says that nas1 is off", "Changes after 20");

        // More than a primary lets be missing when it goes on with its standby.
        create(pair, 1300);
        pair.cable.cut();
        pair.cable.passes(20_000);
        Awaitility.await().until(pair.cable::holdsBack);
        refused(
                afterSilence(pair, "nas1 said that it goes on alone"),
                "what it answered after record ",
                "say --allow-data-loss");
        refused(check(pair, "--old-primary-off"), "goes on alone");
        possible(check(pair, "--allow-data-loss"), "the operator allows data loss", "may be missing");
        done(failover(pair, "--allow-data-loss"), "the operator allows data loss", "Changes after 20");
    }

    private static void create(PairOnLoopback pair, int count) throws Exception {
        try (NfsProbe probe = pair.connect(PairOnLoopback.FIRST)) {
            FileHandle root = PairOnLoopback.mount(probe);
            for (int i = 0; i < count; i++) {
                probe.create(root, "f" + i, 0644).ok();
            }
        }
    }

    @Test
    void thePrimaryAnswersNothingAloneThenSignsOffThenDoesNotWaitThenThisServerWasRestarted() throws Exception {
        PairOnLoopback pair = inStep(terms(AckMode.REMOTE_DISK, WithoutStandby.BLOCK, 1));
        pair.cable.pullOut();
        possible(
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(
                                () -> check(pair),
                                run -> run.exitCode() == 0 && run.out().contains("without")),
                "nas1 answers nothing without this server",
                NOTHING_MISSING);

        // Both are one row of the table.
        for (AckMode ack : LONG ? List.of(AckMode.LOCAL, AckMode.ASYNC) : List.of(AckMode.ASYNC)) {
            startAgainWith(pair, terms(ack, WithoutStandby.CONTINUE, 1));
            pair.cable.pullOut();
            refused(
                    afterSilence(pair, "answered without waiting for this server (ack=" + ack + ")"),
                    "changes after 20",
                    "say --allow-data-loss");
            refused(check(pair, "--old-primary-off"), "without waiting");
            possible(check(pair, "--allow-data-loss"), "the operator allows data loss", "Changes after 20");
        }

        startAgainWith(pair, terms(AckMode.REMOTE_MEMORY, WithoutStandby.CONTINUE, 1));
        pair.cable.pullOut();
        pair.stopSecond();
        pair.startSecond();
        refused(
                check(pair),
                "this server was restarted and has not been in step since",
                "what this server had only in memory",
                "say --allow-data-loss");
        refused(check(pair, "--old-primary-off"), "was restarted");
        done(failover(pair, "--allow-data-loss"), "the operator allows data loss", "Changes after 20");
    }

    private static void startAgainWith(PairOnLoopback pair, Terms terms) throws Exception {
        pair.cable.putBack();
        // It can only sign off on a connection, and the second says that it is in step before there is one again.
        pair.awaitReplicated();
        pair.awaitSecond(PairOnLoopback.IN_STEP);
        pair.stopFirst();
        possible(check(pair), "nas1 signed off at record ", ", which is here", NOTHING_MISSING);
        pair.startFirst(terms);
        pair.awaitReplicated();
    }

    @Test
    void theCopyIsBeingMade() throws Exception {
        PairOnLoopback pair = pair(terms(AckMode.REMOTE_DISK, WithoutStandby.CONTINUE, 1));
        byte[] bytes = new byte[4 << 20];
        new Random(1).nextBytes(bytes);
        Files.write(pair.data("nas1").resolve("large"), bytes);
        pair.join();
        pair.cable.passes(100_000);
        pair.startSecond();
        Awaitility.await().until(pair.cable::holdsBack);

        refused(
                afterSilence(pair, "the copy on this server is inconsistent"),
                "files may be missing, old or half copied",
                "say --allow-data-loss and --allow-inconsistent");
        refused(check(pair, "--allow-data-loss"), "inconsistent");
        refused(check(pair, "--old-primary-off"), "inconsistent");
        String[] both = {"--allow-data-loss", "--allow-inconsistent"};
        possible(check(pair, both), "the operator takes an inconsistent copy", "may be missing");
        done(failover(pair, both), "the operator takes an inconsistent copy", "may be missing");
    }
}
