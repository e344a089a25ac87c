package org.twinshare.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Stability;
import org.twinshare.replication.FilesInDoubt;
import org.twinshare.replication.record.Entry;

/**
 * A primary that was killed and goes on: what its files hold then is not all told by records, and nobody may send it again. The
 * standby, in step or away meanwhile, becomes the same.
 */
@Timeout(120)
class CrashedPrimaryTest {
    private static final Name OLD = Name.of("old");
    private static final Name NEW = Name.of("new");

    private final Random random = new Random(11);
    private Twin twin;
    private Client client;
    private long old;

    /** The standby has everything, and is away from then on. */
    @BeforeEach
    void begin() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        twin = new Twin();
        client = new Client(twin.primary, twin.root);
        old = client.file(twin.root, OLD, 0644);
        client.write(old, 0, bytes(300_000), Stability.FILE_SYNC);
        twin.keepPrimary();
        goOn();
        follow();
    }

    @AfterEach
    void end() throws Exception {
        twin.close();
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** The standby comes, until it has everything and both trees are equal. */
    private void follow() throws Exception {
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            if (twin.standbyJournal.lastSequence() == 0) {
                stream.copy.copyAll(1);
            }
            stream.follow();
            stream.awaitCaughtUp();
            Trees.assertEqual(twin);
            stream.apply.checkpoint();
        }
    }

    /** Something is written over the old file; the standby is in step, gets it, and is away from then on. */
    private void followAWriteThatNobodyCommits(long offsetBytes, int count) throws Exception {
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.follow();
            client.write(old, offsetBytes, bytes(count), Stability.UNSTABLE);
            stream.awaitCaughtUp();
            stream.apply.checkpoint();
        }
    }

    private void killWhenIsWritten(long file, long offsetBytes, int count) throws Exception {
        killAndRestart(file, offsetBytes, count);
        twin.primary.answersClients();
    }

    /** The primary starts again, and does not answer clients yet. */
    private void killAndRestart(long file, long offsetBytes, int count) throws Exception {
        twin.killAtNextWrite = true;
        client.write(file, offsetBytes, bytes(count), Stability.UNSTABLE);
        restart();
    }

    private void restart() throws Exception {
        twin.restartPrimary();
        client = new Client(twin.primary, twin.root);
    }

    /** The primary starts again, and answers clients. */
    private void goOn() throws Exception {
        restart();
        twin.primary.answersClients();
    }

    private void stopAndStart() throws Exception {
        twin.stopAndStartPrimary();
        client = new Client(twin.primary, twin.root);
        twin.primary.answersClients();
    }

    private void followAChangeThatShowsNoDifference() throws Exception {
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.follow();
            client.set(old, Client.mode(0600));
            stream.awaitCaughtUp();
            Trees.assertEqual(twin);
            assertThat(stream.apply.divergences().state().suspected()).isZero();
        }
    }

    @Test
    void bytesOfANewFileOfWhichNoRecordTellsComeToTheStandby() throws Exception {
        long file = client.file(twin.root, NEW, 0644);
        killWhenIsWritten(file, 0, 200_000);
        assertThat(Files.size(twin.export("p").resolve("new"))).isEqualTo(200_000);
        follow();
    }

    @Test
    void bytesWrittenOverAnOldFileComeToTheStandby() throws Exception {
        killWhenIsWritten(old, 50_000, 100_000);
        follow();
    }

    @Test
    void bytesWrittenBehindThoseOfACommitComeToTheStandby() throws Exception {
        long file = client.file(twin.root, NEW, 0644);
        client.write(file, 0, bytes(1000), Stability.UNSTABLE);
        client.commit(file);
        killWhenIsWritten(file, 1000, 1000);
        follow();
    }

    @Test
    void anUploadSyncedByItsOwnFileComesToTheStandby() throws Exception {
        long file = client.file(twin.root, NEW, 0644);
        client.write(file, 0, bytes(400_000), Stability.UNSTABLE);
        client.commit(file);
        client.write(old, 0, bytes(100_000), Stability.FILE_SYNC);
        killWhenIsWritten(file, 400_000, 100_000);
        follow();
    }

    @Test
    void theNextCommitOfAFileFindsAllOfItOnTheStandby() throws Exception {
        long file = client.file(twin.root, NEW, 0644);
        killWhenIsWritten(file, 0, 200_000);
        client.write(file, 200_000, bytes(200_000), Stability.UNSTABLE);
        client.commit(file);
        follow();
    }

    /** More than one record names, most of which are gone by now. */
    @Test
    void manyFilesAreAllNamed() throws Exception {
        Set<Long> ids = LongStream.rangeClosed(100_000, 100_000 + Entry.MAX_IN_DOUBT)
                .boxed()
                .collect(Collectors.toSet());
        twin.primaryTree.checkpoint(FilesInDoubt.fact(ids));
        killWhenIsWritten(client.file(twin.root, NEW, 0644), 0, 200_000);
        follow();
    }

    /** The primary must not say that it is on both before. */
    @Test
    void theNextCommitIsNotConfirmedBeforeTheFileWasCompared() throws Exception {
        long file = client.file(twin.root, NEW, 0644);
        killAndRestart(file, 0, 200_000);
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.follow();
            stream.awaitCaughtUp();
            try (StandStill unused = stream.apply.standStill()) {
                twin.primary.answersClients();
                client.write(file, 200_000, bytes(200_000), Stability.UNSTABLE);
                client.commit(file);
                long last = twin.primary.appliedSequence();
                await().until(() -> stream.apply.dataSyncedSequence() >= last);
                assertThat(stream.apply.hasWhatWasPromised()).isFalse();
            }
            await().until(stream.apply::hasWhatWasPromised);
            Trees.assertEqual(twin);
        }
    }

    /** A crash of the system takes what only its page cache held; the standby, which was in step, had got it. */
    @Test
    void bytesThatThePrimaryLostAreUndoneOnTheStandby() throws Exception {
        Path file = twin.export("p").resolve("old");
        byte[] before = Files.readAllBytes(file);
        FileTime modified = Files.getLastModifiedTime(file);
        followAWriteThatNobodyCommits(0, 100_000);
        twin.keepPrimary();
        Files.write(file, before, StandardOpenOption.WRITE);
        Files.setLastModifiedTime(file, modified);
        goOn();
        assertThat(Files.readAllBytes(twin.export("s").resolve("old"))).isNotEqualTo(before);
        follow();
    }

    /** It is killed between the bytes of a small synchronous WRITE and its mtime: nothing says that the file is written to. */
    @Test
    void anMtimeThatNoRecordTellsIsTheSameOnTheStandby() throws Exception {
        // What was in doubt before is told, and forgotten.
        stopAndStart();
        client.write(old, 50, bytes(100), Stability.FILE_SYNC);
        twin.keepPrimary();
        Files.setLastModifiedTime(
                twin.export("p").resolve("old"), FileTime.from(Instant.now().plusSeconds(1)));
        goOn();
        followAChangeThatShowsNoDifference();
    }

    /** Stopped, or killed after its checkpoint: there is nothing to recover, and no record tells the mtime. */
    @Test
    void whatNobodyCommitsBeforeACheckpointIsTheSame() throws Exception {
        followAWriteThatNobodyCommits(100, 1000);
        stopAndStart();
        followAChangeThatShowsNoDifference();
    }

    /** It is killed once more before it has told anybody. */
    @Test
    void aSecondCrashForgetsNothing() throws Exception {
        long file = client.file(twin.root, NEW, 0644);
        killAndRestart(file, 0, 200_000);
        twin.keepPrimary();
        goOn();
        follow();
    }

    /** It has the record that names the files in its journal, and has not looked at it yet. */
    @Test
    void aStandbyThatRestartsMeanwhileBecomesTheSame() throws Exception {
        long file = client.file(twin.root, NEW, 0644);
        killWhenIsWritten(file, 0, 200_000);
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.holdBehind = stream.apply.appliedSequence();
            stream.follow();
            stream.awaitShipped();
        }
        twin.restartStandby();
        follow();
    }
}
