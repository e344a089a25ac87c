package org.twinshare.fileserver.rpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Puts together one call from the fragments of a byte stream (RFC 5531 section 11), when it did not come in one piece. Memory
 * grows with the bytes that came, not with a length that was merely announced. Used by the selector thread of its connection.
 *
 * <pre>
 *  bit 31: last fragment   bits 30..0: length     data
 *  +---------------------------------------+------------------+ +-----------...
 *  | L |              length               | length bytes     | | next mark
 *  +---------------------------------------+------------------+ +-----------...
 * </pre>
 */
final class RecordAssembly {
    static final int LAST_FRAGMENT = 0x80000000;
    static final int MARK_BYTES = 4;

    private static final int MAX_FRAGMENTS = 8192;
    private static final int FIRST_BYTES = 4 << 10;
    /** So much must come of a call in the time after which a connection counts as stalled. */
    private static final int PROGRESS_BYTES = 32 << 10;
    /** Memory beyond this is taken from the budget that all connections share. */
    static final int FREE_BYTES = 64 << 10;

    private final Session session;
    private final int maxRecordBytes;
    private final BufferPool pool;
    private final MemoryBudget memory;

    private @Nullable ByteBuffer record;
    private int mark;
    private int markBytes;
    private int fragmentRemaining;
    private boolean lastFragment;
    private int fragments;
    private int announcedBytes;
    /** The largest call that came completely on this connection. */
    private int provenBytes;

    private int budgetBytes;
    private final ReentrantLock inUse = new ReentrantLock();
    private volatile boolean discarded;
    private volatile boolean freed;
    /** Bytes of the call since it was last seen to make progress. */
    private int newBytes;

    private volatile long lastProgressNs;
    private volatile boolean underWay;

    RecordAssembly(Session session, int maxRecordBytes, BufferPool pool, MemoryBudget memory) {
        this.session = session;
        this.maxRecordBytes = maxRecordBytes;
        this.pool = pool;
        this.memory = memory;
    }

    /** The peer does not keep to the protocol or to our bounds. */
    static final class Violation extends Exception {
        Violation(String what) {
            super(what, null, false, false);
        }
    }

    boolean isUnderWay() {
        return underWay;
    }

    /** Bytes that the rest of the fragment needs, when it is so large that reading straight into it pays. */
    boolean wantsToRead() {
        return record != null && markBytes == MARK_BYTES && fragmentRemaining >= FIRST_BYTES;
    }

    /** Reads from the channel into the record; returns what the channel returned, or 0 when there is no memory now. */
    int readFrom(ReadableByteChannel channel) throws IOException {
        ByteBuffer into = room();
        if (into == null) {
            return 0;
        }
        int limit = into.limit();
        into.limit(Math.min(into.capacity(), into.position() + fragmentRemaining));
        int read = channel.read(into);
        into.limit(limit);
        if (read > 0) {
            fragmentRemaining -= read;
            progress(read);
        }
        return read;
    }

    /** Takes bytes of the stream, up to the end of the record; true when the record is complete. */
    boolean take(ByteBuffer stream) throws Violation {
        if (!underWay) {
            resume();
            underWay = true;
        }
        progress(stream.remaining());
        while (stream.hasRemaining() && !isComplete()) {
            if (markBytes < MARK_BYTES) {
                takeMark(stream);
            } else {
                takeData(stream);
            }
        }
        return isComplete();
    }

    /** Some bytes now and then are no progress: a call must not be held open by one byte a second. */
    private void progress(int bytes) {
        newBytes += bytes;
        if (newBytes >= PROGRESS_BYTES) {
            newBytes = 0;
            lastProgressNs = System.nanoTime();
        }
    }

    /** The connection is read again after a while: that nothing came meanwhile is not the client's fault. */
    void resume() {
        lastProgressNs = System.nanoTime();
    }

    private void takeMark(ByteBuffer stream) throws Violation {
        mark = mark << 8 | stream.get() & 0xff;
        if (++markBytes < MARK_BYTES) {
            return;
        }
        fragmentRemaining = mark & ~LAST_FRAGMENT;
        lastFragment = (mark & LAST_FRAGMENT) != 0;
        announcedBytes += fragmentRemaining;
        if (announcedBytes > maxRecordBytes || announcedBytes < 0) {
            throw new Violation("a call of more than " + maxRecordBytes + " bytes");
        }
        if (++fragments > MAX_FRAGMENTS) {
            throw new Violation("a call in more than " + MAX_FRAGMENTS + " fragments");
        }
        endFragment();
    }

    private void takeData(ByteBuffer stream) throws Violation {
        int count = Math.min(stream.remaining(), fragmentRemaining);
        ByteBuffer into = grown(count);
        into.put(stream.slice(stream.position(), count));
        stream.position(stream.position() + count);
        fragmentRemaining -= count;
        endFragment();
    }

