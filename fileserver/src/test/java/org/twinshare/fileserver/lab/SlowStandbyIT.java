package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A standby that is slow, stands still or is away: for how long clients wait, that they go on, and that it catches up. One pair for
 * all, because it is in step again after each.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("alone")
class SlowStandbyIT {
    private static final String ALONE = "goes on alone: nothing was heard from the standby";

    private PairLab pair;
    private LabProgram web;
    private long aloneBefore;

    @BeforeAll
    void open() {
        pair = new PairLab("--alone-after", "5");
        pair.join();
        PairLab.awaitInStep(pair.one);
    }

    @BeforeEach
    void connect() {
        web = pair.lab.program(Upload.class, PairLab.SERVICE);
        aloneBefore = said();
    }

    @AfterAll
    void close() throws Exception {
        if (pair != null) {
            pair.close();
        }
    }

    private CompletableFuture<Long> upload(String name, int mebibytes) {
        return CompletableFuture.supplyAsync(
                () -> Long.parseLong(web.ask("upload " + name + " " + mebibytes).getFirst()),
                runnable -> Thread.ofPlatform().daemon().start(runnable));
    }

    private void signal(String name) {
        Shell.run("kill", "-" + name, Long.toString(pair.two.pid())).orFail();
    }

    private long timesAlone() {
        return said() - aloneBefore;
    }

    private long said() {
        return pair.one.output().lines().filter(line -> line.contains(ALONE)).count();
    }

    @Test
    void clientsWaitForASlowStandbyAndNoLongerThanTheyHaveToForOneThatStandsStill() throws Exception {
        // A link of 2 MB/s carries 12 MiB in 6 s: longer than a silence may last, and it is none.
        pair.slow("nas1", "16mbit");
        assertThat(upload("over-a-slow-link", 12).get()).isGreaterThan(4_000);
        pair.fast("nas1");
        assertThat(timesAlone()).isZero();

        signal("STOP");
        CompletableFuture<Long> waits = upload("while-it-stands-still", 1);
        Awaitility.await().pollDelay(Duration.ofMillis(500)).until(() -> true);
        assertThat(waits).isNotDone();
        signal("CONT");
        waits.get();
        assertThat(timesAlone()).as("it stood still for less than 5 s").isZero();

        signal("STOP");
        // It waits for the end of these 5 s, and what comes behind it for nothing.
        upload("that-waits", 1).get();
        assertThat(timesAlone()).isEqualTo(1);
        upload("alone", 8).get();
        assertThat(timesAlone()).isEqualTo(1);
        Shell.Result status = pair.one.twinshare("status", "-x");
        assertThat(status.exitCode()).as(status.out()).isEqualTo(3);
        signal("CONT");
        PairLab.awaitInStep(pair.one);
        pair.awaitEqualTrees("after it stood still");
    }

    /** What was not committed is sent again by its client, and this one is gone; the primary still has it, and so must both. */
    @Test
    void whatIsOnAPrimaryThatWasKilledWhileAloneComesToTheStandby() throws Exception {
        upload("old", 4).get();
        pair.two.kill();
        upload("committed", 8).get();
        web.ask("begin uncommitted 8");
        web.close();
        pair.one.kill();
        pair.one.start();
        pair.two.start("Following");
        PairLab.awaitInStep(pair.one);
        pair.awaitEqualTrees("after the primary was killed while it was alone");
    }
}
