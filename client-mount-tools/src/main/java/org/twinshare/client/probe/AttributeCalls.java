package org.twinshare.client.probe;

import java.util.Optional;

/**
 * The calls about one object or its file system: NULL, GETATTR, SETATTR, ACCESS, FSSTAT, FSINFO and PATHCONF, arguments
 * and results side by side. Stateless.
 */
public final class AttributeCalls {
    private AttributeCalls() {}

    /** Section 3.3.4. */
    public record Access(Optional<Attributes> attributes, int granted) {
        public static final int READ = 0x01;
        public static final int LOOKUP = 0x02;
        public static final int MODIFY = 0x04;
        public static final int EXTEND = 0x08;
        public static final int DELETE = 0x10;
        public static final int EXECUTE = 0x20;
        public static final int ALL = 0x3f;

        static Access decode(XdrReader in) throws MalformedReplyException {
            return new Access(Attributes.decodeOptional(in), in.getInt());
        }
    }

    /** Section 3.3.18; the available numbers are what the caller may use. */
    public record FileSystemState(
            Optional<Attributes> attributes,
            long totalBytes,
            long freeBytes,
            long availableBytes,
            long totalFiles,
            long freeFiles,
            long availableFiles,
            long unchangedSeconds) {

        static FileSystemState decode(XdrReader in) throws MalformedReplyException {
            return new FileSystemState(
                    Attributes.decodeOptional(in),
                    in.getLong(),
                    in.getLong(),
                    in.getLong(),
                    in.getLong(),
                    in.getLong(),
                    in.getLong(),
                    in.getUnsigned());
        }
    }

    /** Section 3.3.19; sizes in bytes. */
    public record FileSystemInfo(
            Optional<Attributes> attributes,
            long readMaximum,
            long readPreferred,
            long readMultiple,
            long writeMaximum,
            long writePreferred,
            long writeMultiple,
            long listingPreferred,
            long largestFileBytes,
            Timestamp timeDelta,
            int properties) {

        static FileSystemInfo decode(XdrReader in) throws MalformedReplyException {
            return new FileSystemInfo(
                    Attributes.decodeOptional(in),
                    in.getUnsigned(),
                    in.getUnsigned(),
                    in.getUnsigned(),
                    in.getUnsigned(),
                    in.getUnsigned(),
                    in.getUnsigned(),
                    in.getUnsigned(),
                    in.getLong(),
                    Timestamp.decode(in),
                    in.getInt());
        }
    }

    /** Section 3.3.20. */
    public record PathLimits(
            Optional<Attributes> attributes,
            long linkMaximum,
            long nameMaximumBytes,
            boolean noTruncation,
            boolean chownRestricted,
            boolean caseInsensitive,
            boolean casePreserving) {

        static PathLimits decode(XdrReader in) throws MalformedReplyException {
            return new PathLimits(
                    Attributes.decodeOptional(in),
                    in.getUnsigned(),
                    in.getUnsigned(),
                    in.getBoolean(),
                    in.getBoolean(),
                    in.getBoolean(),
                    in.getBoolean());
        }
    }

    /** Section 3.3.0: does nothing. */
    public static NfsCall<NfsReply.Nothing, NfsReply.Nothing> ping() {
        return NfsCall.of(Procedure.NULL, new XdrWriter(), NfsReply.Nothing::decode, NfsReply.Nothing::decode);
    }

    /** Section 3.3.1. */
    public static NfsCall<Attributes, NfsReply.Nothing> getattr(FileHandle object) {
        return NfsCall.of(Procedure.GETATTR, of(object), Attributes::decode, NfsReply.Nothing::decode);
    }

    /** Section 3.3.2. With a guard the call changes nothing unless the object's ctime is equal to it. */
    public static NfsCall<WccData, WccData> setattr(
            FileHandle object, SetAttributes attributes, Optional<Timestamp> guard) {
        XdrWriter out = of(object);
        attributes.encode(out);
        out.putBoolean(guard.isPresent());
        guard.ifPresent(time -> time.encode(out));
        return NfsCall.of(Procedure.SETATTR, out, WccData::decode, WccData::decode);
    }

    /** Section 3.3.4. */
    public static NfsCall<Access, Optional<Attributes>> access(FileHandle object, int wanted) {
        XdrWriter out = of(object).putInt(wanted);
        return NfsCall.of(Procedure.ACCESS, out, Access::decode, Attributes::decodeOptional);
    }

    /** Section 3.3.18. */
    public static NfsCall<FileSystemState, Optional<Attributes>> fsstat(FileHandle root) {
        return NfsCall.of(Procedure.FSSTAT, of(root), FileSystemState::decode, Attributes::decodeOptional);
    }

    /** Section 3.3.19. */
    public static NfsCall<FileSystemInfo, Optional<Attributes>> fsinfo(FileHandle root) {
        return NfsCall.of(Procedure.FSINFO, of(root), FileSystemInfo::decode, Attributes::decodeOptional);
    }

    /** Section 3.3.20. */
    public static NfsCall<PathLimits, Optional<Attributes>> pathconf(FileHandle object) {
        return NfsCall.of(Procedure.PATHCONF, of(object), PathLimits::decode, Attributes::decodeOptional);
    }

    private static XdrWriter of(FileHandle object) {
        XdrWriter out = new XdrWriter();
        object.encode(out);
        return out;
    }
}
