package org.twinshare.client.bench;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The bytes that the load generator writes and expects to read back: every 16 of them say which file, which offset and
 * which generation (how often it was written before) they belong to, so that a wrong byte tells where it came from.
 * Stateless.
 *
 * <pre>
 *   0               4               8              12              16
 *   +-------------------------------+-------------------------------+
 *   | mix(file:24, offset / 16:40)  | that XOR mix(generation, MARK)|   one cell, big-endian
 *   +-------------------------------+-------------------------------+
 * </pre>
 *
 * <p>{@code mix} can be undone, and makes data that no disk or network could compress.
 */
final class Content {
    static final int CELL_BYTES = 16;
    /** "twin": what a cell that this class wrote has in the low half of its second word. */
    private static final long MARK = 0x7477_696eL;

    private static final long FACTOR_1 = 0xff51_afd7_ed55_8ccdL;
    private static final long FACTOR_2 = 0xc4ce_b9fe_1a85_ec53L;
    private static final long INVERSE_1 = inverse(FACTOR_1);
    private static final long INVERSE_2 = inverse(FACTOR_2);

    private Content() {}

    /**
     * Where a cell belongs.
     *
     * @param file 1 to 2^24 - 1
     */
    record Origin(int file, long offsetBytes, int generation) {
        @Override
        public String toString() {
            return "file " + file + ", offset " + offsetBytes + ", generation " + generation;
        }
    }

    /** Puts the bytes of a stretch of a file into the buffer. */
    static void fill(ByteBuffer out, Origin begin, int lengthBytes) {
        long generation = mix(((long) begin.generation << 32) | MARK);
        long position = begin.offsetBytes;
        long end = position + lengthBytes;
        while (position < end && position % CELL_BYTES != 0) {
            out.put(byteAt(begin, position++));
        }
        while (end - position >= CELL_BYTES) {
            long first = first(begin.file, position);
            out.putLong(first).putLong(first ^ generation);
            position += CELL_BYTES;
        }
        while (position < end) {
            out.put(byteAt(begin, position++));
        }
    }

    /**
     * Compares a stretch of a buffer with what that stretch of the file must be.
     *
     * @return nothing when every byte is right, else what is wrong with the first that is not, in words
     */
    static Optional<String> check(ByteBuffer in, int start, Origin begin, int lengthBytes) {
        long generation = mix(((long) begin.generation << 32) | MARK);
        int index = 0;
        while (index < lengthBytes) {
            long position = begin.offsetBytes + index;
            if (position % CELL_BYTES == 0 && lengthBytes - index >= CELL_BYTES) {
                long first = first(begin.file, position);
                if (in.getLong(start + index) == first && in.getLong(start + index + 8) == (first ^ generation)) {
                    index += CELL_BYTES;
                    continue;
                }
            }
            if (in.get(start + index) != byteAt(begin, position)) {
                return Optional.of(describe(in, start, begin, lengthBytes, index));
            }
            index++;
        }
        return Optional.empty();
    }

    private static String describe(ByteBuffer in, int start, Origin begin, int lengthBytes, int index) {
        long position = begin.offsetBytes + index;
        return String.format(
                "byte %d of file %d is 0x%02x instead of 0x%02x (generation %d): %s",
                position,
                begin.file,
                in.get(start + index),
                byteAt(begin, position),
                begin.generation,
                explain(in, start, begin, lengthBytes, index));
    }

    /** Looks at the cell around the wrong byte, then for one that stands a little further on: shifted data. */
    private static String explain(ByteBuffer in, int start, Origin begin, int lengthBytes, int index) {
        int cell = Math.max(0, index - (int) ((begin.offsetBytes + index) % CELL_BYTES));
        boolean whole = lengthBytes - cell >= CELL_BYTES;
        if (whole && in.getLong(start + cell) == 0 && in.getLong(start + cell + 8) == 0) {
            return "zeros are there, as in a hole";
        }
        for (int shift = 0; shift < CELL_BYTES && cell + shift <= lengthBytes - CELL_BYTES; shift++) {
            Optional<Origin> origin = decode(in, start + cell + shift);
            if (origin.isPresent()) {
                return "what is there belongs to " + origin.get() + (shift == 0 ? "" : ", and is shifted");
            }
        }
        return "a damaged byte, or bytes that this run did not write";
    }

    /** Which file, offset and generation the 16 bytes say, when they are a cell. */
    static Optional<Origin> decode(ByteBuffer in, int start) {
        long first = in.getLong(start);
        long second = unmix(first ^ in.getLong(start + 8));
        if ((second & 0xffff_ffffL) != MARK) {
            return Optional.empty();
        }
        long place = unmix(first);
        int file = (int) (place >>> 40);
        return Optional.of(new Origin(file, (place & ((1L << 40) - 1)) * CELL_BYTES, (int) (second >>> 32)));
    }

    private static byte byteAt(Origin origin, long position) {
        long first = first(origin.file, position);
        int inCell = (int) (position % CELL_BYTES);
        long word = inCell < 8 ? first : first ^ mix(((long) origin.generation << 32) | MARK);
        return (byte) (word >>> (56 - 8 * (inCell % 8)));
    }

    private static long first(int file, long position) {
        return mix(((long) file << 40) | position / CELL_BYTES);
    }

    /** The finaliser of MurmurHash3 (Appleby), a bijection on 64 bits. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 33)) * FACTOR_1;
        mixed = (mixed ^ (mixed >>> 33)) * FACTOR_2;
        return mixed ^ (mixed >>> 33);
    }

    private static long unmix(long mixed) {
        long value = (mixed ^ (mixed >>> 33)) * INVERSE_2;
        value = (value ^ (value >>> 33)) * INVERSE_1;
        return value ^ (value >>> 33);
    }

    /** The multiplicative inverse modulo 2^64 of an odd number, by Newton's iteration: each step doubles the right bits. */
    private static long inverse(long odd) {
        long inverse = odd;
        for (int step = 0; step < 6; step++) {
            inverse *= 2 - odd * inverse;
        }
        return inverse;
    }
}
