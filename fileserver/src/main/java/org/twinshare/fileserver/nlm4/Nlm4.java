package org.twinshare.fileserver.nlm4;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.twinshare.fileserver.rpc.Call;
import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.RpcProcedure;
import org.twinshare.fileserver.rpc.RpcProcedure.Answer;
import org.twinshare.fileserver.rpc.RpcProcedure.Execution;
import org.twinshare.fileserver.rpc.RpcProgram;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;

/**
 * The NLM program, version 4 (RFC 1813 section 6), of a server that keeps no locks: it says so at once, where a client whose
 * lock manager gets no answer asks for ever. Thread-safe; has no state.
 */
public final class Nlm4 implements RpcProgram {
    /** Program number of NLM. */
    public static final int PROGRAM = 100021;

    public static final int VERSION = 4;

    /** nlm4_stats: done. Nothing is held, so everything may be let go. */
    private static final int GRANTED = 0;
    /** nlm4_stats: no. */
    private static final int DENIED = 1;
    /** nlm4_stats: the server has no room for locks. Linux makes ENOLCK of it. */
    private static final int DENIED_NOLOCKS = 2;

    private static final int FIRST_MESSAGE = 6;

    private final Map<Integer, RpcProcedure> procedures = table();

    private static Map<Integer, RpcProcedure> table() {
        Map<Integer, RpcProcedure> table = new HashMap<>();
        table.put(0, answered("NLM4_NULL", (in, out) -> {}));
        table.put(1, answered("TEST", Nlm4::test));
        table.put(2, answered("LOCK", Nlm4::lock));
        table.put(3, answered("CANCEL", Nlm4::cancel));
        table.put(4, answered("UNLOCK", Nlm4::unlock));
        table.put(5, answered("GRANTED", Nlm4::granted));
        int number = FIRST_MESSAGE;
        for (String kind : List.of("_MSG", "_RES")) {
            for (String name : List.of("TEST", "LOCK", "CANCEL", "UNLOCK", "GRANTED")) {
                table.put(number++, unanswered(name + kind));
            }
        }
        table.put(20, answered("SHARE", (in, out) -> share(in, out, DENIED_NOLOCKS)));
        table.put(21, answered("UNSHARE", (in, out) -> share(in, out, GRANTED)));
        table.put(22, answered("NM_LOCK", Nlm4::lock));
        table.put(23, answered("FREE_ALL", Nlm4::freeAll));
        return Map.copyOf(table);
    }

    /** Reads the arguments of one procedure, and writes its results. */
    private interface Body {
        void serve(XdrReader in, XdrWriter out) throws GarbageArguments;
    }

    private static RpcProcedure answered(String name, Body body) {
        return new RpcProcedure(name, Execution.AT_ONCE, false, (call, out) -> {
            XdrReader in = call.arguments();
            body.serve(in, out);
            in.requireEnd();
            return Answer.REPLY;
        });
    }

    /** The answer to these would be another call, to a lock manager of the client, and none is worth one. */
    private static RpcProcedure unanswered(String name) {
        return new RpcProcedure(name, Execution.AT_ONCE, false, Nlm4::silence);
    }

    private static Answer silence(Call call, XdrWriter out) {
        return Answer.SILENCE;
    }

    @Override
    public int number() {
        return PROGRAM;
    }

    @Override
    public int lowestVersion() {
        return VERSION;
    }

    @Override
    public int highestVersion() {
        return VERSION;
    }

    @Override
    public @Nullable RpcProcedure procedure(int version, int procedure) {
        return procedures.get(procedure);
    }

    private static void test(XdrReader in, XdrWriter out) throws GarbageArguments {
        byte[] cookie = LockArguments.cookie(in);
        in.readBoolean();
        LockArguments.skipLock(in);
        result(out, cookie, DENIED_NOLOCKS);
    }

    private static void lock(XdrReader in, XdrWriter out) throws GarbageArguments {
        byte[] cookie = LockArguments.cookie(in);
        in.readBoolean();
        in.readBoolean();
        LockArguments.skipLock(in);
        in.readBoolean();
        in.skipInt();
        result(out, cookie, DENIED_NOLOCKS);
    }

    private static void cancel(XdrReader in, XdrWriter out) throws GarbageArguments {
        byte[] cookie = LockArguments.cookie(in);
        in.readBoolean();
        in.readBoolean();
        LockArguments.skipLock(in);
        result(out, cookie, GRANTED);
    }

    private static void unlock(XdrReader in, XdrWriter out) throws GarbageArguments {
        byte[] cookie = LockArguments.cookie(in);
        LockArguments.skipLock(in);
        result(out, cookie, GRANTED);
    }

    /** A server tells a client that its turn has come; nobody here waits for one. */
    private static void granted(XdrReader in, XdrWriter out) throws GarbageArguments {
        byte[] cookie = LockArguments.cookie(in);
        in.readBoolean();
        LockArguments.skipLock(in);
        result(out, cookie, DENIED);
    }

    private static void share(XdrReader in, XdrWriter out, int status) throws GarbageArguments {
        byte[] cookie = LockArguments.cookie(in);
        LockArguments.skipShare(in);
        in.readBoolean();
        result(out, cookie, status);
        int sequence = 0;
        out.writeInt(sequence);
    }

    private static void freeAll(XdrReader in, XdrWriter out) throws GarbageArguments {
        LockArguments.skipName(in);
        in.skipInt();
    }

    /** nlm4_res, and nlm4_testres of a lock that nobody else is said to hold. */
    private static void result(XdrWriter out, byte[] cookie, int status) {
        out.writeOpaque(cookie);
        out.writeInt(status);
    }
}
