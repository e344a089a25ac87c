package org.twinshare.client.probe;

import java.util.Optional;

/**
 * The calls that make an object: CREATE, MKDIR, SYMLINK and MKNOD, arguments and results side by side. They share one
 * form of result. Stateless.
 */
public final class CreateCalls {
    private CreateCalls() {}

    /** The object that was made, as far as the server says, and its directory (RFC 1813, 3.3.8 to 3.3.11). */
    public record Created(Optional<FileHandle> handle, Optional<Attributes> attributes, WccData directory) {
        static Created decode(XdrReader in) throws MalformedReplyException {
            return new Created(in.getOptional(FileHandle::decode), Attributes.decodeOptional(in), WccData.decode(in));
        }
    }

    /** What CREATE does when the name is taken: createhow3 (RFC 1813, 3.3.8). */
    public sealed interface How {
        /** The file that is there is taken as it is, and given the attributes. */
        record Unchecked(SetAttributes attributes) implements How {}

        /** EXIST. */
        record Guarded(SetAttributes attributes) implements How {}

        /** EXIST unless the file was made with this very verifier. */
        record Exclusive(long verifier) implements How {}
    }

    /** What MKNOD makes: mknoddata3 (RFC 1813, 3.3.11). */
    public sealed interface Node {
        record CharacterDevice(SetAttributes attributes, long major, long minor) implements Node {}

        record BlockDevice(SetAttributes attributes, long major, long minor) implements Node {}

        record Socket(SetAttributes attributes) implements Node {}

        record Fifo(SetAttributes attributes) implements Node {}

        /** A type that MKNOD does not make, to be answered with BADTYPE. */
        record Other(FileType type) implements Node {}
    }

    /** Section 3.3.8. */
    public static NfsCall<Created, WccData> create(FileHandle directory, Bytes name, How how) {
        XdrWriter out = NameCalls.at(directory, name);
        switch (how) {
            case How.Unchecked unchecked -> unchecked.attributes.encode(out.putInt(0));
            case How.Guarded guarded -> guarded.attributes.encode(out.putInt(1));
            case How.Exclusive exclusive -> out.putInt(2).putLong(exclusive.verifier);
        }
        return NfsCall.of(Procedure.CREATE, out, Created::decode, WccData::decode);
    }

    /** Section 3.3.9. */
    public static NfsCall<Created, WccData> mkdir(FileHandle directory, Bytes name, SetAttributes attributes) {
        XdrWriter out = NameCalls.at(directory, name);
        attributes.encode(out);
        return NfsCall.of(Procedure.MKDIR, out, Created::decode, WccData::decode);
    }

    /** Section 3.3.10. */
    public static NfsCall<Created, WccData> symlink(
            FileHandle directory, Bytes name, Bytes text, SetAttributes attributes) {
        XdrWriter out = NameCalls.at(directory, name);
        attributes.encode(out);
        out.putOpaque(text);
        return NfsCall.of(Procedure.SYMLINK, out, Created::decode, WccData::decode);
    }

    /** Section 3.3.11. */
    public static NfsCall<Created, WccData> mknod(FileHandle directory, Bytes name, Node node) {
        XdrWriter out = NameCalls.at(directory, name);
        switch (node) {
            case Node.CharacterDevice made ->
                device(out, FileType.CHARACTER_DEVICE, made.attributes, made.major, made.minor);
            case Node.BlockDevice made -> device(out, FileType.BLOCK_DEVICE, made.attributes, made.major, made.minor);
            case Node.Socket made -> made.attributes.encode(out.putInt(FileType.SOCKET.number()));
            case Node.Fifo made -> made.attributes.encode(out.putInt(FileType.FIFO.number()));
            case Node.Other other -> out.putInt(other.type.number());
        }
        return NfsCall.of(Procedure.MKNOD, out, Created::decode, WccData::decode);
    }

    private static void device(XdrWriter out, FileType type, SetAttributes attributes, long major, long minor) {
        attributes.encode(out.putInt(type.number()));
        out.putUnsigned(major).putUnsigned(minor);
    }
}
