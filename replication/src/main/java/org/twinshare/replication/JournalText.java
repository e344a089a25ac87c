package org.twinshare.replication;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Change;
import org.twinshare.replication.journal.JournalFiles;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.record.MalformedRecord;

/** A journal in words, a line for each record, for whoever has to find out what happened. Not thread-safe. */
public final class JournalText implements JournalFiles.Reader {
    private final Consumer<String> lines;
    private final long from;
    private long left;
    private long records;

    private JournalText(Consumer<String> lines, long from, long count) {
        this.lines = lines;
        this.from = from;
        this.left = count;
    }

    /**
     * Prints a journal.
     *
     * @param from  sequence of the first record that is printed
     * @param count the most records that are printed
     */
    public static void print(Path directory, long from, long count, Consumer<String> lines) throws IOException {
        JournalText text = new JournalText(lines, from, count);
        new JournalFiles(directory).read(text);
        lines.accept("%d records in all".formatted(text.records));
    }

    @Override
    public void segment(String file, long number, int sizeBytes, long clusterId) {
        lines.accept("%s: %d bytes, cluster %016x".formatted(file, sizeBytes, clusterId));
    }

    @Override
    public void record(JournalRecord record, long offsetBytes) {
        records++;
        if (record.sequence() < from || left <= 0) {
            return;
        }
        left--;
        lines.accept("  %d at %d, epoch %d, %s: %s"
                .formatted(
                        record.sequence(),
                        offsetBytes,
                        record.epoch(),
                        Instant.EPOCH.plusNanos(record.timeNs()),
                        words(record)));
    }

    @Override
    public void end(long offsetBytes) {
        lines.accept("  its records end at byte %d".formatted(offsetBytes));
    }

    @Override
    public void unreadable(String file, String why) {
        lines.accept("%s cannot be read: %s".formatted(file, why));
    }

    private static String words(JournalRecord record) {
        try {
            return words(EntryCodec.decode(record));
        } catch (MalformedRecord e) {
            return "malformed: " + e.getMessage();
        }
    }

    private static String words(Entry entry) {
        return switch (entry) {
            case Entry.Changed changed -> words(changed.change()) + by(changed.call());
            case Entry.Referenced of ->
                "%d bytes of %d at %d were written, and are not here%s"
                        .formatted(of.count(), of.object(), of.offsetBytes(), by(of.call()));
            case Entry.Committed committed -> words(committed);
            case Entry.Voided of -> "%d is void: %s".formatted(of.sequence(), of.error());
            case Entry.Adopted of ->
                "found in %d: %s"
                        .formatted(
                                of.directory(),
                                of.objects().stream()
                                        .map(object -> object.name() + " is " + object.id())
                                        .toList());
            case Entry.Hot of -> "%d is being written".formatted(of.object());
            case Entry.Checkpoint of -> "checkpoint at %d".formatted(of.position());
            case Entry.Alone of -> of.alone() ? "alone from here on" : "no longer alone";
            case Entry.InDoubt of -> "may hold other bytes: %s".formatted(of.files());
            case Entry.ChangedLocally of -> "changed by local processes: %s".formatted(of.objects());
            case Entry.Marker unused -> "everything before is durable";
        };
    }

    private static String words(Entry.Committed of) {
        if (of.syncedSequence() > 0) {
            return "%d was synced, with all up to %d".formatted(of.object(), of.syncedSequence());
        }
        List<String> ranges = of.ranges().stream()
                .map(range -> range.data().remaining() + " at " + range.offsetBytes())
                .toList();
        return "%d committed: %s".formatted(of.object(), ranges);
    }

    private static String words(Change change) {
        return switch (change) {
            case Change.Made of ->
                "made %d: %s %s in %d, mode %04o, owner %d:%d"
                        .formatted(of.object(), of.type(), of.name(), of.directory(), of.mode(), of.uid(), of.gid());
            case Change.AttributesSet of -> "attributes set: " + of;
            case Change.Linked of -> "%d also named %s in %d".formatted(of.object(), of.name(), of.directory());
            case Change.Removed of -> "%d is no longer %s in %d".formatted(of.object(), of.name(), of.directory());
            case Change.Moved of ->
                "%d moved from %s in %d to %s in %d, in place of %d"
                        .formatted(
                                of.object(),
                                of.fromName(),
                                of.fromDirectory(),
                                of.toName(),
                                of.toDirectory(),
                                of.replaced());
            case Change.Written of ->
                "%d bytes of %d at %d".formatted(of.data().remaining(), of.object(), of.offsetBytes());
            case Change.Committed of -> "committed " + of.object();
            case Change.Nothing of -> "nothing of " + of.object();
        };
    }

    private static String by(@Nullable CallId call) {
        return call == null
                ? ""
                : " (call %08x of %s)".formatted(call.xid(), call.client().getHostAddress());
    }
}
