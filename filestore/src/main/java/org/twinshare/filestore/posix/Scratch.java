package org.twinshare.filestore.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Native memory for the arguments and results of one system call: errno, two strings, and a structure. Taken from a
 * pool for the length of a call, because virtual threads are too many to own one each; one thread at a time uses one.
 */
final class Scratch implements AutoCloseable {
    private static final int STRUCTURE_BYTES = 512;
    private static final int STRING_BYTES = 4096 + 8;
    private static final int STRIPES = 64;
    private static final AtomicReferenceArray<Scratch> STRIPED = new AtomicReferenceArray<>(STRIPES);
    private static final ConcurrentLinkedQueue<Scratch> SPARE = new ConcurrentLinkedQueue<>();

    final MemorySegment errno;
    final MemorySegment structure;
    private final MemorySegment first;
    private final MemorySegment second;

    private Scratch() {
        // Never freed: there are as many as ever ran at once, and they are used again.
        MemorySegment block = Arena.global().allocate(64 + STRUCTURE_BYTES + 2L * STRING_BYTES, 64);
        errno = block.asSlice(0, Libc.ERRNO_LAYOUT);
        structure = block.asSlice(64, STRUCTURE_BYTES);
        first = block.asSlice(64 + STRUCTURE_BYTES, STRING_BYTES);
        second = block.asSlice(64 + STRUCTURE_BYTES + STRING_BYTES, STRING_BYTES);
    }

    static Scratch take() {
        Scratch mine = STRIPED.getAndSet(stripe(), null);
        if (mine == null) {
            mine = SPARE.poll();
        }
        return mine == null ? new Scratch() : mine;
    }

    @Override
    public void close() {
        if (!STRIPED.compareAndSet(stripe(), null, this)) {
            SPARE.add(this);
        }
    }

    private static int stripe() {
        return (int) Thread.currentThread().threadId() & (STRIPES - 1);
    }

    /** The bytes as a C string, good until this is closed. */
    MemorySegment string(byte[] bytes) {
        return fill(first, bytes);
    }

    /** The second string of a call that takes two. */
    MemorySegment otherString(byte[] bytes) {
        return fill(second, bytes);
    }

    /** A third string, short, in the place of the structure. */
    MemorySegment inStructure(byte[] bytes) {
        return fill(structure, bytes);
    }

    private static MemorySegment fill(MemorySegment to, byte[] bytes) {
        MemorySegment.copy(bytes, 0, to, ValueLayout.JAVA_BYTE, 0, bytes.length);
        to.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
        return to;
    }

    /** {@code /proc/self/fd/N} as a C string: reaches an object through a descriptor that was opened with O_PATH. */
    MemorySegment descriptorPath(int fd) {
        return fill(first, ("/proc/self/fd/" + fd).getBytes(US_ASCII));
    }

    /** Room for a result of up to 4,096 bytes. */
    MemorySegment room() {
        return second;
    }

    int errno() {
        return (int) Libc.ERRNO.get(errno, 0L);
    }
}
