package org.twinshare.fileserver.rpc;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.fileserver.rpc.RpcProcedure.Answer;
import org.twinshare.filestore.TreeFailed;
import org.twinshare.filestore.WouldBlock;

/**
 * Takes one record after another from the selector threads: decodes the header, finds the procedure, asks the reply cache,
 * and carries the call out, here or on a virtual thread of its own. Thread-safe.
 */
final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int REPLY_BYTES = 512;

    private final Programs programs = new Programs();
    private final BufferPool pool;
    private final ReplyCache replyCache;
    private final MemoryBudget replyMemory;
    private final CallsUnderWay underWay = new CallsUnderWay();

    Dispatcher(BufferPool pool, ReplyCache replyCache, MemoryBudget replyMemory) {
        this.pool = pool;
        this.replyMemory = replyMemory;
        this.replyCache = replyCache;
    }

    void offer(RpcProgram program) {
        programs.offer(program);
    }

    CallsUnderWay underWay() {
        return underWay;
    }

    /**
     * Serves one record.
     *
     * @param owned   the memory that the record lies in, which is given back here; null where the caller uses it again
     * @param replies takes the replies that are ready when this returns
     * @return why the connection must be closed, or null
     */
    @Nullable String serve(Session session, ByteBuffer record, RecordAssembly.@Nullable Owned owned, Replying replies) {
        boolean handedOver = false;
        try {
            CallDecoder.Decoded decoded = session.decoder.decode(record);
            switch (decoded) {
                case CallDecoder.Decoded.Hopeless hopeless -> {
                    return hopeless.why();
                }
                case CallDecoder.Decoded.OtherRpcVersion other ->
                    replies.error(out -> Replies.rpcMismatch(out, other.xid()));
                case CallDecoder.Decoded.BadCredential bad ->
                    replies.error(out -> Replies.badCredential(out, bad.xid(), bad.reason()));
                case CallDecoder.Decoded.Good good -> handedOver = call(session, good.header(), record, owned, replies);
            }
            return null;
        } finally {
            if (owned != null && !handedOver) {
                session.assembly.release(owned);
            }
        }
    }

    /** Returns whether somebody else gives the memory of the record back. */
    private boolean call(
            Session session,
            CallHeader header,
            ByteBuffer record,
            RecordAssembly.@Nullable Owned owned,
            Replying replies) {
        RpcProcedure procedure = programs.find(header, replies::error);
        if (procedure == null) {
            return false;
        }
        if (mayTryAtOnce(session, procedure)
                && atOnce(new Call(session, header, record, false, replyMemory), procedure, replies)) {
            return false;
        }
        return later(session, header, procedure, record, owned, replies);
    }

    /** What may be large has to wait while the client takes no replies; the others are so small that they need not. */
    private static boolean mayTryAtOnce(Session session, RpcProcedure procedure) {
        return switch (procedure.execution()) {
            case AT_ONCE -> true;
            case AT_ONCE_IF_CACHED -> !session.isClogged();
            case MAY_WAIT -> false;
        };
    }

    /** Carries a call out on this thread; false when it would have to wait. */
    private static boolean atOnce(Call call, RpcProcedure procedure, Replying replies) {
        int begin = replies.begin();
        try {
            Answer answer = answer(call, procedure, replies.out());
            if (answer == Answer.SILENCE) {
                replies.rewind(begin);
            } else {
                replies.end(begin);
            }
            return true;
        } catch (WouldBlock e) {
            replies.rewind(begin);
            return false;
        }
    }

    /** Writes a reply, whatever becomes of the procedure; leaves only {@code WouldBlock} to the caller. */
    @SuppressWarnings(
            "CatchThrowable") // whoever waits for an answer must get one, also from a procedure without memory
    static Answer answer(Call call, RpcProcedure procedure, XdrWriter out) {
        int begin = out.position();
        Replies.success(out, call.xid());
        try {
            return procedure.handler().serve(call, out);
        } catch (GarbageArguments e) {
            LOG.debug("{}: {}: {}", call.peer(), procedure.name(), e.getMessage());
            out.position(begin);
            Replies.garbageArguments(out, call.xid());
        } catch (WouldBlock e) {
            throw e;
        } catch (TreeFailed e) {
            // Whether it was done will be known after the restart; then the client asks again.
            out.position(begin);
            return Answer.SILENCE;
        } catch (Throwable e) {
            LOG.error("{} of {} failed; this is a fault of the server", procedure.name(), call.peer(), e);
            out.position(begin);
            Replies.systemError(out, call.xid());
        }
        return Answer.REPLY;
    }

    private boolean later(
            Session session,
            CallHeader header,
            RpcProcedure procedure,
            ByteBuffer record,
            RecordAssembly.@Nullable Owned owned,
            Replying replies) {
        ReplyCache.Entry entry = null;
        if (procedure.remembered()) {
            ReplyCache.Key key = ReplyCache.Key.of(new Call(session, header, record, true, replyMemory));
            switch (replyCache.begin(key, session)) {
                case ReplyCache.Known.UnderWay already -> {
                    return false;
                }
                case ReplyCache.Known.Answered answered -> {
                    replies.again(answered.reply());
                    return false;
                }
                case ReplyCache.Known.New begun -> entry = begun.entry();
            }
        }
        RecordAssembly.Owned kept = owned != null ? owned : copy(record);
        ByteBuffer arguments = owned != null ? record : kept.bytes();
        int bytes = arguments.remaining();
        Call call = new Call(session, header, arguments, true, replyMemory);
        ReplyCache.Entry remembered = entry;
        session.began(bytes);
        underWay.begin();
        Thread.ofVirtual().start(() -> {
            try {
                // What changes something is carried out in any case: its client asks for the reply on another
                // connection.
                if (remembered != null || session.awaitUnclogged()) {
                    run(session, call, procedure, remembered);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                session.assembly.release(kept);
                session.ended(bytes);
                underWay.end();
            }
        });
        return true;
    }

    private RecordAssembly.Owned copy(ByteBuffer record) {
        ByteBuffer copy = pool.take(record.remaining());
        copy.put(record.duplicate());
        return new RecordAssembly.Owned(copy.flip(), 0);
    }

    private void run(Session session, Call call, RpcProcedure procedure, ReplyCache.@Nullable Entry entry) {
        XdrWriter out = new XdrWriter(pool, REPLY_BYTES);
        out.skip(RecordAssembly.MARK_BYTES);
        if (finalAnswer(call, procedure, out) == Answer.SILENCE) {
            out.discard();
            call.releaseReply();
            if (entry != null) {
                replyCache.forget(entry);
            }
            return;
        }
        out.writeIntAt(0, RecordAssembly.LAST_FRAGMENT | out.position() - RecordAssembly.MARK_BYTES);
        ByteBuffer reply = out.take();
        Session to = entry == null ? session : replyCache.answer(entry, reply);
        if (call.reservedBytes() > 0) {
            to.send(new Outbox.Reply(reply, call::releaseReply));
        } else {
            to.send(reply);
        }
    }

    /** As {@link #answer}; there is no further thread that could do better. */
    private static Answer finalAnswer(Call call, RpcProcedure procedure, XdrWriter out) {
        int begin = out.position();
        try {
            return answer(call, procedure, out);
        } catch (WouldBlock e) {
            LOG.error(
                    "{} of {} would wait although it may; this is a fault of the server",
                    procedure.name(),
                    call.peer());
            out.position(begin);
            Replies.systemError(out, call.xid());
            return Answer.REPLY;
        }
    }
}
