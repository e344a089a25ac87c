package org.twinshare.replication.copy;

import com.google.common.io.ByteArrayDataInput;
import com.google.common.io.ByteArrayDataOutput;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.NetState.Slot;
import org.twinshare.filestore.ObjectDescription;

/**
 * The parts that questions and answers are made of. Big-endian.
 *
 * <pre>
 *  name   | n (1) | 1 to 255 bytes |          slot   | directory (8) | name |
 *
 *  object 0                8    9        13       17       21               29               37               45
 *         +----------------+----+--------+--------+--------+----------------+----------------+----------------+
 *         | id             |type| mode   | uid    | gid    | rdev           | size in bytes  | atime ns       |
 *         +----------------+----+--------+--------+--------+----------------+----------------+----------------+
 *         45               53               61       65   66               74       78
 *         +----------------+----------------+--------+----+----------------+--------+--------+----------+- - -
 *         | mtime ns       | ctime ns, ours | links  |bits| verifier       | target | target | places n |
 *         |                |                |        |    |                | bytes n| n bytes| (2)      | slot n times
 *         +----------------+----------------+--------+----+----------------+--------+--------+----------+- - -
 * </pre>
 *
 * Bit 1: there is a verifier; bit 2: there is a POSIX ACL.
 */
final class Fields {
    private static final int HAS_VERIFIER = 1;
    private static final int HAS_ACL = 2;
    private static final int MAX_TARGET_BYTES = 4096;
    static final int MAX_PLACES = 256;

    private Fields() {}

    static void name(ByteArrayDataOutput to, Name name) {
        to.writeByte(name.length());
        to.write(name.bytes());
    }

    static Name name(ByteArrayDataInput from) throws MalformedQuestion {
        byte[] bytes = new byte[from.readUnsignedByte()];
        from.readFully(bytes);
        try {
            return Name.of(bytes, 0, bytes.length);
        } catch (ErrnoException e) {
            throw new MalformedQuestion(String.valueOf(e.getMessage()));
        }
    }

    static void slot(ByteArrayDataOutput to, Slot slot) {
        to.writeLong(slot.directory());
        name(to, slot.name());
    }

    static Slot slot(ByteArrayDataInput from) throws MalformedQuestion {
        return new Slot(from.readLong(), name(from));
    }

    /** A number of things that follow. */
    static int count(ByteArrayDataInput from, int most) throws MalformedQuestion {
        int count = from.readInt();
        if (count < 0 || count > most) {
            throw new MalformedQuestion(count + " of what there may be " + most);
        }
        return count;
    }

    static void longs(ByteArrayDataOutput to, List<Long> numbers) {
        to.writeInt(numbers.size());
        numbers.forEach(to::writeLong);
    }

    static List<Long> longs(ByteArrayDataInput from, int most) throws MalformedQuestion {
        int count = count(from, most);
        List<Long> numbers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            numbers.add(from.readLong());
        }
        return numbers;
    }

    static void bytes(ByteArrayDataOutput to, byte[] bytes) {
        to.writeInt(bytes.length);
        to.write(bytes);
    }

    static byte[] bytes(ByteArrayDataInput from, int most) throws MalformedQuestion {
        byte[] bytes = new byte[count(from, most)];
        from.readFully(bytes);
        return bytes;
    }

    static void object(ByteArrayDataOutput to, ObjectDescription object) {
        Long verifier = object.verifier();
        to.writeLong(object.id());
        to.writeByte(object.type().formatBits() >> 12);
        to.writeInt(object.mode());
        to.writeInt(object.uid());
        to.writeInt(object.gid());
        to.writeLong(object.rdev());
        to.writeLong(object.sizeBytes());
        to.writeLong(object.accessNs());
        to.writeLong(object.modifyNs());
        to.writeLong(object.changeNs());
        to.writeInt(object.links());
        to.writeByte((verifier == null ? 0 : HAS_VERIFIER) | (object.hasAcl() ? HAS_ACL : 0));
        to.writeLong(verifier == null ? 0 : verifier);
        bytes(to, object.target());
        List<Slot> places = object.places();
        List<Slot> sent = places.subList(0, Math.min(places.size(), MAX_PLACES));
        to.writeShort(sent.size());
        sent.forEach(slot -> slot(to, slot));
    }

    static ObjectDescription object(ByteArrayDataInput from) throws MalformedQuestion {
        long id = from.readLong();
        FileType type = type(from.readUnsignedByte());
        int mode = from.readInt();
        int uid = from.readInt();
        int gid = from.readInt();
        long rdev = from.readLong();
        long sizeBytes = from.readLong();
        long accessNs = from.readLong();
        long modifyNs = from.readLong();
        long changeNs = from.readLong();
        int links = from.readInt();
        int bits = from.readUnsignedByte();
        long number = from.readLong();
        @Nullable Long verifier = (bits & HAS_VERIFIER) == 0 ? null : number;
        byte[] target = bytes(from, MAX_TARGET_BYTES);
        int count = from.readUnsignedShort();
        if (count > MAX_PLACES) {
            throw new MalformedQuestion(count + " names of one object");
        }
        List<Slot> places = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            places.add(slot(from));
        }
        boolean hasAcl = (bits & HAS_ACL) != 0;
        return new ObjectDescription(
                id, type, mode, uid, gid, rdev, sizeBytes, accessNs, modifyNs, changeNs, links, target, verifier,
                hasAcl, places);
    }

    private static FileType type(int bits) throws MalformedQuestion {
        try {
            return FileType.ofMode(bits << 12);
        } catch (IllegalArgumentException e) {
            throw new MalformedQuestion(String.valueOf(e.getMessage()));
        }
    }
}
