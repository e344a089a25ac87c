package org.twinshare.client.probe;

/** How an NFSv3 call ended (RFC 1813, 2.6): the RFC's names without the prefix, with the RFC's numbers. */
public enum Status {
    OK(0),
    PERM(1),
    NOENT(2),
    IO(5),
    NXIO(6),
    ACCES(13),
    EXIST(17),
    XDEV(18),
    NODEV(19),
    NOTDIR(20),
    ISDIR(21),
    INVAL(22),
    FBIG(27),
    NOSPC(28),
    ROFS(30),
    MLINK(31),
    NAMETOOLONG(63),
    NOTEMPTY(66),
    DQUOT(69),
    STALE(70),
    REMOTE(71),
    BADHANDLE(10_001),
    NOT_SYNC(10_002),
    BAD_COOKIE(10_003),
    NOTSUPP(10_004),
    TOOSMALL(10_005),
    SERVERFAULT(10_006),
    BADTYPE(10_007),
    JUKEBOX(10_008);

    private final int number;

    Status(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    static Status decode(XdrReader in) throws MalformedReplyException {
        int number = in.getInt();
        for (Status each : values()) {
            if (each.number == number) {
                return each;
            }
        }
        throw in.malformed("a status of " + number + ", which NFSv3 does not have");
    }

    /** The name of the status with this number, or the number itself where NFSv3 has no such status. */
    public static String nameOf(int number) {
        for (Status each : values()) {
            if (each.number == number) {
                return each.name();
            }
        }
        return Integer.toString(number);
    }
}
