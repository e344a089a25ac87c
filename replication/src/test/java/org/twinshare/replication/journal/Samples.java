package org.twinshare.replication.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Journals for tests, and records whose bodies are known from their sequence. */
final class Samples {
    static final long CLUSTER = 0x1234_5678_9abc_def0L;
    static final byte TYPE = 7;
    /** Small enough that every byte can be damaged. The idle time is long: markers come from closing only. */
    static final JournalSettings TINY = new JournalSettings(2 * 4096, 5, 4096, Duration.ofMinutes(10));

    private Samples() {}

    /** As long as {@code bytes} says, with bytes that only this sequence has. */
    static ByteBuffer body(long sequence, int bytes) {
        byte[] body = new byte[bytes];
        new Random(sequence).nextBytes(body);
        return ByteBuffer.wrap(body);
    }

    static int usualBytes(long sequence) {
        return (int) (sequence * 37 % 150);
    }

    static Journal open(JournalDisk disk, JournalSettings settings) throws IOException, JournalRefused {
        return open(disk, settings, 0);
    }

    static Journal open(JournalDisk disk, JournalSettings settings, long checkpoint)
            throws IOException, JournalRefused {
        return Opening.open(disk, settings, InstantSource.system(), new Opening.Wanted(CLUSTER, checkpoint));
    }

    /** Appends a record with the body of its sequence; nobody else may append. */
    static long append(Journal journal) throws JournalFull {
        long sequence = journal.lastSequence() + 1;
        Position position = journal.append(TYPE, sequence, body(sequence, usualBytes(sequence)));
        assertThat(position.sequence()).isEqualTo(sequence);
        return sequence;
    }

    /** One group of so many records, durable. */
    static void group(Journal journal, int records) throws JournalFull {
        long last = 0;
        for (int i = 0; i < records; i++) {
            last = append(journal);
        }
        journal.awaitDurable(last);
    }

    /** Sequences of all records but markers, each with the body that belongs to it. */
    static List<Long> sequences(Journal journal, long from) {
        List<Long> found = new ArrayList<>();
        try (JournalReader reader = journal.read(from)) {
            for (JournalRecord record = reader.next(); record != null; record = reader.next()) {
                if (!record.isMarker()) {
                    assertThat(record.body()).isEqualTo(body(record.sequence(), usualBytes(record.sequence())));
                    found.add(record.sequence());
                }
            }
        } catch (IOException | RecordsReleased | JournalDamaged e) {
            throw new AssertionError(e);
        }
        return found;
    }

    static List<Long> sequences(Journal journal) {
        return sequences(journal, 1);
    }
}
