package org.twinshare.client.probe;

/** How firmly a WRITE is on the disk before its reply: stable_how (RFC 1813, 3.3.7). */
public enum Stability {
    UNSTABLE(0),
    DATA_SYNC(1),
    FILE_SYNC(2);

    private final int number;

    Stability(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    static Stability decode(XdrReader in) throws MalformedReplyException {
        int number = in.getInt();
        for (Stability each : values()) {
            if (each.number == number) {
                return each;
            }
        }
        throw in.malformed("a stable_how of " + number);
    }
}
