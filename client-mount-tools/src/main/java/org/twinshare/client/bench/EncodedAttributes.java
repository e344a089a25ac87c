package org.twinshare.client.bench;

/** Attributes to set, written straight into a call: sattr3 (RFC 1813, 2.3.5). Stateless. */
final class EncodedAttributes {
    private static final int UNCHECKED = 0;

    private EncodedAttributes() {}

    /** The mode and nothing else. */
    static void putMode(SendQueue queue, int mode) {
        queue.putInt(1);
        queue.putInt(mode);
        // Neither uid, gid nor size, and both times as they are.
        queue.putLong(0);
        queue.putLong(0);
        queue.putInt(0);
    }

    /** createhow3: UNCHECKED, with mode 0644. */
    static void putUncheckedCreate(SendQueue queue) {
        queue.putInt(UNCHECKED);
        putMode(queue, 0644);
    }
}
