package org.twinshare.fileserver.rpc;

import java.nio.ByteBuffer;

/**
 * Writes XDR (RFC 4506) into pooled memory, which grows as it must. One thread at a time; {@link #take} hands the memory
 * over.
 */
public final class XdrWriter {
    private final BufferPool pool;
    private ByteBuffer bytes;

    public XdrWriter(BufferPool pool, int expectedBytes) {
        this.pool = pool;
        this.bytes = pool.take(expectedBytes);
    }

    /** Bytes written so far. */
    public int position() {
        return bytes.position();
    }

    /** Forgets everything behind a position, or skips to one that was passed over by {@link #skip}. */
    public void position(int position) {
        bytes.position(position);
    }

    private void room(int count) {
        if (bytes.remaining() < count) {
            ByteBuffer larger = pool.take(Math.max(bytes.capacity() * 2, bytes.position() + count));
            larger.put(bytes.flip());
            pool.give(bytes);
            bytes = larger;
        }
    }

    public void writeInt(int value) {
        room(4);
        bytes.putInt(value);
    }

    public void writeLong(long value) {
        room(8);
        bytes.putLong(value);
    }

    public void writeBoolean(boolean value) {
        writeInt(value ? 1 : 0);
    }

    /** Writes over what was written before. */
    public void writeIntAt(int position, int value) {
        bytes.putInt(position, value);
    }

    /** Variable-length opaque data: length, bytes, zeros up to a multiple of four (RFC 4506 section 4.10). */
    public void writeOpaque(byte[] value, int offset, int length) {
        room(length + 7);
        bytes.putInt(length);
        bytes.put(value, offset, length);
        pad(length);
    }

    public void writeOpaque(byte[] value) {
        writeOpaque(value, 0, value.length);
    }

    /** Bytes as they are, of which there must be a multiple of four. */
    public void writeFixed(ByteBuffer value) {
        room(value.remaining());
        bytes.put(value);
    }

    private void pad(int length) {
        for (int i = length; (i & 3) != 0; i++) {
            bytes.put((byte) 0);
        }
    }

    /** Leaves room for a number that is not known yet; returns its position. */
    public int skip(int count) {
        room(count);
        int position = bytes.position();
        bytes.position(position + count);
        return position;
    }

    /**
     * Room for opaque data of up to so many bytes behind this position, to be filled by somebody else; end with
     * {@link #filled}.
     */
    public ByteBuffer roomForOpaque(int maxBytes) {
        room(4 + maxBytes + 3);
        return bytes.slice(bytes.position() + 4, maxBytes);
    }

    /** So many bytes were put into {@link #roomForOpaque}. */
    public void filled(int length) {
        bytes.putInt(length);
        bytes.position(bytes.position() + length);
        pad(length);
    }

    /** What was written, ready to be read; this writer is used no more, and the taker gives it back to the pool. */
    public ByteBuffer take() {
        return bytes.flip();
    }

    /** Gives the memory back without using what was written. */
    public void discard() {
        pool.give(bytes);
    }
}
