package org.twinshare.replication.ship;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.twinshare.replication.channel.Beat;
import org.twinshare.replication.channel.Connection;
import org.twinshare.replication.channel.Data;
import org.twinshare.replication.channel.Records;
import org.twinshare.replication.journal.FrameBatch;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalDamaged;
import org.twinshare.replication.journal.JournalReader;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.journal.RecordsReleased;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.record.MalformedRecord;

/**
 * Sends the records from a sequence on over one connection: those on their way to the disk as they come, and from the
 * journal's files while it is behind. A heartbeat follows whatever it sends. Runs on a thread of its own, which blocks while
 * the standby takes nothing.
 */
final class Shipper {
    private static final long BEAT_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int CHUNK_BYTES = 1 << 20;

    private final Journal journal;
    private final GroupQueue queue;
    private final PrimaryTree tree;
    private final Connection connection;
    private final Supplier<Beat> beat;
    private final ByteBuffer chunk = ByteBuffer.allocate(Records.MAX_BYTES);
    private final ByteBuffer bytes = ByteBuffer.allocate(Data.MAX_BYTES);
    private @Nullable JournalReader reader;
    private final long bytesFrom;
    private long next;
    private volatile boolean stopped;

    /**
     * @param queue     gets what is written from now on, and is this one's own
     * @param bytesFrom the first record whose bytes go with it: the standby fetches what it lacks of those before
     */
    Shipper(
            Journal journal,
            GroupQueue queue,
            PrimaryTree tree,
            Connection connection,
            Supplier<Beat> beat,
            long firstSequence,
            long bytesFrom) {
        this.journal = journal;
        this.queue = queue;
        this.tree = tree;
        this.connection = connection;
        this.beat = beat;
        next = firstSequence;
        this.bytesFrom = bytesFrom;
    }

    /** Ends when the connection does. */
    void run() throws IOException, RecordsReleased, JournalDamaged, InterruptedException {
        try {
            // What is on its way to the disk at this moment was not kept.
            journal.awaitDurable(journal.lastSequence());
            while (!stopped) {
                step();
            }
        } finally {
            queue.end();
            closeReader();
        }
    }

    void stop() {
        stopped = true;
        queue.end();
    }

    private void step() throws IOException, RecordsReleased, JournalDamaged, InterruptedException {
        GroupQueue.Taken group = queue.take(next, BEAT_NS);
        if (group != null) {
            closeReader();
            ship(new FrameBatch(group.frames()));
        } else if (next <= journal.durableSequence()) {
            shipFromFiles();
        } else {
            Long kept = queue.firstKept();
            if (kept != null && kept > next) {
                journal.awaitDurable(kept - 1);
            }
        }
        if (chunk.position() > 0) {
            // In one piece: each wakes the standby up.
            connection.send(new Records(chunk.flip()), beat.get());
            chunk.clear();
        } else {
            connection.send(beat.get());
        }
    }

    private void ship(FrameBatch frames) throws IOException {
        for (JournalRecord record = frames.next(); record != null; record = frames.next()) {
            if (record.sequence() >= next) {
                put(record);
            }
        }
    }

    private void shipFromFiles() throws IOException, RecordsReleased, JournalDamaged {
        JournalReader open = reader == null ? journal.read(next) : reader;
        reader = open;
        JournalRecord record = open.next();
        while (record != null) {
            put(record);
            record = chunk.position() < CHUNK_BYTES ? open.next() : null;
        }
    }

    private void closeReader() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }

    private void put(JournalRecord record) throws IOException {
        int bytes = FrameBatch.bytes(record);
        if (chunk.position() > 0
                && (chunk.position() + bytes > CHUNK_BYTES || record.type() == EntryCodec.REFERENCED)) {
            flush();
        }
        if (record.type() == EntryCodec.REFERENCED && record.sequence() >= bytesFrom) {
            sendData(record);
        }
        FrameBatch.put(chunk, record);
        next = record.sequence() + 1;
    }

    private void flush() throws IOException {
        connection.send(new Records(chunk.flip()));
        chunk.clear();
    }

    private void sendData(JournalRecord record) throws IOException {
        Entry.Referenced referenced = referenced(record);
        if (referenced == null) {
            return;
        }
        long end = referenced.offsetBytes() + referenced.count();
        long offset = referenced.offsetBytes();
        while (offset < end) {
            bytes.clear().limit((int) Math.min(bytes.capacity(), end - offset));
            int read = tree.read(referenced.object(), offset, bytes);
            if (read == 0) {
                return;
            }
            connection.send(new Data(record.sequence(), referenced.object(), offset, bytes.flip()));
            offset += read;
        }
    }

    private static Entry.@Nullable Referenced referenced(JournalRecord record) throws IOException {
        try {
            return EntryCodec.decode(record) instanceof Entry.Referenced referenced ? referenced : null;
        } catch (MalformedRecord e) {
            throw new IOException(e);
        }
    }
}
