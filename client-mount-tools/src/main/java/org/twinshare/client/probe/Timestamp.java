package org.twinshare.client.probe;

/**
 * A time since 1970 UTC: nfstime3 (RFC 1813, 2.3.5).
 *
 * @param seconds     0 to 2^32 - 1
 * @param nanoseconds 0 to 999,999,999 in a truthful one; carried as it is
 */
public record Timestamp(long seconds, long nanoseconds) implements Comparable<Timestamp> {

    static Timestamp decode(XdrReader in) throws MalformedReplyException {
        return new Timestamp(in.getUnsigned(), in.getUnsigned());
    }

    void encode(XdrWriter out) {
        out.putUnsigned(seconds).putUnsigned(nanoseconds);
    }

    @Override
    public int compareTo(Timestamp other) {
        int bySeconds = Long.compare(seconds, other.seconds);
        return bySeconds != 0 ? bySeconds : Long.compare(nanoseconds, other.nanoseconds);
    }
}
