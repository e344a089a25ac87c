package org.twinshare.replication.copy;

import com.google.common.io.ByteArrayDataInput;
import com.google.common.io.ByteArrayDataOutput;
import com.google.common.io.ByteStreams;
import java.util.ArrayList;
import java.util.List;
import org.twinshare.filestore.NetState.Slot;

/**
 * What the standby asks of the primary's tree. Each is answered by one {@link Answer}, in order. Big-endian; slots are drawn
 * in {@code Fields}.
 *
 * <pre>
 *  0    1
 *  +----+
 *  | 1  |                                                               Roots
 *  | 2  | id (8) | cookie (8) |                                         Directory
 *  | 3  | 1 with places (1) | n (4) | id (8) n times |                  Objects
 *  | 4  | id (8) | offset in bytes (8) | count (4) |                    Bytes
 *  | 5  | n (4) | slot n times |                                        Names
 *  | 6  | kind (1) | id (8) | offset in bytes (8) | blocks (4) |        Sums
 *  +----+
 * </pre>
 */
public sealed interface Ask {
    /** The most that one question encodes to. */
    int MAX_BYTES = 128 << 10;
    /** Objects or names in one question. */
    int MAX_OBJECTS = 256;
    /** Bytes of a file in one question. */
    int MAX_COUNT = 1 << 20;
    /** A checksum is of so many bytes, fewer at the end of the file. */
    int BLOCK_BYTES = 128 << 10;

    int MAX_BLOCKS = 256;

    /** Which directories are exported. */
    record Roots() implements Ask {}

    /**
     * Names in a directory, and the objects that they lead to.
     *
     * @param cookie behind which to go on; 0 for the beginning
     */
    record Directory(long id, long cookie) implements Ask {}

    /** How objects are now; those that are gone are left out. */
    record Objects(boolean withPlaces, List<Long> ids) implements Ask {
        public Objects {
            ids = List.copyOf(ids);
        }
    }

    /** Bytes of a file. */
    record Bytes(long id, long offsetBytes, int count) implements Ask {}

    /** Whose names are; 0 for nobody's. */
    record Names(List<Slot> slots) implements Ask {
        public Names {
            slots = List.copyOf(slots);
        }
    }

    /** Checksums of blocks of a file. */
    record Sums(SumKind kind, long id, long offsetBytes, int blocks) implements Ask {}

    default byte[] encode() {
        ByteArrayDataOutput to = ByteStreams.newDataOutput();
        switch (this) {
            case Roots unused -> to.writeByte(1);
            case Directory ask -> {
                to.writeByte(2);
                to.writeLong(ask.id);
                to.writeLong(ask.cookie);
            }
            case Objects ask -> {
                to.writeByte(3);
                to.writeBoolean(ask.withPlaces);
                Fields.longs(to, ask.ids);
            }
            case Bytes ask -> {
                to.writeByte(4);
                to.writeLong(ask.id);
                to.writeLong(ask.offsetBytes);
                to.writeInt(ask.count);
            }
            case Names ask -> {
                to.writeByte(5);
                to.writeInt(ask.slots.size());
                ask.slots.forEach(slot -> Fields.slot(to, slot));
            }
            case Sums ask -> {
                to.writeByte(6);
                to.writeByte(ask.kind.number());
                to.writeLong(ask.id);
                to.writeLong(ask.offsetBytes);
                to.writeInt(ask.blocks);
            }
        }
        return to.toByteArray();
    }

    public static Ask decode(byte[] bytes) throws MalformedQuestion {
        ByteArrayDataInput from = ByteStreams.newDataInput(bytes);
        try {
            int type = from.readUnsignedByte();
            return switch (type) {
                case 1 -> new Roots();
                case 2 -> new Directory(from.readLong(), from.readLong());
                case 3 -> new Objects(from.readBoolean(), Fields.longs(from, MAX_OBJECTS));
                case 4 -> new Bytes(from.readLong(), from.readLong(), Fields.count(from, MAX_COUNT));
                case 5 -> names(from);
                case 6 ->
                    new Sums(
                            SumKind.of(from.readUnsignedByte()),
                            from.readLong(),
                            from.readLong(),
                            Fields.count(from, MAX_BLOCKS));
                default -> throw new MalformedQuestion("question of type " + type);
            };
        } catch (IllegalStateException e) {
            throw new MalformedQuestion("a question ends too early");
        }
    }

    private static Names names(ByteArrayDataInput from) throws MalformedQuestion {
        int count = Fields.count(from, MAX_OBJECTS);
        List<Slot> slots = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            slots.add(Fields.slot(from));
        }
        return new Names(slots);
    }
}
