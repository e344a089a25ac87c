package org.twinshare.client.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one connection that are not sent yet: small calls packed one behind the other so that one write(2) carries
 * many, and large data by reference so that it is not copied. Not thread-safe.
 */
final class SendQueue {
    /** Up to here a copy costs less than one more element in a gathering write. */
    static final int LARGEST_COPY_BYTES = 16 << 10;

    /** Two handles, two names and attributes stay far below 4 KiB; the rest is data. */
    private static final int LARGEST_ARGUMENTS_BYTES = LARGEST_COPY_BYTES + (4 << 10);

    private static final int FIRST_CAPACITY_BYTES = 64 << 10;

    private final ArrayDeque<ByteBuffer> ready = new ArrayDeque<>();
    private ByteBuffer small = ByteBuffer.allocateDirect(FIRST_CAPACITY_BYTES);
    /** Where in {@code small} the bytes begin that are neither sent nor in {@code ready}. */
    private int unsent;
    /** Where in {@code small} the record mark of the call being written is. */
    private int mark;
    /** What the call being written refers to, and where in {@code small} it goes. */
    private @Nullable ByteBuffer data;

    private int dataAt;

    /** Appends a whole call whose arguments are known beforehand. */
    void add(CallTemplate call, int xid) {
        begin(call, xid);
        end();
    }

    /** Begins a call with what the template has; the arguments that follow are put, then {@link #end}. */
    void begin(CallTemplate call, int xid) {
        reserve(call.length() + LARGEST_ARGUMENTS_BYTES);
        mark = small.position();
        data = null;
        call.appendTo(small, xid);
    }

    void putInt(int value) {
        small.putInt(value);
    }

    void putLong(long value) {
        small.putLong(value);
    }

    /** An XDR opaque of variable length. */
    void putOpaque(byte[] bytes) {
        small.putInt(bytes.length).put(bytes);
        pad(bytes.length);
    }

    /** An XDR opaque that ends the call: copied when small, else referred to and not to be changed before the reply. */
    void endWithData(ByteBuffer bytes) {
        int length = bytes.remaining();
        small.putInt(length);
        if (length <= LARGEST_COPY_BYTES) {
            small.put(bytes.duplicate());
            pad(length);
            end();
            return;
        }
        int padding = -length & 3;
        writeMark(small.position() - mark - 4 + length + padding);
        moveToReady();
        ready.add(bytes.duplicate());
        data = bytes.duplicate();
        dataAt = small.position();
        pad(length);
    }

    /** The call that was added last, to be sent again; right only until the next is begun or something is sent. */
    List<ByteBuffer> last() {
        ByteBuffer large = data;
        return large == null
                ? List.of(copy(mark, small.position()))
                : List.of(copy(mark, dataAt), large, copy(dataAt, small.position()));
    }

    private ByteBuffer copy(int begin, int end) {
        byte[] bytes = new byte[end - begin];
        small.get(begin, bytes);
        return ByteBuffer.wrap(bytes);
    }

    /** Appends what {@link #last} gave. */
    void addAgain(List<ByteBuffer> call) {
        moveToReady();
        call.forEach(piece -> ready.add(piece.duplicate()));
    }

    /** Completes the call: only now its length is known. */
    void end() {
        writeMark(small.position() - mark - 4);
    }

    private void writeMark(int recordBytes) {
        small.putInt(mark, 0x8000_0000 | recordBytes);
    }

    private void pad(int length) {
        for (int missing = -length & 3; missing > 0; missing--) {
            small.put((byte) 0);
        }
    }

    boolean isEmpty() {
        return ready.isEmpty() && small.position() == unsent;
    }

    /**
     * Sends as much as the connection takes.
     *
     * @return whether everything is sent
     */
    boolean flush(GatheringByteChannel channel) throws IOException {
        if (ready.isEmpty()) {
            int end = small.position();
            small.limit(end).position(unsent);
            channel.write(small);
            unsent = small.position();
            small.limit(small.capacity()).position(end);
        } else {
            moveToReady();
            channel.write(ready.toArray(new ByteBuffer[0]));
            while (!ready.isEmpty() && !ready.getFirst().hasRemaining()) {
                ready.removeFirst();
            }
        }
        if (isEmpty()) {
            small.clear();
            unsent = 0;
            return true;
        }
        return false;
    }

    private void moveToReady() {
        int length = small.position() - unsent;
        if (length > 0) {
            ready.add(small.slice(unsent, length));
            unsent = small.position();
        }
    }

    /** Room for one more call; what is in the old buffer and not sent yet stays there until it is. */
    private void reserve(int bytes) {
        if (small.remaining() < bytes) {
            moveToReady();
            small = ByteBuffer.allocateDirect(2 * small.capacity());
            unsent = 0;
        }
    }
}
