package org.twinshare.replication.copy;

import com.google.common.io.ByteArrayDataInput;
import com.google.common.io.ByteArrayDataOutput;
import com.google.common.io.ByteStreams;
import java.util.ArrayList;
import java.util.List;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.ObjectDescription;
import org.twinshare.filestore.local.TreeView.Root;

/**
 * What the primary's tree has, as it was at {@code applied} or later. Big-endian; objects and slots are drawn in
 * {@code Fields}, and a sum is its length (4) and its bytes.
 *
 * <pre>
 *  0    1           9
 *  +----+-----------+
 *  | 1  | applied   | n (4) | n times: id (8), length of the path (4), path |                                    Roots
 *  | 2  | applied   | 1 at the end (1) | next cookie (8) | object | n (4) | n times: slot, object |             Listing
 *  | 3  | applied   | n (4) | object n times |                                                                   Objects
 *  | 4  | applied   | id (8) | offset in bytes (8) | 1 if all are zero (1) | count (4) | crc32c (4) | bytes |    Bytes
 *  | 5  | applied   | n (4) | id (8) n times |                                                                   Names
 *  | 6  | applied   | id (8) | offset in bytes (8) | n (4) | sum n times |                                       Sums
 *  | 7  | applied   | id (8) |                                                                                   Gone
 *  | 8  | applied   | length (4) | why |                                                                         Failed
 *  +----+-----------+
 * </pre>
 */
public sealed interface Answer {
    /** The most that one answer encodes to. */
    int MAX_BYTES = 2 << 20;
    /** Names in one listing: with the longest names and targets they fit. */
    int MAX_ENTRIES = 256;

    int MAX_ROOTS = 1024;

    /** Everything up to here was in the tree before anything that the answer says was looked at. */
    long applied();

    record Roots(long applied, List<Root> roots) implements Answer {}

    /** A name and its object. */
    record Entry(Name name, ObjectDescription object) {}

    /**
     * Names of a directory.
     *
     * @param nextCookie to go on behind
     * @param directory  itself, looked at after its names
     */
    record Listing(
            long applied, boolean endOfDirectory, long nextCookie, ObjectDescription directory, List<Entry> entries)
            implements Answer {}

    /** Those of the objects that are there. */
    record Objects(long applied, List<ObjectDescription> objects) implements Answer {}

    /**
     * Bytes of a file; fewer than were asked for at its end.
     *
     * @param count of them
     * @param bytes empty where all are zero
     */
    record Bytes(long applied, long id, long offsetBytes, int count, byte[] bytes) implements Answer {
        boolean areZero() {
            return count > 0 && bytes.length == 0;
        }
    }

    record Names(long applied, List<Long> ids) implements Answer {}

    /** Checksums of blocks; fewer than were asked for at the end of the file. */
    record Sums(long applied, long id, long offsetBytes, List<byte[]> sums) implements Answer {}

    /** There is no such object any more. */
    record Gone(long applied, long id) implements Answer {}

    /** The primary could not look. */
    record Failed(long applied, String why) implements Answer {}

    default byte[] encode() {
        ByteArrayDataOutput to = ByteStreams.newDataOutput();
        switch (this) {
            case Roots answer -> {
                begin(to, 1, answer);
                to.writeInt(answer.roots.size());
                for (Root root : answer.roots) {
                    to.writeLong(root.id());
                    Fields.bytes(to, root.path());
                }
            }
            case Listing answer -> {
                begin(to, 2, answer);
                to.writeBoolean(answer.endOfDirectory);
                to.writeLong(answer.nextCookie);
                Fields.object(to, answer.directory);
                to.writeInt(answer.entries.size());
                for (Entry entry : answer.entries) {
                    Fields.name(to, entry.name);
                    Fields.object(to, entry.object);
                }
            }
            case Objects answer -> {
                begin(to, 3, answer);
                to.writeInt(answer.objects.size());
                answer.objects.forEach(object -> Fields.object(to, object));
            }
            case Bytes answer -> bytes(to, answer);
            case Names answer -> {
                begin(to, 5, answer);
                Fields.longs(to, answer.ids);
            }
            case Sums answer -> {
                begin(to, 6, answer);
                to.writeLong(answer.id);
                to.writeLong(answer.offsetBytes);
                to.writeInt(answer.sums.size());
                answer.sums.forEach(sum -> Fields.bytes(to, sum));
            }
            case Gone answer -> {
                begin(to, 7, answer);
                to.writeLong(answer.id);
            }
            case Failed answer -> {
                begin(to, 8, answer);
                to.writeUTF(answer.why);
            }
        }
        return to.toByteArray();
    }

