package org.twinshare.client.probe;

/** What kind of object a handle names: ftype3 (RFC 1813, 2.3.5). */
public enum FileType {
    REGULAR(1),
    DIRECTORY(2),
    BLOCK_DEVICE(3),
    CHARACTER_DEVICE(4),
    SYMBOLIC_LINK(5),
    SOCKET(6),
    FIFO(7);

    private final int number;

    FileType(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    static FileType decode(XdrReader in) throws MalformedReplyException {
        int number = in.getInt();
        for (FileType each : values()) {
            if (each.number == number) {
                return each;
            }
        }
        throw in.malformed("a file type of " + number);
    }
}
