package org.twinshare.client.probe;

/** The six procedures of MOUNT v3 (RFC 1813, 5.2). */
public enum MountProcedure {
    NULL(0),
    MNT(1),
    DUMP(2),
    UMNT(3),
    UMNTALL(4),
    EXPORT(5);

    /** The program number of MOUNT (RFC 1813, 5.1). */
    public static final int PROGRAM = 100_005;

    /** The version that these are the procedures of. */
    public static final int VERSION = 3;

    private final int number;

    MountProcedure(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
