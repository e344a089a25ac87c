package org.twinshare.fileserver.rpc;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Native memory for calls and replies, in powers of two from 1 KiB, used again and again. Thread-safe. What is taken and
 * never given back is collected with its buffer, so that a lost buffer costs speed and not correctness.
 */
public final class BufferPool {
    private static final int SMALLEST_SHIFT = 10;
    private static final int CLASSES = 15;
    /** Memory that the pool keeps of one size when nobody uses it. */
    private static final int KEPT_BYTES_PER_CLASS = 8 << 20;

    private static final int LEAST_KEPT = 4;

    @SuppressWarnings({"unchecked", "rawtypes"})
    private final ConcurrentLinkedQueue<ByteBuffer>[] free = new ConcurrentLinkedQueue[CLASSES];

    private final AtomicIntegerArray kept = new AtomicIntegerArray(CLASSES);
    private final AtomicLong takenBytes = new AtomicLong();

    public BufferPool() {
        for (int i = 0; i < CLASSES; i++) {
            free[i] = new ConcurrentLinkedQueue<>();
        }
    }

    private static int sizeClass(int bytes) {
        int shift = 32 - Integer.numberOfLeadingZeros(Math.max(bytes, 1 << SMALLEST_SHIFT) - 1);
        return Math.max(0, shift - SMALLEST_SHIFT);
    }

    /** A big-endian direct buffer with room for at least so many bytes. */
    public ByteBuffer take(int bytes) {
        int index = sizeClass(bytes);
        ByteBuffer buffer = free[index].poll();
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(1 << index + SMALLEST_SHIFT);
        } else {
            kept.decrementAndGet(index);
            buffer.clear();
        }
        takenBytes.addAndGet(buffer.capacity());
        return buffer;
    }

    /** Gives a buffer of {@link #take} back; the giver forgets it. */
    public void give(ByteBuffer buffer) {
        int index = sizeClass(buffer.capacity());
        takenBytes.addAndGet(-buffer.capacity());
        int most = Math.max(LEAST_KEPT, KEPT_BYTES_PER_CLASS / buffer.capacity());
        if (kept.incrementAndGet(index) <= most) {
            free[index].add(buffer);
        } else {
            kept.decrementAndGet(index);
        }
    }

    /** Bytes that are in use now. */
    public long takenBytes() {
        return takenBytes.get();
    }
}
