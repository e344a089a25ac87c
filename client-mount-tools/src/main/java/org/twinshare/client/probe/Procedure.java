package org.twinshare.client.probe;

/** The 22 procedures of NFSv3 (RFC 1813, 3.3). */
public enum Procedure {
    NULL(0),
    GETATTR(1),
    SETATTR(2),
    LOOKUP(3),
    ACCESS(4),
    READLINK(5),
    READ(6),
    WRITE(7),
    CREATE(8),
    MKDIR(9),
    SYMLINK(10),
    MKNOD(11),
    REMOVE(12),
    RMDIR(13),
    RENAME(14),
    LINK(15),
    READDIR(16),
    READDIRPLUS(17),
    FSSTAT(18),
    FSINFO(19),
    PATHCONF(20),
    COMMIT(21);

    /** The program number of NFS (RFC 1813, 3). */
    public static final int PROGRAM = 100_003;

    /** The version that these are the procedures of. */
    public static final int VERSION = 3;

    private final int number;

    Procedure(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
