package org.twinshare.replication.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.Stability;
import org.twinshare.replication.journal.JournalReader;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;

/** Bytes that are not in the journal are in the standby's file before it says that it has what their COMMIT promised. */
@Timeout(120)
class LargeUploadTest {
    private Twin twin;
    private Client client;

    @BeforeEach
    void begin() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        twin = new Twin();
        client = new Client(twin.primary, twin.root);
    }

    @AfterEach
    void end() throws Exception {
        twin.close();
    }

    @Test
    void anUploadIsNotConfirmedBeforeItsFileIsHere() throws Exception {
        byte[] bytes = new byte[300_000];
        new Random(7).nextBytes(bytes);
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.apply.fileAtMost = Duration.ofMinutes(1);
            stream.copyAndFollow();
            stream.holdBehind = stream.apply.appliedSequence();
            long upload = client.file(twin.root, Name.of("upload"), 0644);
            client.write(upload, 0, bytes, Stability.UNSTABLE);
            client.commit(upload);
            stream.awaitShipped();
            AtomicReference<IOException> failure = new AtomicReference<>();
            Thread sync = new Thread(() -> {
                try {
                    stream.apply.syncData(twin.standbyJournal.lastSequence());
                } catch (IOException e) {
                    failure.set(e);
                }
            });
            sync.start();
            await().until(() -> sync.getState() == Thread.State.TIMED_WAITING || !sync.isAlive());
            assertThat(sync.isAlive()).as("waits for the file").isTrue();
            stream.holdBehind = Long.MAX_VALUE;
            sync.join();
            assertThat(failure.get()).isNull();
            assertThat(Files.readAllBytes(twin.export("s").resolve("upload"))).isEqualTo(bytes);
        }
    }

    /**
     * The primary lets the record of a COMMIT be carried out when everything in front of it is in its own tree, and what is in
     * front may wait for the standby to have everything: neither may wait for the other.
     */
    @Test
    void whatACommitLacksIsFetchedBeforeItsRecordIsCarriedOut() throws Exception {
        byte[] bytes = new byte[300_000];
        new Random(7).nextBytes(bytes);
        long upload = client.file(twin.root, Name.of("upload"), 0644);
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.copyAndFollow();
            long before = stream.apply.appliedSequence();
            stream.holdBehind = before;
            stream.losesData = true;
            Queue<Ask> fetched = fetchedFrom(stream);
            client.write(upload, 0, bytes, Stability.UNSTABLE);
            client.commit(upload);
            stream.awaitShipped();
            stream.apply.syncData(twin.standbyJournal.lastSequence());
            await().until(stream.apply::hasWhatWasPromised);
            assertThat(fetched).isNotEmpty();
            assertThat(stream.apply.appliedSequence()).isEqualTo(before);
            assertThat(Files.readAllBytes(twin.export("s").resolve("upload"))).isEqualTo(bytes);
            Queue<Ask> fetchedAgain = fetchedFrom(stream);
            stream.holdBehind = Long.MAX_VALUE;
            stream.assertCatchesUp();
            assertThat(fetchedAgain)
                    .as("or a takeover meanwhile finds it unfinished")
                    .isEmpty();
        }
    }

    /** What was fetched is as the file is behind those records: none of them may be done over it. */
    @Test
    void whatACommitLackedOutlivesTheRecordsInFrontOfIt() throws Exception {
        byte[] bytes = new byte[300_000];
        new Random(7).nextBytes(bytes);
        long upload = client.file(twin.root, Name.of("upload"), 0644);
        client.write(upload, 0, new byte[5000], Stability.FILE_SYNC);
        client.link(upload, twin.root, Name.of("other"));
        StandbyApply apply;
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            apply = stream.apply;
            stream.copyAndFollow();
            stream.holdBehind = apply.appliedSequence();
            client.write(upload, 0, "first".getBytes(UTF_8), Stability.FILE_SYNC);
            client.write(upload, 5, new byte[200_000], Stability.UNSTABLE);
            stream.awaitShipped();
            stream.losesData = true;
            client.remove(twin.root, Name.of("other"));
            client.set(upload, new SetAttributes(null, null, null, 3L, null, null));
            client.write(upload, 0, bytes, Stability.UNSTABLE);
            client.commit(upload);
            stream.awaitShipped();
            stream.apply.syncData(twin.standbyJournal.lastSequence());
            await().until(stream.apply::hasWhatWasPromised);
            assertThat(Files.readAllBytes(twin.export("s").resolve("upload"))).isEqualTo(bytes);
        }
        assertThat(apply.carryOutRest(InstantSource.system())).isEmpty();
        assertThat(Files.readAllBytes(twin.export("s").resolve("upload"))).isEqualTo(bytes);
    }

    /** A client that writes more than its memory holds sends COMMITs while it writes, and several at once. */
    @Test
    void aFileThatIsCommittedAgainAndAgainIsNotFetched() throws Exception {
        byte[] bytes = new byte[100_000];
        new Random(7).nextBytes(bytes);
        long upload = client.file(twin.root, Name.of("upload"), 0644);
        Queue<Ask> fetched;
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.copyAndFollow();
            fetched = fetchedFrom(stream);
            try (ExecutorService committing = Executors.newFixedThreadPool(4)) {
                for (int i = 0; i < 200; i++) {
                    client.write(upload, (long) i * bytes.length, bytes, Stability.UNSTABLE);
                    // One alone is done, on a fast disk, before the next write.
                    var unused = committing.submit(() -> client.commit(upload));
                    var unusedToo = committing.submit(() -> client.commit(upload));
                }
            }
            stream.awaitCaughtUp();
        }
        assertThat(committedTwice()).as("COMMITs with nothing in between").isPositive();
        assertThat(fetched).isEmpty();
        assertThat(twin.export("s").resolve("upload"))
                .hasSameBinaryContentAs(twin.export("p").resolve("upload"));
    }

    /** What is asked for bytes of files from now on. */
    private static Queue<Ask> fetchedFrom(Stream stream) {
        Queue<Ask> fetched = new ConcurrentLinkedQueue<>();
        stream.beforeAsk = ask -> {
            if (ask instanceof Ask.Sums || ask instanceof Ask.Bytes) {
                fetched.add(ask);
            }
        };
        return fetched;
    }

    /** How often the journal says twice in a row that a file was synced. */
    private int committedTwice() throws Exception {
        int twice = 0;
        boolean before = false;
        try (JournalReader reader = twin.primary.journal().read(1)) {
            for (JournalRecord record = reader.next(); record != null; record = reader.next()) {
                boolean committed = EntryCodec.decode(record) instanceof Entry.Committed of && of.syncedSequence() > 0;
                twice += before && committed ? 1 : 0;
                before = committed;
            }
        }
        return twice;
    }
}
