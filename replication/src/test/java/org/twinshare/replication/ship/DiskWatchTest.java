package org.twinshare.replication.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.twinshare.replication.ship.Twins.inStep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.replication.role.Terms;
import org.twinshare.replication.ship.Twins.Primary;
import org.twinshare.replication.ship.Twins.Standby;
import org.twinshare.replication.ship.Twins.Wire;

/** A journal whose disk hangs is in FailedDiskIT: no test can make one here. */
@Timeout(60)
class DiskWatchTest {
    /** Four a second, for a minute. */
    private static final int LOOKS = 240;

    @TempDir
    Path one;

    @TempDir
    Path two;

    private Primary primary;
    private Standby standby;
    private boolean hasSuccessor = true;
    private Answering.Course questions = Answering.Course.NONE;
    private final List<String> failures = new ArrayList<>();
    private DiskWatch watch;

    @BeforeEach
    void areInStep() throws Exception {
        primary = new Primary(one, Terms.DEFAULT);
        standby = new Standby(two);
        var unusedLink = Twins.connect(primary, standby, Wire.connect());
        inStep(primary, standby);
        watch = new DiskWatch(
                primary.journal,
                primary.applied::get,
                () -> questions,
                primary.link.acknowledgement(),
                () -> hasSuccessor,
                failures::add);
        answered();
    }

    @AfterEach
    void close() throws Exception {
        standby.close();
        primary.close();
    }

    /** A change that is on both disks, and in the tree. */
    private void answered() throws Exception {
        primary.applied.set(primary.answer());
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            boolean unusedInDoubt = watch.look();
        }
    }

    @Test
    void aTreeThatDoesNotTakeWhatIsDurableOnBothHangs() throws Exception {
        long unusedNotInTheTree = primary.answer();

        look(LOOKS);

        assertThat(failures).isNotEmpty().allSatisfy(why -> assertThat(why).contains("disk of the tree"));
    }

    @Test
    void aTreeThatDoesNotAnswerTheStandbyHangs() {
        questions = new Answering.Course(true, 7);

        look(LOOKS);

        assertThat(failures).isNotEmpty().allSatisfy(why -> assertThat(why).contains("disk of the tree"));
    }

    @Test
    void questionsThatAreAnsweredOneAfterTheOtherAreNoHang() {
        for (int i = 0; i < 5; i++) {
            questions = new Answering.Course(true, i);
            look(LOOKS / 4);
        }

        assertThat(failures).isEmpty();
    }

    /** Replies wait for it, in order, and so do the changes. */
    @Test
    void whatWaitsForAStandbyThatLacksBytesIsNotMissed() throws Exception {
        standby.lacksData = true;
        long sequence = primary.append();
        await().until(() -> {
            var progress = primary.link.acknowledgement().standby();
            return progress.durable() >= sequence && !progress.complete();
        });

        look(LOOKS);

        assertThat(failures).isEmpty();
    }

    /** To go on alone would give up the server that can answer. */
    @Test
    void theFaultMayBeHereWhileSomethingHereStandsStill() {
        assertThat(watch.look()).isFalse();
        questions = new Answering.Course(true, 7);
        assertThat(watch.look()).as("it has just begun").isFalse();

        assertThat(watch.look()).isTrue();
        hasSuccessor = false;
        look(LOOKS);
        assertThat(watch.look()).as("nobody else can answer").isFalse();
    }

    @Test
    void nobodyIsMissedWhereNothingIsUnderWay() {
        look(LOOKS);

        assertThat(failures).isEmpty();
    }

    @Test
    void whatComesFurtherNowAndThenDoesNotHang() throws Exception {
        for (int i = 0; i < 5; i++) {
            look(LOOKS / 4);
            answered();
            long unusedNext = primary.answer();
        }

        assertThat(failures).isEmpty();
    }

    @Test
    void whereNobodyElseCouldAnswerItIsWaitedFor() throws Exception {
        hasSuccessor = false;
        long unusedNotInTheTree = primary.answer();

        look(LOOKS);

        assertThat(failures).isEmpty();
    }
}