    private void endFragment() {
        if (fragmentRemaining == 0 && !lastFragment) {
            markBytes = 0;
            mark = 0;
        }
    }

    /** Whether the whole record is here. */
    boolean isComplete() {
        if (fragmentRemaining == 0 && markBytes == MARK_BYTES && !lastFragment) {
            endFragment();
        }
        return markBytes == MARK_BYTES && fragmentRemaining == 0 && lastFragment;
    }

    /** Room for bytes that are here already. */
    private ByteBuffer grown(int more) throws Violation {
        ByteBuffer now = record;
        if (now == null) {
            now = pool.take(firstBytes(more));
            record = now;
        } else if (now.remaining() < more) {
            int wanted = Math.max(2 * now.capacity(), now.position() + more);
            int extra = extraFor(wanted);
            if (extra > 0 && !memory.takeNow(extra)) {
                throw new Violation("no memory for a large call in small fragments");
            }
            budgetBytes += extra;
            replace(now, wanted);
        }
        return Objects.requireNonNull(record);
    }

    /** A peer that has sent a call of this size before gets room for all of it at once, where there is any. */
    private int firstBytes(int more) {
        int least = Math.max(FIRST_BYTES, more);
        int whole = Math.min(announcedBytes, provenBytes);
        if (whole <= least) {
            return least;
        }
        int extra = extraFor(whole);
        if (extra > 0 && !memory.takeNow(extra)) {
            return least;
        }
        budgetBytes += extra;
        return whole;
    }

    /** What the budget must give for the record to have so many bytes. */
    private int extraFor(int bytes) {
        return Math.max(0, bytes - FREE_BYTES - budgetBytes);
    }

    private void replace(ByteBuffer old, int bytes) {
        ByteBuffer larger = pool.take(bytes);
        larger.put(old.flip());
        pool.give(old);
        record = larger;
    }

    /** Room to read into, four times as much as came so far; null when there is none now. */
    private @Nullable ByteBuffer room() {
        ByteBuffer now = Objects.requireNonNull(record);
        if (now.hasRemaining()) {
            return now;
        }
        int wanted = Math.min(now.position() + fragmentRemaining, 4 * now.capacity());
        int extra = extraFor(wanted);
        if (extra > 0) {
            session.starve();
            if (!memory.take(extra, session::fed)) {
                return null;
            }
            session.fed();
            budgetBytes += extra;
        }
        replace(now, wanted);
        return record;
    }

    /** Whether the complete record has no bytes. */
    boolean isEmpty() {
        return record == null;
    }

    /** The complete record, which the taker gives back with {@link #release}; this begins anew. */
    Owned finish() {
        ByteBuffer complete = Objects.requireNonNull(record).flip();
        provenBytes = Math.max(provenBytes, complete.remaining());
        record = null;
        int bytes = budgetBytes;
        budgetBytes = 0;
        reset();
        return new Owned(complete, bytes);
    }

    /** A record that does not lie in the selector thread's buffer. */
    record Owned(ByteBuffer bytes, int budgetBytes) {}

    void release(Owned owned) {
        pool.give(owned.bytes());
        if (owned.budgetBytes() > 0) {
            memory.give(owned.budgetBytes());
        }
    }

    private void reset() {
        mark = 0;
        markBytes = 0;
        fragmentRemaining = 0;
        lastFragment = false;
        fragments = 0;
        announcedBytes = 0;
        newBytes = 0;
        underWay = false;
    }

    /** How long next to nothing has come although a call has begun to, in nanoseconds; 0 otherwise. */
    long stalledNs(long nowNs) {
        return underWay ? nowNs - lastProgressNs : 0;
    }

    /** To be called before reading from the connection; false when it is closed, and nothing may be taken for it. */
    boolean enter() {
        inUse.lock();
        if (discarded) {
            inUse.unlock();
            return false;
        }
        return true;
    }

    /** To be called after reading. */
    void leave() {
        inUse.unlock();
        freeIfDiscarded();
    }

    /** The connection is closed, perhaps by another thread than the one that is reading it, which then frees the memory. */
    void discard() {
        discarded = true;
        freeIfDiscarded();
    }

    private void freeIfDiscarded() {
        while (discarded && !freed && !inUse.isHeldByCurrentThread() && inUse.tryLock()) {
            try {
                free();
            } finally {
                inUse.unlock();
            }
        }
    }

    private void free() {
        freed = true;
        if (record != null) {
            pool.give(record);
            record = null;
        }
        int bytes = budgetBytes;
        budgetBytes = 0;
        if (bytes > 0) {
            memory.give(bytes);
        }
        reset();
    }
}
