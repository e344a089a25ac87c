package org.twinshare.fileserver.rpc;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The replies to the calls that one read of a connection brought: put one behind another, and sent with one system call. Used
 * by one selector thread.
 */
final class Replying {
    private static final int FLUSH_BYTES = 48 << 10;

    private final Session session;
    private final BufferPool pool;
    private @Nullable XdrWriter out;

    Replying(Session session, BufferPool pool) {
        this.session = session;
        this.pool = pool;
    }

    /** Begins a reply; returns its position, for {@link #end} or {@link #rewind}. */
    int begin() {
        return out().skip(RecordAssembly.MARK_BYTES);
    }

    /** What the reply is written to. */
    XdrWriter out() {
        if (out == null) {
            out = new XdrWriter(pool, FLUSH_BYTES);
        }
        return out;
    }

    /** The reply is complete: writes its record mark. */
    void end(int begin) {
        XdrWriter written = out();
        int length = written.position() - begin - RecordAssembly.MARK_BYTES;
        written.writeIntAt(begin, RecordAssembly.LAST_FRAGMENT | length);
        if (written.position() >= FLUSH_BYTES) {
            flush();
        }
    }

    /** There is no reply after all. */
    void rewind(int begin) {
        out().position(begin);
    }

    /** A whole reply that says why there are no results. */
    void error(Consumer<XdrWriter> reply) {
        int begin = begin();
        reply.accept(out());
        end(begin);
    }

    /** A reply that was sent before, with its record mark. */
    void again(byte[] reply) {
        out().writeFixed(java.nio.ByteBuffer.wrap(reply));
    }

    /** Sends what there is. */
    void flush() {
        XdrWriter written = out;
        out = null;
        if (written != null) {
            if (written.position() == 0) {
                written.discard();
            } else {
                session.send(written.take());
            }
        }
    }
}
