package org.twinshare.client.pull;

/**
 * A set of names as a count and a sum: two sets are the same when both are, in whatever order the names came. The sum is of
 * hashes of 64 bits (FNV-1a, mixed by the finalizer of MurmurHash3), so that two sets that differ have the same sum once in
 * 2^64 times; it is no protection against somebody who chooses names for that. Not thread-safe.
 */
final class Names {
    private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private long count;
    private long sum;

    /** Adds the name that stands in {@code bytes} from {@code from} to before {@code to}; that of the tree itself is empty. */
    void add(byte[] bytes, int from, int to) {
        long hash = OFFSET_BASIS;
        for (int at = from; at < to; at++) {
            hash = (hash ^ bytes[at] & 0xff) * PRIME;
        }
        count++;
        sum += mixed(hash);
    }

    /** Of names that differ in their last byte only, hashes differ in a multiple of the prime, and sums of four need not differ. */
    private static long mixed(long hash) {
        long mixed = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }

    void add(Entry entry) {
        byte[] name = entry.name();
        add(name, 0, entry.path().equals(".") ? 0 : name.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Names names && count == names.count && sum == names.sum;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(sum);
    }

    @Override
    public String toString() {
        return count + " names";
    }
}
