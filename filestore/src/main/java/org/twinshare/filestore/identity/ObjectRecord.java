package org.twinshare.filestore.identity;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.posix.KernelHandle;

/**
 * What is kept about one object: the value under its id in the index.
 *
 * <pre>
 *  0        1        2        4                12               20               28               36               44
 *  +--------+--------+--------+----------------+----------------+----------------+----------------+----------------+
 *  | format | type   | volume | inode          | birth ns       | ctime ns, ours | ctime ns, file | CREATE verifier|
 *  +--------+--------+--------+----------------+----------------+----------------+----------------+----------------+
 *  44       45                53       54       58
 *  +--------+----------------+--------+--------+-----------------+------------------+
 *  | flags  | directory id   | name n | handle | handle bytes    | name, n bytes    |
 *  |        |                |        | type   | length by flags |                  |
 *  +--------+----------------+--------+--------+-----------------+------------------+
 * </pre>
 *
 * @param volume        number of the file system that the object lies on
 * @param birthNs       when the inode was made: with the inode number it tells an object from a later one of the same number
 * @param handle        the kernel's handle; null where we may not open by handle, and names lead to the object
 * @param link          one of its names, the only one of most objects; null for the root of an export
 * @param changeNs      ctime as clients are told
 * @param localChangeNs ctime of the file system that belongs to it: when that has moved, someone else changed the object
 * @param verifier      of the EXCLUSIVE CREATE that made the object; null after the first SETATTR
 */
public record ObjectRecord(
        long id,
        int volume,
        FileType type,
        long inode,
        long birthNs,
        @Nullable KernelHandle handle,
        @Nullable Link link,
        long changeNs,
        long localChangeNs,
        @Nullable Long verifier) {

    /** The most bytes that {@link #encode} writes. */
    public static final int MAX_BYTES = 58 + KernelHandle.MAX_BYTES + Name.MAX_BYTES;

    private static final byte FORMAT = 1;
    private static final int HAS_VERIFIER = 1;
    private static final int HAS_HANDLE = 2;

    void encode(ByteBuffer to) {
        int flags = (verifier == null ? 0 : HAS_VERIFIER) | (handle == null ? 0 : HAS_HANDLE);
        to.put(FORMAT).put((byte) (type.formatBits() >> 12)).putShort((short) volume);
        to.putLong(inode).putLong(birthNs).putLong(changeNs).putLong(localChangeNs);
        to.putLong(verifier == null ? 0 : verifier);
        to.put((byte) flags);
        to.putLong(link == null ? 0 : link.directory());
        to.put((byte) (link == null ? 0 : link.name().length()));
        if (handle == null) {
            to.putInt(0);
        } else {
            to.putInt(handle.type() << 8 | handle.bytes().length);
            to.put(handle.bytes());
        }
        if (link != null) {
            to.put(link.name().bytes());
        }
    }

    static ObjectRecord decode(long id, ByteBuffer from) {
        byte format = from.get();
        if (format != FORMAT) {
            throw new IllegalStateException("the index holds object " + id + " in format " + format
                    + ", and this version reads format " + FORMAT);
        }
        FileType type = FileType.ofMode(from.get() << 12);
        int volume = from.getShort() & 0xffff;
        long inode = from.getLong();
        long birthNs = from.getLong();
        long changeNs = from.getLong();
        long localChangeNs = from.getLong();
        long verifier = from.getLong();
        int flags = from.get();
        long directory = from.getLong();
        int nameBytes = from.get() & 0xff;
        KernelHandle handle = decodeHandle(from.getInt(), (flags & HAS_HANDLE) != 0, from);
        Link link = nameBytes == 0 ? null : new Link(directory, decodeName(from, nameBytes));
        Long created = (flags & HAS_VERIFIER) == 0 ? null : verifier;
        return new ObjectRecord(id, volume, type, inode, birthNs, handle, link, changeNs, localChangeNs, created);
    }

    private static @Nullable KernelHandle decodeHandle(int typeAndLength, boolean present, ByteBuffer from) {
        if (!present) {
            return null;
        }
        byte[] bytes = new byte[typeAndLength & 0xff];
        from.get(bytes);
        return new KernelHandle(typeAndLength >>> 8, bytes);
    }

    static Name decodeName(ByteBuffer from, int length) {
        byte[] bytes = new byte[length];
        from.get(bytes);
        try {
            return Name.of(bytes, 0, length);
        } catch (ErrnoException e) {
            throw new IllegalStateException("the index holds a name that no file can have", e);
        }
    }

    public ObjectRecord withLink(@Nullable Link other) {
        return new ObjectRecord(id, volume, type, inode, birthNs, handle, other, changeNs, localChangeNs, verifier);
    }
}
