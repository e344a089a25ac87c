package org.twinshare.replication.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Stability;
import org.twinshare.replication.JournaledTree;
import org.twinshare.replication.SurvivingOutcomes;
import org.twinshare.replication.TreeSettings;

/** A standby that takes over has everything that is in its journal, and asks nobody. */
class TakeOverTest {
    private Twin twin;
    private Client client;
    private final long seed = Long.getLong("twinshare.seed", System.nanoTime());
    private Writer writer;

    @BeforeEach
    void begin() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        twin = new Twin();
        writer = new Writer(twin.primary, twin.root, seed);
        client = new Client(twin.primary, twin.root);
        writer.steps(100);
    }

    @AfterEach
    void end() throws Exception {
        twin.close();
    }

    /** Copied, and with records behind the position of the last checkpoint that were carried out or only received. */
    private Stream streamed(boolean carriedOut) throws Exception {
        Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT);
        stream.copyAndFollow();
        stream.apply.checkpoint();
        if (!carriedOut) {
            stream.holdBehind = stream.apply.appliedSequence();
        }
        return stream;
    }

    private Set<Long> takeOver(StandbyApply apply) throws IOException {
        return apply.carryOutRest(InstantSource.system());
    }

    @Test
    void whatWasReceivedIsCarriedOut() throws Exception {
        StandbyApply apply;
        try (Stream stream = streamed(false)) {
            apply = stream.apply;
            writer.steps(100);
            stream.awaitShipped();
        }
        assertThat(apply.appliedSequence()).isLessThan(twin.primary.appliedSequence());
        Set<Long> incomplete = takeOver(apply);
        // Only those that were truncated after a WRITE, before its bytes were read to be shipped.
        assertThat(incomplete).as("seed %d", seed).hasSizeLessThan(12);
        assertThat(apply.appliedSequence()).isEqualTo(twin.standbyJournal.lastSequence());
        assertEqualBut(incomplete);
        assertThat(apply.appliedSequence()).isEqualTo(twin.standbyJournal.lastSequence());
    }

    @Test
    void aTreeThatIsAheadOfItsCheckpointIsBroughtToTheEnd() throws Exception {
        try (Stream stream = streamed(true)) {
            writer.steps(100);
            stream.awaitCaughtUp();
            stream.holdBehind = stream.apply.appliedSequence();
            writer.steps(100);
            stream.awaitShipped();
        }
        twin.restartStandby();
        Set<Long> incomplete;
        try (StandbyApply apply = standby()) {
            // Bytes by reference were in memory before the restart: their files are named.
            incomplete = takeOver(apply);
        }
        assertEqualBut(incomplete);
    }

    /** But for the bytes and the times of the files that are named. */
    private void assertEqualBut(Set<Long> incomplete) throws Exception {
        Map<String, String> wanted = Trees.of(twin.primaryTree.view(), twin.root);
        Map<String, String> here = Trees.of(twin.standbyTree.view(), twin.root);
        assertThat(here.keySet()).as("seed %d", seed).isEqualTo(wanted.keySet());
        wanted.forEach((path, text) -> {
            boolean touched = incomplete.contains(Trees.id(text));
            assertThat(touched ? withoutBytes(String.valueOf(here.get(path))) : here.get(path))
                    .as("%s, seed %d", path, seed)
                    .isEqualTo(touched ? withoutBytes(text) : text);
        });
    }

    private static String withoutBytes(String text) {
        return text.replaceFirst("size [0-9]+", "")
                // The moment at which it was taken over, and not the mark of a file whose bytes are still to come.
                .replaceFirst("mtime (?!1 )[0-9]+", "")
                .replaceFirst("ctime [0-9]+", "")
                .replaceFirst("content [0-9]+", "");
    }

    @Test
    void aStandbyThatRestartsAheadOfItsCheckpointFollowsOn() throws Exception {
        try (Stream stream = streamed(true)) {
            writer.steps(150);
            stream.awaitCaughtUp();
        }
        twin.restartStandby();
        writer.steps(50);
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.follow();
            writer.steps(50);
            stream.awaitCaughtUp();
            Trees.assertEqual(twin);
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    @Test
    void aStandbyThatHasGivenUpTheBeginningOfItsJournalTakesOver() throws Exception {
        StandbyApply apply;
        try (Stream stream = streamed(true)) {
            apply = stream.apply;
            long file = client.file(twin.root, Name.of("written"), 0640);
            for (int i = 0; i < 60; i++) {
                client.write(file, i * 60_000L, new byte[60_000], Stability.FILE_SYNC);
            }
            stream.awaitCaughtUp();
            apply.checkpoint();
            twin.standbyJournal.releaseUpTo(apply.appliedSequence(), 0);
            assertThat(twin.standbyJournal.statistics().oldestSequence()).isGreaterThan(1);
        }
        assertThat(takeOver(apply)).isEmpty();
        try (JournaledTree promoted = promoted(apply, new SurvivingOutcomes(10))) {
            assertThat(promoted.appliedSequence()).isGreaterThanOrEqualTo(apply.appliedSequence());
        }
    }

    private JournaledTree promoted(StandbyApply apply, SurvivingOutcomes outcomes) throws Exception {
        return JournaledTree.promoted(
                twin.standbyTree,
                twin.standbyJournal,
                apply.appliedSequence(),
                outcomes,
                TreeSettings.DEFAULT,
                InstantSource.system(),
                why -> {
                    throw new AssertionError(why);
                });
    }

    @Test
    void callsAreAnsweredAgainWhetherTheirRecordsWereReadAlongOrNot() throws Exception {
        SurvivingOutcomes outcomes = new SurvivingOutcomes(10);
        StandbyApply apply;
        long early;
        long late;
        try (Stream stream = streamed(true)) {
            apply = stream.apply;
            early = directory(1, "early");
            stream.awaitCaughtUp();
            outcomes.readOn(twin.standbyJournal);
            late = directory(2, "late");
            stream.awaitCaughtUp();
        }
        takeOver(apply);
        try (JournaledTree promoted = promoted(apply, outcomes)) {
            assertThat(Objects.requireNonNull(promoted.outcomeOf(call(1))).object())
                    .isEqualTo(early);
            assertThat(Objects.requireNonNull(promoted.outcomeOf(call(2))).object())
                    .isEqualTo(late);
            assertThat(promoted.outcomeOf(call(3))).isNull();
        }
    }

    private static CallId call(int xid) {
        return new CallId(InetAddress.getLoopbackAddress(), xid, 20, 9);
    }

    private long directory(int xid, String name) {
        Operation make =
                new Operation.MakeDirectory(Caller.root(twin.root), twin.root, Name.of(name), Client.mode(0755));
        return twin.primary.change(call(xid), make).object();
    }

    private StandbyApply standby() {
        return new StandbyApply(twin.standbyTree, twin.standbyJournal, twin.base.resolve("s/state"), why -> {
                    throw new AssertionError(why);
                })
                .start();
    }

    @Test
    void filesWhoseBytesDidNotComeAreNamed() throws Exception {
        StandbyApply apply;
        long lost = client.file(twin.root, Name.of("lost"), 0644);
        long whole = client.file(twin.root, Name.of("whole"), 0644);
        try (Stream stream = streamed(true)) {
            apply = stream.apply;
            client.write(whole, 0, new byte[100_000], Stability.UNSTABLE);
            stream.awaitCaughtUp();
            stream.losesData = true;
            stream.holdBehind = apply.appliedSequence();
            client.write(lost, 0, new byte[100_000], Stability.UNSTABLE);
            client.write(whole, 0, "small".getBytes(UTF_8), Stability.FILE_SYNC);
            stream.awaitShipped();
        }
        long before = changeNs(lost);
        assertThat(takeOver(apply)).containsExactly(lost);
        assertThat(changeNs(lost)).as("clients look at it anew").isGreaterThan(before);
    }

    @Test
    void theCtimeOfWhatNobodyHasCommittedDoesNotGoBack() throws Exception {
        StandbyApply apply;
        long file = client.file(twin.root, Name.of("written"), 0644);
        client.write(file, 0, "committed".getBytes(UTF_8), Stability.FILE_SYNC);
        try (Stream stream = streamed(true)) {
            apply = stream.apply;
            client.write(file, 0, "not committed".getBytes(UTF_8), Stability.UNSTABLE);
            stream.awaitCaughtUp();
            assertThat(changeNs(file)).isEqualTo(onPrimary(file));
        }
        client.write(file, 0, "did not come".getBytes(UTF_8), Stability.UNSTABLE);
        assertThat(takeOver(apply)).isEmpty();
        assertThat(changeNs(file)).isGreaterThanOrEqualTo(onPrimary(file));
    }

    private long onPrimary(long object) {
        return Objects.requireNonNull(twin.primaryTree.attributesOf(object)).changeNs();
    }

    private long changeNs(long object) {
        return Objects.requireNonNull(twin.standbyTree.attributesOf(object)).changeNs();
    }

    @Test
    void anObjectThatNeverCameIsToldOfAndTheRestIsDone() throws Exception {
        StandbyApply apply;
        long local;
        long after;
        try (Stream stream = streamed(false)) {
            apply = stream.apply;
            Files.writeString(twin.export("p").resolve("local"), "made by a local process");
            local = client.lookup(twin.root, Name.of("local"));
            after = client.file(twin.root, Name.of("after"), 0640);
            client.write(after, 0, "written".getBytes(UTF_8), Stability.FILE_SYNC);
            stream.awaitShipped();
        }
        assertThatThrownBy(() -> takeOver(apply)).isInstanceOfSatisfying(ObjectsMissing.class, missing -> {
            assertThat(missing.ids()).containsExactly(local);
            assertThat(missing.incomplete()).isEmpty();
        });
        assertThat(Files.readString(twin.export("s").resolve("after"))).isEqualTo("written");
        assertThat(apply.appliedSequence()).isEqualTo(twin.standbyJournal.lastSequence());
    }

    @Test
    void whatWasRemovedInTheEndIsNotMissed() throws Exception {
        StandbyApply apply;
        try (Stream stream = streamed(false)) {
            apply = stream.apply;
            Files.writeString(twin.export("p").resolve("local"), "x");
            client.lookup(twin.root, Name.of("local"));
            client.remove(twin.root, Name.of("local"));
            stream.awaitShipped();
        }
        assertThat(takeOver(apply)).isEmpty();
        Trees.assertEqual(twin);
    }

    @Test
    void aCopyThatHasNotEndedIsRefused() throws Exception {
        try (Stream stream = new Stream(twin, 3, CopyLimits.DEFAULT)) {
            assertThatThrownBy(() -> stream.copy.copyAll(1)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> takeOver(stream.apply))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("has not ended");
        }
    }

    @Test
    void theNewPrimaryGivesIdsOfItsOwnAndKeepsTheOldOnes() throws Exception {
        StandbyApply apply;
        try (Stream stream = streamed(false)) {
            apply = stream.apply;
            writer.steps(50);
            stream.awaitShipped();
        }
        takeOver(apply);
        Set<Long> old = new HashSet<>();
        Trees.of(twin.standbyTree.view(), twin.root).values().forEach(text -> old.add(Trees.id(text)));
        Set<Long> lost = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            lost.add(client.file(twin.root, Name.of("lost" + i), 0600));
        }
        long made = 0;
        try (JournaledTree promoted = twin.promoteStandby(2)) {
            Client onNew = new Client(promoted, twin.root);
            for (int i = 0; i < 50; i++) {
                made = onNew.file(twin.root, Name.of("new" + i), 0600);
                assertThat(lost).doesNotContain(made);
                assertThat(old).doesNotContain(made);
            }
        }
        twin.restartStandby();
        for (long id : old) {
            assertThat(twin.standbyTree.attributesOf(id)).as("id %d", id).isNotNull();
        }
        assertThat(Objects.requireNonNull(twin.standbyTree.attributesOf(made)).id())
                .isEqualTo(made);
        try (JournaledTree again = twin.promoteStandby(2)) {
            assertThat(new Client(again, twin.root).file(twin.root, Name.of("next"), 0600))
                    .isEqualTo(made + 1);
        }
        twin.restartStandby();
    }
}
