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
        errno = block.asSlice(0, Kernel.ERRNO_LAYOUT);
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

    /** The address of these bytes as a C string, good until this is closed. */
    long string(byte[] bytes) {
        return fill(first, bytes);
    }

    /** The second string of a call that takes two. */
    long otherString(byte[] bytes) {
        return fill(second, bytes);
    }

    /** A third string, short, in the place of the structure. */
    long inStructure(byte[] bytes) {
        return fill(structure, bytes);
    }

    private static long fill(MemorySegment to, byte[] bytes) {
        MemorySegment.copy(bytes, 0, to, ValueLayout.JAVA_BYTE, 0, bytes.length);
        to.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
        return to.address();
    }

    /** {@code /proc/self/fd/N} as a C string: reaches an object through a descriptor that was opened with O_PATH. */
    long descriptorPath(int fd) {
        return fill(first, ("/proc/self/fd/" + fd).getBytes(US_ASCII));
    }

    /** Room for a result of up to 4,096 bytes. */
    MemorySegment room() {
        return second;
    }

    /** Its address, for a call that writes there. */
    long roomAddress() {
        return second.address();
    }

    /** The address of the structure. */
    long structureAddress() {
        return structure.address();
    }

    long call(CallNumber call, long a) throws Throwable {
        return call(call, a, 0, 0, 0, 0, 0);
    }

    long call(CallNumber call, long a, long b) throws Throwable {
        return call(call, a, b, 0, 0, 0, 0);
    }

    long call(CallNumber call, long a, long b, long c) throws Throwable {
        return call(call, a, b, c, 0, 0, 0);
    }

    long call(CallNumber call, long a, long b, long c, long d) throws Throwable {
        return call(call, a, b, c, d, 0, 0);
    }

    long call(CallNumber call, long a, long b, long c, long d, long e) throws Throwable {
        return call(call, a, b, c, d, e, 0);
    }

    /** Invokes the kernel; a negative result means that errno was set. */
    long call(CallNumber call, long a, long b, long c, long d, long e, long f) throws Throwable {
        return (long) Kernel.SYSCALL.invokeExact(errno, call.number, a, b, c, d, e, f);
    }

    int errno() {
        return (int) Kernel.ERRNO.get(errno, 0L);
    }
}