    private static void begin(ByteArrayDataOutput to, int type, Answer answer) {
        to.writeByte(type);
        to.writeLong(answer.applied());
    }

    private static void bytes(ByteArrayDataOutput to, Bytes answer) {
        begin(to, 4, answer);
        to.writeLong(answer.id);
        to.writeLong(answer.offsetBytes);
        to.writeBoolean(answer.areZero());
        to.writeInt(answer.count);
        to.writeInt(crc32c(answer.bytes));
        to.write(answer.bytes);
    }

    private static int crc32c(byte[] bytes) {
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(bytes, 0, bytes.length);
        return (int) crc.getValue();
    }

    public static Answer decode(byte[] bytes) throws MalformedQuestion {
        ByteArrayDataInput from = ByteStreams.newDataInput(bytes);
        try {
            int type = from.readUnsignedByte();
            long applied = from.readLong();
            return switch (type) {
                case 1 -> roots(applied, from);
                case 2 -> listing(applied, from);
                case 3 -> objects(applied, from);
                case 4 -> bytes(applied, from);
                case 5 -> new Names(applied, Fields.longs(from, Ask.MAX_OBJECTS));
                case 6 -> sums(applied, from);
                case 7 -> new Gone(applied, from.readLong());
                case 8 -> new Failed(applied, from.readUTF());
                default -> throw new MalformedQuestion("answer of type " + type);
            };
        } catch (IllegalStateException e) {
            throw new MalformedQuestion("an answer ends too early");
        }
    }

    private static Roots roots(long applied, ByteArrayDataInput from) throws MalformedQuestion {
        int count = Fields.count(from, MAX_ROOTS);
        List<Root> roots = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            roots.add(new Root(from.readLong(), Fields.bytes(from, 4096)));
        }
        return new Roots(applied, roots);
    }

    private static Listing listing(long applied, ByteArrayDataInput from) throws MalformedQuestion {
        boolean end = from.readBoolean();
        long next = from.readLong();
        ObjectDescription directory = Fields.object(from);
        int count = Fields.count(from, MAX_ENTRIES);
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(new Entry(Fields.name(from), Fields.object(from)));
        }
        return new Listing(applied, end, next, directory, entries);
    }

    private static Objects objects(long applied, ByteArrayDataInput from) throws MalformedQuestion {
        int count = Fields.count(from, Ask.MAX_OBJECTS);
        List<ObjectDescription> objects = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            objects.add(Fields.object(from));
        }
        return new Objects(applied, objects);
    }

    private static Bytes bytes(long applied, ByteArrayDataInput from) throws MalformedQuestion {
        long id = from.readLong();
        long offsetBytes = from.readLong();
        boolean zero = from.readBoolean();
        int count = Fields.count(from, Ask.MAX_COUNT);
        int crc32c = from.readInt();
        byte[] bytes = new byte[zero ? 0 : count];
        from.readFully(bytes);
        if (crc32c != crc32c(bytes)) {
            throw new MalformedQuestion("bytes that were changed on the way");
        }
        return new Bytes(applied, id, offsetBytes, count, bytes);
    }

    private static Sums sums(long applied, ByteArrayDataInput from) throws MalformedQuestion {
        long id = from.readLong();
        long offsetBytes = from.readLong();
        int count = Fields.count(from, Ask.MAX_BLOCKS);
        List<byte[]> sums = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            sums.add(Fields.bytes(from, SumKind.MAX_BYTES));
        }
        return new Sums(applied, id, offsetBytes, sums);
    }
}
