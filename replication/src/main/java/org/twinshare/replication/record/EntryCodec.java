package org.twinshare.replication.record;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Stability;
import org.twinshare.replication.journal.JournalRecord;

/**
 * An entry as the body of a record: a byte for the version, and the fields, drawn in docs/journal.md. Decoding trusts
 * nothing: whatever the bytes, it returns an entry or throws, and takes no more memory than the body has bytes.
 */
public final class EntryCodec {
    /** Type of a record with an {@link Entry.Alone}. */
    public static final byte ALONE = EntryType.ALONE.number;
    /** Type of a record with an {@link Entry.Referenced}. */
    public static final byte REFERENCED = EntryType.REFERENCED.number;

    private static final int VERSION = 1;
    private static final int ADOPTED_FIXED_BYTES = 34;
    private static final int RANGE_FIXED_BYTES = Long.BYTES + Integer.BYTES;

    private EntryCodec() {}

    /** The type of a record with this entry. */
    public static byte type(Entry entry) {
        return EntryType.of(entry).number;
    }

    /** The body of a record with this entry. */
    public static ByteBuffer encode(Entry entry) {
        ByteBuffer body = ByteBuffer.allocate(1 + maxBytes(entry));
        if (entry instanceof Entry.Marker) {
            return body.flip();
        }
        BodyWriter to = new BodyWriter(body).putByte(VERSION);
        switch (entry) {
            case Entry.Changed changed -> encodeChanged(to, changed);
            case Entry.Referenced referenced -> encodeReferenced(to, referenced);
            case Entry.Committed committed -> encodeCommitted(to, committed);
            case Entry.Voided voided ->
                to.putLong(voided.sequence()).putInt(voided.error().number());
            case Entry.Adopted adopted -> encodeAdopted(to, adopted);
            case Entry.Hot hot -> to.putLong(hot.object());
            case Entry.Checkpoint checkpoint -> to.putLong(checkpoint.position());
            case Entry.Alone alone -> to.putFlag(alone.alone());
            case Entry.InDoubt of -> encodeIds(to, of.files());
            case Entry.ChangedLocally of -> encodeIds(to, of.objects());
            case Entry.Marker unused -> {}
        }
        return body.flip();
    }

    private static int maxBytes(Entry entry) {
        return switch (entry) {
            case Entry.Changed changed -> 1 + CallCodec.MAX_BYTES + ChangeCodec.maxBytes(changed.change());
            case Entry.Adopted adopted ->
                Long.BYTES + Short.BYTES + adopted.objects().size() * (ADOPTED_FIXED_BYTES + Name.MAX_BYTES);
            case Entry.Referenced unused -> CallCodec.MAX_BYTES + 46;
            case Entry.Committed committed -> {
                int data = committed.ranges().stream()
                        .mapToInt(range -> RANGE_FIXED_BYTES + range.data().remaining())
                        .sum();
                yield 4 * Long.BYTES + Short.BYTES + data;
            }
            case Entry.Voided unused -> Long.BYTES + Integer.BYTES;
            case Entry.Hot unused -> Long.BYTES;
            case Entry.Checkpoint unused -> Long.BYTES;
            case Entry.Alone unused -> 1;
            case Entry.InDoubt of -> maxBytes(of.files());
            case Entry.ChangedLocally of -> maxBytes(of.objects());
            case Entry.Marker unused -> 0;
        };
    }

    private static int maxBytes(List<Long> ids) {
        return Short.BYTES + ids.size() * Long.BYTES;
    }

    private static void encodeChanged(BodyWriter to, Entry.Changed changed) {
        encodeCall(to, changed.call());
        ChangeCodec.encode(to, changed.change());
    }

    private static void encodeCall(BodyWriter to, @Nullable CallId call) {
        to.putFlag(call != null);
        if (call != null) {
            CallCodec.encode(to, call);
        }
    }

    private static void encodeReferenced(BodyWriter to, Entry.Referenced referenced) {
        encodeCall(to, referenced.call());
        to.putLong(referenced.object())
                .putLong(referenced.offsetBytes())
                .putInt(referenced.count())
                .putInt(referenced.mode())
                .putByte(referenced.stability().number())
                .putInt(referenced.dataCrc32c());
        if (referenced.modifyNs() != Change.KEEP_LONG || referenced.changeNs() != Change.KEEP_LONG) {
            to.putLong(referenced.modifyNs()).putLong(referenced.changeNs());
        }
    }

    private static void encodeCommitted(BodyWriter to, Entry.Committed committed) {
        to.putLong(committed.object())
                .putLong(committed.modifyNs())
                .putLong(committed.changeNs())
                .putLong(committed.syncedSequence())
                .putShort(committed.ranges().size());
        for (Entry.Range range : committed.ranges()) {
            to.putLong(range.offsetBytes()).putInt(range.data().remaining()).putRest(range.data());
        }
    }

