package org.twinshare.client.bench;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * Cuts what one connection receives into records (RFC 5531, 11). Reads into a buffer that all connections of a loop share
 * and keeps only the beginning of a record that is not there yet; data of a large READ goes through piece by piece, so
 * that it never leaves the processor's cache. Not thread-safe.
 */
final class ReplyReader {
    private static final int LAST_FRAGMENT = 0x8000_0000;
    private static final int LARGEST_RECORD_BYTES = 16 << 20;
    /** The headers of a READ reply with the largest verifier (400 bytes) and attributes. */
    private static final int HEADER_BYTES = 640;

    /** Takes the records. Positions are in the given buffer, whose own position and limit mean nothing. */
    interface Sink {
        void record(ByteBuffer buffer, int start, int end) throws IOException;

        /**
         * A record of which only the beginning is here.
         *
         * @return how many bytes were looked at, the rest to come through {@link #piece}; 0 to have it whole instead
         */
        int beginLarge(ByteBuffer buffer, int start, int end) throws IOException;

        void piece(ByteBuffer buffer, int start, int lengthBytes);

        void endLarge();
    }

    private final Sink sink;
    private byte[] held = new byte[1024];
    private int heldBytes;
    private int largeBytes;
    /** A record that is put together from fragments, or is too long for the shared buffer. */
    private ByteBuffer whole = ByteBuffer.allocate(0);

    private boolean joining;
    private boolean lastFragment;
    private int fragmentBytes;

    ReplyReader(Sink sink) {
        this.sink = sink;
    }

    /**
     * Reads once.
     *
     * @param shared at least 64 KiB; what comes is in it until {@link #handOn}
     * @return whether anything came
     * @throws ConnectionLost when the server closed the connection, or it failed
     */
    boolean receive(ReadableByteChannel channel, ByteBuffer shared) throws IOException {
        shared.clear();
        shared.put(held, 0, heldBytes);
        int received;
        try {
            received = channel.read(shared);
        } catch (IOException e) {
            throw new ConnectionLost(e);
        }
        if (received < 0) {
            throw new ConnectionLost(new EOFException("the server closed the connection"));
        }
        return received > 0;
    }

    /**
     * Hands on the records that became complete.
     *
     * @return whether the buffer was full, so that there may be more at once
     */
    boolean handOn(ByteBuffer shared) throws IOException {
        int end = shared.position();
        heldBytes = 0;
        keep(shared, cut(shared, end), end);
        return end == shared.capacity();
    }

    private void keep(ByteBuffer buffer, int start, int end) {
        heldBytes = end - start;
        if (held.length < heldBytes) {
            held = new byte[Math.max(heldBytes, 2 * held.length)];
        }
        buffer.get(start, held, 0, heldBytes);
    }

    /** Hands on what is complete and gives the position behind it. */
    private int cut(ByteBuffer buffer, int end) throws IOException {
        int position = 0;
        while (position < end) {
            int taken = largeBytes > 0
                    ? passOn(buffer, position, end)
                    : fragmentBytes > 0 ? join(buffer, position, end) : begin(buffer, position, end);
            if (taken == 0) {
                break;
            }
            position += taken;
        }
        return position;
    }

    private int passOn(ByteBuffer buffer, int position, int end) {
        int length = Math.min(largeBytes, end - position);
        sink.piece(buffer, position, length);
        largeBytes -= length;
        if (largeBytes == 0) {
            sink.endLarge();
        }
        return length;
    }

    private int begin(ByteBuffer buffer, int position, int end) throws IOException {
        int available = end - position - 4;
        if (available < 0) {
            return 0;
        }
        int mark = buffer.getInt(position);
        int length = mark & ~LAST_FRAGMENT;
        boolean last = (mark & LAST_FRAGMENT) != 0;
        if (length > LARGEST_RECORD_BYTES) {
            throw new IOException("the server began a record of " + length + " bytes");
        }
        if (!last || joining) {
            return beginFragment(length, last);
        }
        if (available >= length) {
            sink.record(buffer, position + 4, position + 4 + length);
            return 4 + length;
        }
        if (available < HEADER_BYTES) {
            return 0;
        }
        int lookedAt = sink.beginLarge(buffer, position + 4, end);
        largeBytes = lookedAt == 0 ? 0 : length - lookedAt;
        if (lookedAt > 0) {
            return 4 + lookedAt;
        }
        return length > buffer.capacity() - 4 ? beginFragment(length, true) : 0;
    }

    private int beginFragment(int length, boolean last) throws IOException {
        int before = joining ? whole.position() : 0;
        if (before + length > LARGEST_RECORD_BYTES) {
            throw new IOException("the server sent a record of more than " + LARGEST_RECORD_BYTES + " bytes");
        }
        if (whole.capacity() < before + length) {
            ByteBuffer larger = ByteBuffer.allocate(2 * (before + length));
            larger.put(whole.flip());
            whole = larger;
        }
        whole.limit(whole.capacity()).position(before);
        joining = true;
        lastFragment = last;
        fragmentBytes = length;
        endFragment();
        return 4;
    }

    private int join(ByteBuffer buffer, int position, int end) throws IOException {
        int length = Math.min(fragmentBytes, end - position);
        whole.put(whole.position(), buffer, position, length).position(whole.position() + length);
        fragmentBytes -= length;
        endFragment();
        return length;
    }

    private void endFragment() throws IOException {
        if (fragmentBytes == 0 && lastFragment && joining) {
            joining = false;
            sink.record(whole, 0, whole.position());
        }
    }
}
