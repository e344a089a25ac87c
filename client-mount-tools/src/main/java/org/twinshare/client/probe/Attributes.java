package org.twinshare.client.probe;

import java.util.Optional;

/**
 * Everything that NFSv3 says of an object: fattr3 (RFC 1813, 2.3.5).
 *
 * @param mode permission bits with setuid, setgid and sticky, as in chmod(2)
 * @param sizeBytes what stat(2) calls size
 * @param usedBytes the space that it takes on the disk
 */
public record Attributes(
        FileType type,
        int mode,
        long links,
        long uid,
        long gid,
        long sizeBytes,
        long usedBytes,
        long deviceMajor,
        long deviceMinor,
        long fsid,
        long fileid,
        Timestamp accessed,
        Timestamp modified,
        Timestamp changed) {

    static Attributes decode(XdrReader in) throws MalformedReplyException {
        return new Attributes(
                FileType.decode(in),
                in.getInt(),
                in.getUnsigned(),
                in.getUnsigned(),
                in.getUnsigned(),
                in.getLong(),
                in.getLong(),
                in.getUnsigned(),
                in.getUnsigned(),
                in.getLong(),
                in.getLong(),
                Timestamp.decode(in),
                Timestamp.decode(in),
                Timestamp.decode(in));
    }

    /** post_op_attr (RFC 1813, 2.3.5). */
    static Optional<Attributes> decodeOptional(XdrReader in) throws MalformedReplyException {
        return in.getOptional(Attributes::decode);
    }
}