    private static void encodeAdopted(BodyWriter to, Entry.Adopted adopted) {
        to.putLong(adopted.directory()).putShort(adopted.objects().size());
        for (Entry.AdoptedObject object : adopted.objects()) {
            to.putLong(object.id())
                    .putType(object.type())
                    .putLong(object.inode())
                    .putLong(object.birthNs())
                    .putLong(object.changeNs())
                    .putName(object.name());
        }
    }

    private static void encodeIds(BodyWriter to, List<Long> ids) {
        to.putShort(ids.size());
        ids.forEach(to::putLong);
    }

    /** What a record says. The data of a write are a window on its body. */
    public static Entry decode(JournalRecord record) throws MalformedRecord {
        try {
            return decode(record.type(), record.timeNs(), new BodyReader(record.body()));
        } catch (MalformedRecord e) {
            throw new MalformedRecord(
                    "record " + record.sequence() + " of type " + record.type() + " holds " + e.getMessage());
        }
    }

    private static Entry decode(byte number, long timeNs, BodyReader from) throws MalformedRecord {
        EntryType type = EntryType.of(number);
        if (type == null) {
            throw new MalformedRecord("what this version does not know");
        }
        if (type != EntryType.MARKER) {
            int version = from.takeByte();
            if (version != VERSION) {
                throw new MalformedRecord("version " + version + ", and this program knows version " + VERSION);
            }
        }
        Entry entry = switch (type) {
            case MARKER -> new Entry.Marker();
            case CHANGED -> new Entry.Changed(decodeCall(from), ChangeCodec.decode(from, timeNs));
            case REFERENCED -> decodeReferenced(from);
            case COMMITTED -> decodeCommitted(from);
            case VOIDED -> new Entry.Voided(from.takeLong(), CallCodec.errno(from.takeInt()));
            case ADOPTED -> decodeAdopted(from);
            case HOT -> new Entry.Hot(from.takeLong());
            case CHECKPOINT -> new Entry.Checkpoint(from.takeLong());
            case ALONE -> new Entry.Alone(from.takeFlag());
            case IN_DOUBT -> new Entry.InDoubt(decodeIds(from, Entry.MAX_IN_DOUBT));
            case CHANGED_LOCALLY -> new Entry.ChangedLocally(decodeIds(from, Entry.MAX_CHANGED_LOCALLY));
        };
        from.end();
        return entry;
    }

    private static @Nullable CallId decodeCall(BodyReader from) throws MalformedRecord {
        return from.takeFlag() ? CallCodec.decodeCall(from) : null;
    }

    private static Entry decodeReferenced(BodyReader from) throws MalformedRecord {
        CallId call = decodeCall(from);
        long object = from.takeLong();
        long offsetBytes = from.takeLong();
        int count = from.takeInt();
        int mode = from.takeInt();
        Stability stability = ChangeCodec.stability(from.takeByte());
        int dataCrc32c = from.takeInt();
        boolean timed = !from.isAtEnd();
        return new Entry.Referenced(
                call,
                object,
                offsetBytes,
                count,
                mode,
                stability,
                dataCrc32c,
                timed ? from.takeLong() : Change.KEEP_LONG,
                timed ? from.takeLong() : Change.KEEP_LONG);
    }

    private static Entry decodeCommitted(BodyReader from) throws MalformedRecord {
        long object = from.takeLong();
        long modifyNs = from.takeLong();
        long changeNs = from.takeLong();
        long syncedSequence = from.takeLong();
        int count = from.takeShort();
        List<Entry.Range> ranges = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long offsetBytes = from.takeLong();
            ranges.add(new Entry.Range(offsetBytes, from.takeWindow(from.takeInt())));
        }
        return new Entry.Committed(object, modifyNs, changeNs, syncedSequence, ranges);
    }

    private static Entry decodeAdopted(BodyReader from) throws MalformedRecord {
        long directory = from.takeLong();
        int count = from.takeShort();
        if (count > Entry.MAX_ADOPTED) {
            throw new MalformedRecord(count + " adopted objects");
        }
        List<Entry.AdoptedObject> objects = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long id = from.takeLong();
            var type = from.takeType();
            long inode = from.takeLong();
            long birthNs = from.takeLong();
            long changeNs = from.takeLong();
            objects.add(new Entry.AdoptedObject(id, from.takeName(), type, inode, birthNs, changeNs));
        }
        return new Entry.Adopted(directory, objects);
    }

    private static List<Long> decodeIds(BodyReader from, int most) throws MalformedRecord {
        int count = from.takeShort();
        if (count > most) {
            throw new MalformedRecord(count + " objects");
        }
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(from.takeLong());
        }
        return ids;
    }
}
