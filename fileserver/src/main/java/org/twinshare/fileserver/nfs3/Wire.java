package org.twinshare.fileserver.nfs3;

import org.jspecify.annotations.Nullable;
import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.SetAttributes.SetTime;
import org.twinshare.filestore.Wcc;
import org.twinshare.filestore.WccAttributes;

/** The structures that procedures share (RFC 1813 section 2.5 and 2.6), in both directions. Has no state. */
final class Wire {
    /** Bytes of a fattr3. */
    static final int ATTRIBUTES_BYTES = 84;
    /** The longest name that is read; ours are shorter, but a longer one gets an answer and not a closed connection. */
    private static final int MAX_NAME_BYTES = 64 << 10;

    private static final long NS = 1_000_000_000L;

    private Wire() {}

    static void writeAttributes(XdrWriter out, Attributes a, long fsid) {
        out.writeInt(typeNumber(a.type()));
        out.writeInt(a.mode());
        out.writeInt(a.links());
        out.writeInt(a.uid());
        out.writeInt(a.gid());
        out.writeLong(a.sizeBytes());
        out.writeLong(a.usedBytes());
        out.writeLong(a.rdev());
        out.writeLong(fsid);
        out.writeLong(a.id());
        writeTime(out, a.accessNs());
        writeTime(out, a.modifyNs());
        writeTime(out, a.changeNs());
    }

    /** post_op_attr. */
    static void writeOptional(XdrWriter out, @Nullable Attributes attributes, long fsid) {
        out.writeBoolean(attributes != null);
        if (attributes != null) {
            writeAttributes(out, attributes, fsid);
        }
    }

    /** wcc_data. */
    static void writeWcc(XdrWriter out, Wcc wcc, long fsid) {
        WccAttributes before = wcc.before();
        out.writeBoolean(before != null);
        if (before != null) {
            out.writeLong(before.sizeBytes());
            writeTime(out, before.modifyNs());
            writeTime(out, before.changeNs());
        }
        writeOptional(out, wcc.after(), fsid);
    }

    /** nfstime3: seconds and nanoseconds, both unsigned, so that times before 1970 show as 1970. */
    static void writeTime(XdrWriter out, long timeNs) {
        long shown = Math.max(0, timeNs);
        out.writeInt((int) (shown / NS));
        out.writeInt((int) (shown % NS));
    }

    private static long readTime(XdrReader in) throws GarbageArguments {
        long seconds = in.readInt() & 0xffffffffL;
        return seconds * NS + (in.readInt() & 0xffffffffL) % NS;
    }

    static byte[] readHandle(XdrReader in) throws GarbageArguments {
        return in.readOpaque(FileHandle.MAX_BYTES);
    }

    static byte[] readName(XdrReader in) throws GarbageArguments {
        return in.readOpaque(MAX_NAME_BYTES);
    }

    private static final int SERVER_TIME = 1;
    private static final int CLIENT_TIME = 2;

    /** sattr3. */
    static SetAttributes readSetAttributes(XdrReader in) throws GarbageArguments {
        Integer mode = in.readBoolean() ? in.readInt() & 07777 : null;
        Integer uid = in.readBoolean() ? in.readInt() : null;
        Integer gid = in.readBoolean() ? in.readInt() : null;
        Long size = in.readBoolean() ? in.readLong() : null;
        return new SetAttributes(mode, uid, gid, size, readSetTime(in), readSetTime(in));
    }

    private static @Nullable SetTime readSetTime(XdrReader in) throws GarbageArguments {
        return switch (in.readEnum(CLIENT_TIME)) {
            case SERVER_TIME -> new SetTime.ServerTime();
            case CLIENT_TIME -> new SetTime.ClientTime(readTime(in));
            default -> null;
        };
    }

    /** The guard of SETATTR: the ctime that the object must have, in nanoseconds, or null. */
    static @Nullable Long readGuard(XdrReader in) throws GarbageArguments {
        return in.readBoolean() ? readTime(in) : null;
    }

    /** ftype3. */
    static int typeNumber(FileType type) {
        return switch (type) {
            case REGULAR -> 1;
            case DIRECTORY -> 2;
            case BLOCK_DEVICE -> 3;
            case CHARACTER_DEVICE -> 4;
            case SYMLINK -> 5;
            case SOCKET -> 6;
            case FIFO -> 7;
        };
    }
}
