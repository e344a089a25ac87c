package org.twinshare.fileserver.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.twinshare.fileserver.rpc.RpcProcedure.Answer;
import org.twinshare.fileserver.rpc.RpcProcedure.Execution;
import org.twinshare.filestore.WouldBlock;

/** A program whose procedures do what tests of the RPC room need done to it. */
final class TestProgram implements RpcProgram {
    static final int PROGRAM = 400_000;
    static final int LOWEST_VERSION = 2;
    static final int HIGHEST_VERSION = 3;

    /** Procedure: nothing. */
    static final int NULL = 0;
    /** Procedure: answers at once with the opaque that it is given. */
    static final int ECHO = 1;
    /** Procedure: a thread of its own answers with the opaque that it is given. */
    static final int ECHO_LATER = 2;
    /** Procedure: throws {@link #fault} at once. */
    static final int FAIL = 3;
    /** Procedure: the same on a thread of its own, with the reply remembered, after 64 KiB were reserved for it. */
    static final int FAIL_LATER = 4;
    /** Procedure: waits for {@link #gate}, then answers how often it was carried out; remembered. */
    static final int COUNT = 5;
    /** Procedure: answers with as many zeros as it is asked for, at once. */
    static final int ZEROS = 6;
    /** Procedure: the same on a thread of its own, which reserves them first. */
    static final int RESERVED_ZEROS = 7;
    /** Procedure: would always have to wait, and no thread is one that may. */
    static final int ALWAYS_WOULD_BLOCK = 8;
    /** Procedure: waits for {@link #gate}. */
    static final int WAIT = 9;

    private static final int MAX_BYTES = 1 << 20;

    final AtomicInteger executions = new AtomicInteger();
    final AtomicInteger waiting = new AtomicInteger();
    volatile CountDownLatch gate = new CountDownLatch(0);
    volatile Throwable fault = new IllegalStateException("a fault that a test wants");

    private final List<RpcProcedure> procedures = new ArrayList<>();

    TestProgram() {
        procedures.add(new RpcProcedure("NULL", Execution.AT_ONCE, false, (call, out) -> Answer.REPLY));
        procedures.add(new RpcProcedure("ECHO", Execution.AT_ONCE, false, TestProgram::echo));
        procedures.add(new RpcProcedure("ECHO_LATER", Execution.MAY_WAIT, false, TestProgram::echo));
        procedures.add(new RpcProcedure("FAIL", Execution.AT_ONCE, false, this::fail));
        procedures.add(new RpcProcedure("FAIL_LATER", Execution.MAY_WAIT, true, (call, out) -> {
            call.reserveReply(64 << 10);
            return fail(call, out);
        }));
        procedures.add(new RpcProcedure("COUNT", Execution.MAY_WAIT, true, this::count));
        procedures.add(new RpcProcedure("ZEROS", Execution.AT_ONCE, false, (call, out) -> zeros(call, out, false)));
        procedures.add(
                new RpcProcedure("RESERVED_ZEROS", Execution.MAY_WAIT, false, (call, out) -> zeros(call, out, true)));
        procedures.add(new RpcProcedure("ALWAYS_WOULD_BLOCK", Execution.AT_ONCE_IF_CACHED, true, (call, out) -> {
            throw WouldBlock.INSTANCE;
        }));
        procedures.add(new RpcProcedure("WAIT", Execution.MAY_WAIT, false, (call, out) -> {
            awaitGate();
            return Answer.REPLY;
        }));
    }

    @Override
    public int number() {
        return PROGRAM;
    }

    @Override
    public int lowestVersion() {
        return LOWEST_VERSION;
    }

    @Override
    public int highestVersion() {
        return HIGHEST_VERSION;
    }

    @Override
    public @Nullable RpcProcedure procedure(int version, int procedure) {
        return procedure >= 0 && procedure < procedures.size() ? procedures.get(procedure) : null;
    }

    private static Answer echo(Call call, XdrWriter out) throws GarbageArguments {
        XdrReader in = call.arguments();
        byte[] bytes = in.readOpaque(MAX_BYTES);
        in.requireEnd();
        out.writeOpaque(bytes);
        return Answer.REPLY;
    }

    private Answer fail(Call call, XdrWriter out) {
        out.writeInt(0x0bad0bad);
        if (fault instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) fault;
    }

    private Answer count(Call call, XdrWriter out) {
        int number = executions.incrementAndGet();
        awaitGate();
        out.writeInt(number);
        return Answer.REPLY;
    }

    private void awaitGate() {
        waiting.incrementAndGet();
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            waiting.decrementAndGet();
        }
    }

    private static Answer zeros(Call call, XdrWriter out, boolean reserve) throws GarbageArguments {
        int count = call.arguments().readInt();
        if (reserve) {
            call.reserveReply(count);
        }
        out.writeOpaque(new byte[count]);
        return Answer.REPLY;
    }
}
