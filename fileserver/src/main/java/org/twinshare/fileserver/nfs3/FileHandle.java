package org.twinshare.fileserver.nfs3;

/**
 * What a client shows to name an object (RFC 1813 section 2.3.3, nfs_fh3), as we make it: 32 bytes, the same on both servers,
 * with a seal that only they can make.
 *
 * <pre>
 *  0         1         2                   4                 8                     16                    24                    32
 *  +---------+---------+-------------------+-----------------+---------------------+---------------------+---------------------+
 *  | version | 0       | 0                 | export number   | file id             | generation          | SipHash of 0 to 23  |
 *  +---------+---------+-------------------+-----------------+---------------------+---------------------+---------------------+
 * </pre>
 *
 * @param generation 0: file ids are never used again. Kept so that another rule could come without another format
 */
public record FileHandle(int exportNumber, long fileId, long generation) {
    /** Bytes of every handle. */
    public static final int BYTES = 32;
    /** The most that a handle of any server has (RFC 1813 section 2.4, NFS3_FHSIZE). */
    public static final int MAX_BYTES = 64;

    static final byte VERSION = 1;

    public FileHandle(int exportNumber, long fileId) {
        this(exportNumber, fileId, 0);
    }

    /** The same for another object of the export. */
    FileHandle sibling(long otherFileId) {
        return new FileHandle(exportNumber, otherFileId);
    }
}
