package org.twinshare.replication.namespace;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;

/**
 * One number for a whole tree: the exclusive or of a hash of every object and of every name, so that a change is a matter of
 * what it touches, in any order. Two trees with the same number are the same in ids, names, types, modes, owners, devices
 * and targets of links, and in size and mtime where these are settled. A function only.
 */
public final class NamespaceChecksum {
    /** SipHash-2-4 (Aumasson, Bernstein 2012); the key is no secret, and is a part of the journal's format. */
    private static final HashFunction HASH = Hashing.sipHash24(0x5477_696e_7368_6172L, 0x654e_616d_6573_7061L);

    private static final byte OBJECT = 1;
    private static final byte NAME = 2;

    private NamespaceChecksum() {}

    /**
     * An object as it counts.
     *
     * @param mode     permission bits, without the type
     * @param rdev     of a device, 0 for anything else
     * @param target   of a symbolic link, empty for anything else
     * @param settled  null for directories, whose size and mtime each file system makes up, and for hot files
     */
    public record ObjectState(
            long id,
            FileType type,
            int mode,
            int uid,
            int gid,
            long rdev,
            byte[] target,
            @Nullable Settled settled) {}

    /** Size and mtime of a file that nobody writes. */
    public record Settled(long sizeBytes, long modifyNs) {}

    /** One name of an object; the root of an export has none. */
    public record NameState(long directory, Name name, long object) {}

    /** What an object adds to the number, and takes away again. */
    public static long of(ObjectState state) {
        Hasher hasher = HASH.newHasher()
                .putByte(OBJECT)
                .putLong(state.id())
                .putInt(state.type().formatBits() | state.mode())
                .putInt(state.uid())
                .putInt(state.gid())
                .putLong(state.rdev())
                .putInt(state.target().length)
                .putBytes(state.target());
        Settled settled = state.settled();
        if (settled != null) {
            hasher.putLong(settled.sizeBytes()).putLong(settled.modifyNs());
        }
        return hasher.hash().asLong();
    }

    /** What a name adds to the number, and takes away again. */
    public static long of(NameState state) {
        return HASH.newHasher()
                .putByte(NAME)
                .putLong(state.directory())
                .putLong(state.object())
                .putBytes(state.name().bytes())
                .hash()
                .asLong();
    }

    /** How the number changes when an object does; null where it is not there before, or not afterwards. */
    public static long change(@Nullable ObjectState before, @Nullable ObjectState after) {
        return (before == null ? 0 : of(before)) ^ (after == null ? 0 : of(after));
    }

    /** How the number changes when a name does; null where it is not there before, or not afterwards. */
    public static long change(@Nullable NameState before, @Nullable NameState after) {
        return (before == null ? 0 : of(before)) ^ (after == null ? 0 : of(after));
    }
}
