package org.twinshare.client.probe;

import java.util.Optional;

/**
 * The calls that find, remove or move a name: LOOKUP, READLINK, REMOVE, RMDIR, RENAME and LINK, arguments and results
 * side by side. Stateless.
 */
public final class NameCalls {
    /** A symbolic link's text is as long as a path may be on Linux (PATH_MAX, limits.h). */
    private static final int LONGEST_PATH_BYTES = 4096;

    private NameCalls() {}

    /** Section 3.3.3. */
    public record Found(FileHandle handle, Optional<Attributes> attributes, Optional<Attributes> directory) {
        static Found decode(XdrReader in) throws MalformedReplyException {
            return new Found(FileHandle.decode(in), Attributes.decodeOptional(in), Attributes.decodeOptional(in));
        }
    }

    /** Section 3.3.5. */
    public record LinkText(Optional<Attributes> attributes, Bytes text) {
        static LinkText decode(XdrReader in) throws MalformedReplyException {
            return new LinkText(Attributes.decodeOptional(in), in.getOpaque(LONGEST_PATH_BYTES));
        }
    }

    /** Section 3.3.14, of both directories, when it goes well and when it fails. */
    public record Renamed(WccData from, WccData to) {
        static Renamed decode(XdrReader in) throws MalformedReplyException {
            return new Renamed(WccData.decode(in), WccData.decode(in));
        }
    }

    /** Section 3.3.15, when it goes well and when it fails. */
    public record Linked(Optional<Attributes> attributes, WccData directory) {
        static Linked decode(XdrReader in) throws MalformedReplyException {
            return new Linked(Attributes.decodeOptional(in), WccData.decode(in));
        }
    }

    /** Section 3.3.3. */
    public static NfsCall<Found, Optional<Attributes>> lookup(FileHandle directory, Bytes name) {
        return NfsCall.of(Procedure.LOOKUP, at(directory, name), Found::decode, Attributes::decodeOptional);
    }

    /** Section 3.3.5. */
    public static NfsCall<LinkText, Optional<Attributes>> readlink(FileHandle link) {
        XdrWriter out = new XdrWriter();
        link.encode(out);
        return NfsCall.of(Procedure.READLINK, out, LinkText::decode, Attributes::decodeOptional);
    }

    /** Section 3.3.12. */
    public static NfsCall<WccData, WccData> remove(FileHandle directory, Bytes name) {
        return NfsCall.of(Procedure.REMOVE, at(directory, name), WccData::decode, WccData::decode);
    }

    /** Section 3.3.13. */
    public static NfsCall<WccData, WccData> rmdir(FileHandle directory, Bytes name) {
        return NfsCall.of(Procedure.RMDIR, at(directory, name), WccData::decode, WccData::decode);
    }

    /** Section 3.3.14. */
    public static NfsCall<Renamed, Renamed> rename(FileHandle from, Bytes name, FileHandle to, Bytes newName) {
        XdrWriter out = at(from, name);
        to.encode(out);
        out.putOpaque(newName);
        return NfsCall.of(Procedure.RENAME, out, Renamed::decode, Renamed::decode);
    }

    /** Section 3.3.15. */
    public static NfsCall<Linked, Linked> link(FileHandle file, FileHandle directory, Bytes name) {
        XdrWriter out = new XdrWriter();
        file.encode(out);
        directory.encode(out);
        out.putOpaque(name);
        return NfsCall.of(Procedure.LINK, out, Linked::decode, Linked::decode);
    }

    /** diropargs3 (RFC 1813, 2.3.8): a name in a directory. */
    static XdrWriter at(FileHandle directory, Bytes name) {
        XdrWriter out = new XdrWriter();
        directory.encode(out);
        return out.putOpaque(name);
    }
}
