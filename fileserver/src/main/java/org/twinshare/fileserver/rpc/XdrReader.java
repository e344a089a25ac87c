package org.twinshare.fileserver.rpc;

import java.nio.ByteBuffer;

/**
 * Reads XDR (RFC 4506) from the bytes of one call. Every length is compared with its bound and with the bytes that are
 * there before anything is allocated. One thread at a time.
 */
public final class XdrReader {
    private final ByteBuffer bytes;

    /** @param bytes from their position to their limit; the position moves along */
    public XdrReader(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** Bytes that are not read yet. */
    public int remaining() {
        return bytes.remaining();
    }

    private void need(int count) throws GarbageArguments {
        if (count < 0 || bytes.remaining() < count) {
            throw new GarbageArguments("the call ends before its arguments do");
        }
    }

    public int readInt() throws GarbageArguments {
        need(4);
        return bytes.getInt();
    }

    public long readLong() throws GarbageArguments {
        need(8);
        return bytes.getLong();
    }

    /** Passes over a number that is of no use. */
    public void skipInt() throws GarbageArguments {
        need(4);
        bytes.position(bytes.position() + 4);
    }

    /** Passes over a verifier or another number of eight bytes that is of no use. */
    public void skipLong() throws GarbageArguments {
        need(8);
        bytes.position(bytes.position() + 8);
    }

    /** Passes over variable-length opaque data of at most {@code max} bytes. */
    public void skipOpaque(int max) throws GarbageArguments {
        int length = readLength(max);
        bytes.position(bytes.position() + padded(length));
    }

    /** RFC 4506 section 4.4: 0 or 1, and nothing else. */
    public boolean readBoolean() throws GarbageArguments {
        int value = readInt();
        if (value != 0 && value != 1) {
            throw new GarbageArguments("a boolean is " + value);
        }
        return value == 1;
    }

    /** A number of an enumeration, from 0 to {@code max}. */
    public int readEnum(int max) throws GarbageArguments {
        int value = readInt();
        if (value < 0 || value > max) {
            throw new GarbageArguments("no such choice: " + value);
        }
        return value;
    }

    /** Length of what follows, at most {@code max} bytes, all of which are there. */
    private int readLength(int max) throws GarbageArguments {
        int length = readInt();
        if (length < 0 || length > max) {
            throw new GarbageArguments(
                    "a length of " + Integer.toUnsignedString(length) + " bytes where " + max + " are the most");
        }
        need(padded(length));
        return length;
    }

    private static int padded(int length) {
        return length + 3 & ~3;
    }

    /** Variable-length opaque data (RFC 4506 section 4.10) of at most {@code max} bytes. */
    public byte[] readOpaque(int max) throws GarbageArguments {
        int length = readLength(max);
        byte[] value = new byte[length];
        bytes.get(value);
        bytes.position(bytes.position() + padded(length) - length);
        return value;
    }

    /** As {@link #readOpaque}, but the bytes stay where they are: a window on them, valid as long as the call is. */
    public ByteBuffer readOpaqueInPlace(int max) throws GarbageArguments {
        int length = readLength(max);
        ByteBuffer window = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + padded(length));
        return window;
    }

    /** Fixed-length opaque data (RFC 4506 section 4.9). */
    public byte[] readFixedOpaque(int length) throws GarbageArguments {
        need(padded(length));
        byte[] value = new byte[length];
        bytes.get(value);
        bytes.position(bytes.position() + padded(length) - length);
        return value;
    }

    /** Numbers with their count before them, at most {@code max} of them. */
    public int[] readInts(int max) throws GarbageArguments {
        int count = readInt();
        // What is there is compared first: four times a count may look small.
        if (count < 0 || count > max || count > bytes.remaining() / 4) {
            throw new GarbageArguments(count + " numbers where " + max + " are the most");
        }
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = bytes.getInt();
        }
        return values;
    }

    /** The call may hold nothing behind its arguments. */
    public void requireEnd() throws GarbageArguments {
        if (bytes.hasRemaining()) {
            throw new GarbageArguments(bytes.remaining() + " bytes behind the arguments");
        }
    }
}
