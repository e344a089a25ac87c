package org.twinshare.client.probe;

import java.util.Arrays;

/**
 * Writes XDR (RFC 4506) into a growing array: big-endian, everything in multiples of four bytes. Encodes the arguments
 * of every call of the probe and the templates of the load generator. Not thread-safe.
 */
public final class XdrWriter {
    private byte[] content = new byte[256];
    private int length;

    /** Section 4.1: a 32-bit integer. */
    public XdrWriter putInt(int value) {
        grow(4);
        content[length] = (byte) (value >> 24);
        content[length + 1] = (byte) (value >> 16);
        content[length + 2] = (byte) (value >> 8);
        content[length + 3] = (byte) value;
        length += 4;
        return this;
    }

    /**
     * Section 4.2: an unsigned 32-bit integer.
     *
     * @throws IllegalArgumentException when the value does not fit
     */
    public XdrWriter putUnsigned(long value) {
        if (value < 0 || value > 0xffff_ffffL) {
            throw new IllegalArgumentException("not an unsigned 32-bit number: " + value);
        }
        return putInt((int) value);
    }

    /** Section 4.5: a 64-bit integer. */
    public XdrWriter putLong(long value) {
        return putInt((int) (value >> 32)).putInt((int) value);
    }

    /** Section 4.4: a boolean as 0 or 1. */
    public XdrWriter putBoolean(boolean value) {
        return putInt(value ? 1 : 0);
    }

    /** Sections 4.10 and 4.11: length, bytes, zero bytes up to a multiple of four. */
    public XdrWriter putOpaque(Bytes bytes) {
        putInt(bytes.length());
        bytes.writeTo(this);
        return pad(bytes.length());
    }

    /** As {@link #putOpaque(Bytes)}, without a copy of the caller's array. */
    public XdrWriter putOpaque(byte[] bytes) {
        putInt(bytes.length);
        putRaw(bytes);
        return pad(bytes.length);
    }

    /** These bytes as they are, without length or padding: for what is already XDR, or is wrong on purpose. */
    public XdrWriter putRaw(byte[] bytes) {
        grow(bytes.length);
        System.arraycopy(bytes, 0, content, length, bytes.length);
        length += bytes.length;
        return this;
    }

    /** How many bytes were written so far. */
    public int length() {
        return length;
    }

    /** A copy of what was written. */
    public byte[] toArray() {
        return Arrays.copyOf(content, length);
    }

    private XdrWriter pad(int written) {
        int padding = -written & 3;
        grow(padding);
        Arrays.fill(content, length, length + padding, (byte) 0);
        length += padding;
        return this;
    }

    private void grow(int more) {
        if (content.length - length < more) {
            content = Arrays.copyOf(content, Math.max(content.length * 2, Math.addExact(length, more)));
        }
    }
}
