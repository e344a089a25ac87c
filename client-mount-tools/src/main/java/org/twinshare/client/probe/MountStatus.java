package org.twinshare.client.probe;

/** How MNT ended (RFC 1813, 5.1.5): the RFC's names without the prefix, with the RFC's numbers. */
public enum MountStatus {
    OK(0),
    PERM(1),
    NOENT(2),
    IO(5),
    ACCES(13),
    NOTDIR(20),
    INVAL(22),
    NAMETOOLONG(63),
    NOTSUPP(10_004),
    SERVERFAULT(10_006);

    private final int number;

    MountStatus(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    static MountStatus decode(XdrReader in) throws MalformedReplyException {
        int number = in.getInt();
        for (MountStatus each : values()) {
            if (each.number == number) {
                return each;
            }
        }
        throw in.malformed("a status of " + number + ", which MOUNT does not have");
    }
}
