package org.twinshare.replication.namespace;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.util.List;
import org.twinshare.filestore.Touched;

/**
 * What a record adds to the checksum that runs along the journal: how the objects that it touches are after it, on the server
 * that decided it. The other server looks at its own tree after it has carried the record out, and both must come to the same.
 *
 * <pre>
 *  63                               32 31                                0
 *  | owner, mode, type, device        | size and mtime of settled files  |
 * </pre>
 *
 * <p>Each half is the exclusive or of a hash of each object, and 0 where nothing is said. A function only.
 */
public final class NamespaceChecksum {
    /** Nothing is said. */
    public static final long NOTHING = 0;

    /** SipHash-2-4 (Aumasson, Bernstein 2012); the key is no secret, and is a part of the journal's format. */
    private static final HashFunction HASH = Hashing.sipHash24(0x5477_696e_7368_6172L, 0x654e_616d_6573_7061L);

    private static final byte ATTRIBUTES = 1;
    private static final byte SETTLED = 2;
    private static final int HALF_BITS = 32;
    private static final long HALF = 0xffff_ffffL;

    private NamespaceChecksum() {}

    /** Of all objects that a record touches. */
    public static long of(List<Touched> touched) {
        long checksum = NOTHING;
        for (Touched each : touched) {
            checksum ^= (attributes(each) & HALF) << HALF_BITS | settled(each) & HALF;
        }
        return checksum;
    }

    /** Whether what a record says is what is here. Where either of both says nothing of a half, that half is no difference. */
    public static boolean agree(long there, long here) {
        return halfAgrees(there >>> HALF_BITS, here >>> HALF_BITS) && halfAgrees(there & HALF, here & HALF);
    }

    private static boolean halfAgrees(long there, long here) {
        return there == NOTHING || here == NOTHING || there == here;
    }

    private static long attributes(Touched object) {
        return HASH.newHasher()
                .putByte(ATTRIBUTES)
                .putLong(object.id())
                .putInt(object.type().formatBits() | object.mode())
                .putInt(object.uid())
                .putInt(object.gid())
                .putLong(object.rdev())
                .hash()
                .asLong();
    }

    private static long settled(Touched object) {
        Touched.Settled settled = object.settled();
        if (settled == null) {
            return NOTHING;
        }
        return HASH.newHasher()
                .putByte(SETTLED)
                .putLong(object.id())
                .putLong(settled.sizeBytes())
                .putLong(settled.modifyNs())
                .hash()
                .asLong();
    }
}
