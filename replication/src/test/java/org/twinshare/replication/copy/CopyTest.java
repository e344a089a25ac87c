package org.twinshare.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.NetState.Slot;
import org.twinshare.filestore.ObjectDescription;
import org.twinshare.filestore.Stability;
import org.twinshare.replication.record.Entry;

/** Two real trees, and a client that changes the primary all the time. */
class CopyTest {
    private static final long NEVER = Long.MAX_VALUE;

    private Twin twin;
    private final long seed = Long.getLong("twinshare.seed", System.nanoTime());
    private Writer writer;
    private Thread writing;

    @BeforeEach
    void begin() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        twin = new Twin();
        writer = new Writer(twin.primary, twin.root, seed);
        writer.steps(120);
        writing = new Thread(writer, "writer");
    }

    @AfterEach
    void end() throws Exception {
        stopWriting();
        twin.close();
    }

    private void stopWriting() throws InterruptedException {
        writer.stop();
        writing.join();
    }

    @Test
    void bothTreesAreEqualAfterACopyWhileAClientWrites() throws Exception {
        writing.start();
        try (Stream stream = new Stream(twin, NEVER, CopyLimits.DEFAULT)) {
            stream.copy.copyAll(1);
            stream.follow();
            int before = writer.done.get();
            await().atMost(Duration.ofSeconds(60)).until(() -> writer.done.get() > before + 60);
            stopWriting();
            stream.awaitCaughtUp();
            Trees.assertEqual(twin);
        }
    }

    @Test
    void aCopyThatIsCutGoesOnWithWhatItHas() throws Exception {
        writing.start();
        int cuts = 0;
        long fetchedBefore = 0;
        long questions = 8L + new Random(seed).nextInt(8);
        while (!copiesWithin(questions, cuts % 2 == 0)) {
            cuts++;
            fetchedBefore += fetched;
            twin.restartStandby();
            questions *= 2;
        }
        assertThat(cuts).as("seed %d", seed).isGreaterThan(1);
        assertThat(fetchedBefore).as("seed %d", seed).isPositive();
    }

    /** Files that the last copy fetched. */
    private long fetched;

    /** False when a copy came to an end at a question, which could not be sent or was not answered. */
    private boolean copiesWithin(long questions, boolean sending) throws Exception {
        try (Stream stream = new Stream(twin, sending ? NEVER : questions, CopyLimits.DEFAULT)) {
            stream.asksLeft = sending ? questions : NEVER;
            try {
                stream.copy.copyAll(1);
            } catch (IOException e) {
                return false;
            } finally {
                fetched = stream.copy.progress().now().filesFetched();
            }
            stream.asksLeft = NEVER;
            stream.cutAfter = NEVER;
            stopWriting();
            stream.follow();
            stream.assertCatchesUp();
            return true;
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    @Test
    void aStandbyThatWasSeededFetchesOnlyWhatDiffers() throws Exception {
        Path big = twin.export("p").resolve("big");
        byte[] bytes = new byte[3 << 20];
        new Random(seed).nextBytes(bytes);
        Files.write(big, bytes);
        Process copying = new ProcessBuilder(
                        "cp", "-a", twin.export("p") + "/.", twin.export("s").toString())
                .start();
        assertThat(copying.waitFor()).isZero();
        Files.writeString(twin.export("s").resolve("only-here"), "x");
        bytes[1 << 20] ^= 1;
        Files.write(big, bytes);
        try (Stream stream = new Stream(twin, NEVER, CopyLimits.DEFAULT)) {
            stream.copyAndFollow();
            Trees.assertEqual(twin);
            CopyProgress.Moment moment = stream.copy.progress().now();
            assertThat(moment.removed()).isEqualTo(1);
            assertThat(moment.bytesFetched()).as("seed %d", seed).isEqualTo(Ask.BLOCK_BYTES);
        }
    }

    @Test
    void nothingIsRemovedWhereThereIsMoreThanExpected() throws Exception {
        Files.writeString(twin.export("s").resolve("first"), "x");
        Files.writeString(twin.export("s").resolve("second"), "x");
        try (Stream stream = new Stream(twin, NEVER, new CopyLimits(1, 1e9))) {
            assertThatThrownBy(() -> stream.copy.copyAll(1)).hasRootCauseInstanceOf(TooMuchToRemove.class);
            assertThat(twin.export("s").resolve("first")).exists();
            assertThat(twin.export("s").resolve("second")).exists();
        }
    }

    @Test
    void verifyFindsAndRepairsWhatWasPlantedWhileAClientWrites() throws Exception {
        long kept = writer.keep("kept", "0123456789");
        long moded = writer.keep("moded", "x");
        writer.keep("gone", "x");
        try (Stream stream = new Stream(twin, NEVER, CopyLimits.DEFAULT)) {
            stream.copyAndFollow();
            Path export = twin.export("s");
            var time = Files.getLastModifiedTime(export.resolve("kept"));
            Files.writeString(export.resolve("kept"), "0123X56789");
            Files.setLastModifiedTime(export.resolve("kept"), time);
            Files.setAttribute(export.resolve("moded"), "unix:mode", 0100777);
            Files.delete(export.resolve("gone"));
            Files.writeString(export.resolve("surplus"), "x");
            writing.start();
            Verify.Report report = verify(stream, true);
            assertThat(report.findings())
                    .as("seed %d", seed)
                    .hasSize(4)
                    .contains(new Finding.WrongBytes(kept))
                    .anyMatch(finding -> finding instanceof Finding.WrongAttributes wrong
                            && wrong.object() == moded
                            && wrong.how().startsWith("mode 777 instead of 6"))
                    .contains(new Finding.SurplusName(new Slot(twin.root, Name.of("surplus"))))
                    .hasAtLeastOneElementOfType(Finding.WrongName.class);
            stopWriting();
            stream.awaitCaughtUp();
            assertThat(verify(stream, false).findings()).isEmpty();
            Trees.assertEqual(twin);
        }
    }

    @Test
    void verifyMovesBackDirectoriesThatWereMovedIntoWhatTheyHeld() throws Exception {
        Path export = twin.export("s");
        Client client = new Client(twin.primary, twin.root);
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            long held = client.directory(twin.root, Name.of("held" + i), 0755);
            long inner = client.directory(held, Name.of("inner"), 0755);
            client.file(client.directory(inner, Name.of("outer"), 0755), Name.of("file"), 0644);
            files.add(export.resolve("held" + i + "/inner/outer/file"));
        }
        try (Stream stream = new Stream(twin, NEVER, CopyLimits.DEFAULT)) {
            stream.copyAndFollow();
            List<Object> births = births(files);
            for (int i = 0; i < 6; i++) {
                Path outer = Files.move(export.resolve("held" + i + "/inner/outer"), export.resolve("outer" + i));
                Files.move(export.resolve("held" + i), outer.resolve("held"));
            }
            assertThat(verify(stream, true).findings()).isNotEmpty();
            assertThat(verify(stream, false).findings()).isEmpty();
            Trees.assertEqual(twin);
            assertThat(births(files)).isEqualTo(births);
        }
    }

    @Test
    void verifyRepairsTheTimesOfADirectoryThatItTakesAnotherOneFrom() throws Exception {
        Client client = new Client(twin.primary, twin.root);
        for (int i = 0; i < 6; i++) {
            client.directory(client.directory(twin.root, Name.of("first" + i), 0755), Name.of("inner"), 0755);
            client.directory(twin.root, Name.of("second" + i), 0755);
        }
        try (Stream stream = new Stream(twin, NEVER, CopyLimits.DEFAULT)) {
            stream.copyAndFollow();
            for (int i = 0; i < 6; i++) {
                Path second = twin.export("s").resolve("second" + i);
                FileTime before = Files.getLastModifiedTime(second);
                Files.move(twin.export("s").resolve("first" + i + "/inner"), second.resolve("inner"));
                Files.setLastModifiedTime(second, before);
            }
            assertThat(verify(stream, true).findings()).isNotEmpty();
            assertThat(verify(stream, false).findings()).isEmpty();
            Trees.assertEqual(twin);
        }
    }

    private static List<Object> births(List<Path> files) throws IOException {
        List<Object> births = new ArrayList<>();
        for (Path file : files) {
            births.add(Files.getAttribute(file, "creationTime"));
        }
        return births;
    }

    private Verify.Report verify(Stream stream, boolean repair) throws IOException {
        return new Verify(
                        twin.standbyTree,
                        stream.apply,
                        stream.questions,
                        CopyLimits.DEFAULT,
                        new Verify.Options(SumKind.CRC32C, repair))
                .run();
    }

    @Test
    void anOldPrimaryGoesBackFromItsLostTailAndFetchesOnlyWhatDiffers() throws Exception {
        long moved = writer.keep("moved", "x".repeat(5000));
        long removed = writer.keep("removed", "y".repeat(5000));
        long written = writer.keep("written", "z".repeat(5000));
        long fork;
        try (Stream stream = new Stream(twin, NEVER, CopyLimits.DEFAULT)) {
            stream.copyAndFollow();
            fork = stream.apply.appliedSequence();
        }
        LostChanges tail = new LostChanges();
        lose(tail, new Change.Moved(at(), moved, twin.root, Name.of("moved"), twin.root, Name.of("elsewhere"), 0));
        lose(tail, new Change.Removed(at(), removed, twin.root, Name.of("removed"), false));
        ByteBuffer data = ByteBuffer.allocateDirect(3).put(new byte[] {1, 2, 3}).flip();
        lose(tail, new Change.Written(at(), written, 100, data, Stability.FILE_SYNC, Change.KEEP));
        ObjectDescription like = twin.standbyTree.view().describe(written, false);
        lose(tail, made(like, 1L << 40, "made"));
        writer.steps(60);
        try (Stream stream = new Stream(twin, NEVER, CopyLimits.DEFAULT)) {
            stream.copy.rewind(fork, tail);
            stream.follow();
            stream.awaitCaughtUp();
            Trees.assertEqual(twin);
            long all = Trees.of(twin.primaryTree.view(), twin.root).size();
            assertThat(stream.copy.progress().now().filesFetched())
                    .as("seed %d", seed)
                    .isLessThan(all / 2);
        }
    }

    private Change.Made made(ObjectDescription like, long id, String name) {
        return new Change.Made(
                at(), id, twin.root, Name.of(name), like.type(), 0600, 0, 0, 0, new byte[0], 0, at(), at(), null);
    }

    private static long at() {
        return System.currentTimeMillis() * 1_000_000;
    }

    private void lose(LostChanges tail, Change change) throws Exception {
        var unused = twin.standbyTree.apply(change);
        tail.add(new Entry.Changed(null, change));
    }
}
