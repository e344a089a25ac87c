package org.twinshare.filestore.lmdb;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.twinshare.filestore.posix.NativeFunction;

/**
 * Native memory for the arguments and results of the calls of one transaction, and the calls. What LMDB points to is copied
 * before the caller gets it. One thread at a time; after it is closed it throws {@link IllegalStateException}.
 *
 * <pre>
 * byte 0  errno, not used   64  MDB_val of the key   80  MDB_val of the value   96  result   160  key   672  value
 * </pre>
 */
final class Room implements AutoCloseable {
    /** As LMDB is compiled: MDB_MAXKEYSIZE of its mdb.c. */
    private static final int MAX_KEY_BYTES = 511;

    /** Of a value that has its place, or of a path (PATH_MAX of linux/limits.h). */
    private static final int MAX_VALUE_BYTES = 4096;

    /** {@code struct MDB_val { size_t mv_size; void *mv_data; }}. */
    private static final long KEY = 64;

    private static final long VALUE = 80;
    private static final long DATA = 8;
    private static final long RESULT = 96;
    private static final long KEY_BYTES = 160;
    private static final long VALUE_BYTES = KEY_BYTES + MAX_KEY_BYTES + 1;

    private final Liblmdb lmdb;
    private final Arena arena;
    private final MemorySegment block;
    private final MemorySegment errno;

    private Room(Liblmdb lmdb, Arena arena) {
        this.lmdb = lmdb;
        this.arena = arena;
        block = arena.allocate(VALUE_BYTES + MAX_VALUE_BYTES, 64);
        errno = block.asSlice(0, NativeFunction.ERRNO);
    }

    /** One that only this thread can use; others get {@link WrongThreadException}, before LMDB is called. */
    @SuppressWarnings("MustBeClosedChecker") // it is closed with the room
    static Room ofThisThread(Liblmdb lmdb) {
        return new Room(lmdb, Arena.ofConfined());
    }

    /** One that any thread can use, one at a time. */
    @SuppressWarnings("MustBeClosedChecker") // it is closed with the room
    static Room ofAnyThread(Liblmdb lmdb) {
        return new Room(lmdb, Arena.ofShared());
    }

    /** Calls a function that returns nothing. */
    void end(NativeFunction function, long handle) {
        long unusedNothing = function.call(errno, handle, 0, 0, 0, 0);
    }

    void run(NativeFunction function, long a, long b) {
        run(function, a, b, 0, 0, 0);
    }

    /** Calls a function that must succeed. */
    void run(NativeFunction function, long a, long b, long c, long d, long e) {
        int code = (int) function.call(errno, a, b, c, d, e);
        if (code != 0) {
            throw failure(function, code);
        }
    }

    /** Calls a function that succeeds, or says that there is no such key. */
    boolean found(NativeFunction function, long a, long b, long c, long d) {
        int code = (int) function.call(errno, a, b, c, d, 0);
        if (code == 0) {
            return true;
        }
        if (code == Liblmdb.MDB_NOTFOUND) {
            return false;
        }
        throw failure(function, code);
    }

    private LmdbException failure(NativeFunction function, int code) {
        MemorySegment text = MemorySegment.ofAddress(lmdb.strerror.call(errno, code, 0, 0, 0, 0));
        String words = text.reinterpret(1024).getString(0);
        return new LmdbException(code, function.name() + ": " + words + " (" + code + ")");
    }

    /** The address of an MDB_val with a key. */
    long key(byte[] key) {
        if (key.length > MAX_KEY_BYTES) {
            throw new IllegalArgumentException("a key has up to " + MAX_KEY_BYTES + " bytes, not " + key.length);
        }
        return fill(KEY, KEY_BYTES, MemorySegment.ofArray(key));
    }

    /** The address of an MDB_val with what remains in a buffer; a large one takes memory until this is closed. */
    long value(ByteBuffer value) {
        MemorySegment from = MemorySegment.ofBuffer(value);
        if (from.byteSize() <= MAX_VALUE_BYTES) {
            return fill(VALUE, VALUE_BYTES, from);
        }
        MemorySegment large = arena.allocate(from.byteSize()).copyFrom(from);
        return fill(VALUE, from.byteSize(), large.address());
    }

    private long fill(long val, long bytes, MemorySegment from) {
        MemorySegment.copy(from, 0, block, bytes, from.byteSize());
        return fill(val, from.byteSize(), block.address() + bytes);
    }

    private long fill(long val, long size, long address) {
        block.set(JAVA_LONG, val, size);
        block.set(JAVA_LONG, val + DATA, address);
        return block.address() + val;
    }

    /** The address of a C string. */
    long string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= MAX_VALUE_BYTES) {
            throw new IllegalArgumentException("too long for a path or a name: " + text);
        }
        MemorySegment.copy(bytes, 0, block, JAVA_BYTE, VALUE_BYTES, bytes.length);
        block.set(JAVA_BYTE, VALUE_BYTES + bytes.length, (byte) 0);
        return block.address() + VALUE_BYTES;
    }

    /** The address of an MDB_val that LMDB fills. */
    long valueToFind() {
        return block.address() + VALUE;
    }

    /** The key that LMDB has found. */
    byte[] foundKey() {
        return copy(KEY);
    }

    /** The value that LMDB has found. */
    byte[] foundValue() {
        return copy(VALUE);
    }

    private byte[] copy(long val) {
        MemorySegment found = MemorySegment.ofAddress(block.get(JAVA_LONG, val + DATA));
        return found.reinterpret(block.get(JAVA_LONG, val)).toArray(JAVA_BYTE);
    }

    /** The address of room for a number, a pointer, or an MDB_stat. */
    long resultAddress() {
        return block.address() + RESULT;
    }

    /** What is there, some bytes behind its beginning. */
    long result(int offset) {
        return block.get(JAVA_LONG, RESULT + offset);
    }

    @Override
    public void close() {
        arena.close();
    }
}
