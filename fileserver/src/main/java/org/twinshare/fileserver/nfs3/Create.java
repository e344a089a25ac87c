package org.twinshare.fileserver.nfs3;

import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Operation.CreateMode;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.SetAttributes;

/** CREATE, MKDIR, SYMLINK and MKNOD (RFC 1813 sections 3.3.8 to 3.3.11), which answer alike. */
final class Create {
    private static final CreateMode[] MODES = CreateMode.values();
    /** PATH_MAX of Linux, without the NUL. */
    private static final int MAX_TARGET_BYTES = 4095;
    /** The longest target that is read, to be refused with an answer. */
    private static final int MAX_READ_TARGET_BYTES = 64 << 10;

    private Create() {}

    static void create(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException, Procedure.ChangeFailed {
        DirectoryEntry where = DirectoryEntry.decode(in);
        CreateMode mode = MODES[in.readEnum(MODES.length - 1)];
        boolean exclusive = mode == CreateMode.EXCLUSIVE;
        SetAttributes attributes = exclusive ? SetAttributes.NOTHING : Wire.readSetAttributes(in);
        long verifier = exclusive ? in.readLong() : 0;
        in.requireEnd();
        Request.Target directory = request.changing(where.directory());
        answer(
                request,
                out,
                new Operation.Create(
                        directory.caller(), directory.id(), Request.name(where.name()), mode, attributes, verifier));
    }

    static void makeDirectory(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException, Procedure.ChangeFailed {
        DirectoryEntry where = DirectoryEntry.decode(in);
        SetAttributes attributes = Wire.readSetAttributes(in);
        in.requireEnd();
        Request.Target directory = request.changing(where.directory());
        answer(
                request,
                out,
                new Operation.MakeDirectory(
                        directory.caller(), directory.id(), Request.name(where.name()), attributes));
    }

    static void makeSymlink(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException, Procedure.ChangeFailed {
        DirectoryEntry where = DirectoryEntry.decode(in);
        SetAttributes attributes = Wire.readSetAttributes(in);
        byte[] target = in.readOpaque(MAX_READ_TARGET_BYTES);
        in.requireEnd();
        Request.Target directory = request.changing(where.directory());
        if (target.length > MAX_TARGET_BYTES) {
            throw new ErrnoException(Errno.ENAMETOOLONG, "target of a symbolic link");
        }
        requireTarget(target);
        answer(
                request,
                out,
                new Operation.MakeSymlink(
                        directory.caller(), directory.id(), Request.name(where.name()), attributes, target));
    }

    /** symlink(2): not empty, and no NUL, which would end it. */
    private static void requireTarget(byte[] target) throws ErrnoException {
        if (target.length == 0) {
            throw new ErrnoException(Errno.ENOENT, "empty target of a symbolic link");
        }
        for (byte b : target) {
            if (b == 0) {
                throw new ErrnoException(Errno.EINVAL, "NUL in the target of a symbolic link");
            }
        }
    }

    static void makeNode(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException, Procedure.ChangeFailed {
        DirectoryEntry where = DirectoryEntry.decode(in);
        int type = in.readInt();
        boolean device =
                type == Wire.typeNumber(FileType.BLOCK_DEVICE) || type == Wire.typeNumber(FileType.CHARACTER_DEVICE);
        boolean pipe = type == Wire.typeNumber(FileType.SOCKET) || type == Wire.typeNumber(FileType.FIFO);
        SetAttributes attributes = device || pipe ? Wire.readSetAttributes(in) : SetAttributes.NOTHING;
        long rdev = device ? in.readLong() : 0;
        in.requireEnd();
        Request.Target directory = request.changing(where.directory());
        answer(
                request,
                out,
                new Operation.MakeNode(
                        directory.caller(),
                        directory.id(),
                        Request.name(where.name()),
                        specialType(type),
                        attributes,
                        rdev));
    }

    private static FileType specialType(int number) throws NfsException {
        for (FileType type : FileType.values()) {
            boolean special = type != FileType.REGULAR && type != FileType.DIRECTORY && type != FileType.SYMLINK;
            if (special && Wire.typeNumber(type) == number) {
                return type;
            }
        }
        throw new NfsException(Status.BADTYPE);
    }

    private static void answer(Request request, XdrWriter out, Operation operation) throws Procedure.ChangeFailed {
        Outcome outcome = request.change(operation);
        request.require(outcome);
        request.succeed(out);
        request.writeHandle(out, outcome.object());
        request.writeOptional(out, outcome.attributes());
        request.writeWcc(out, outcome.wcc());
    }
}
