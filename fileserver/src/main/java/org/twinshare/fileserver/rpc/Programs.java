package org.twinshare.fileserver.rpc;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The programs that a server offers, by number. Thread-safe. */
final class Programs {
    private final Map<Integer, RpcProgram> byNumber = new ConcurrentHashMap<>();

    void offer(RpcProgram program) {
        byNumber.put(program.number(), program);
    }

    /** The procedure that a call asks for; null where there is none, and {@code refusal} got the reply that says so. */
    @Nullable RpcProcedure find(CallHeader header, Consumer<Consumer<XdrWriter>> refusal) {
        int xid = header.xid();
        RpcProgram program = byNumber.get(header.program());
        if (program == null) {
            refusal.accept(out -> Replies.programUnavailable(out, xid));
            return null;
        }
        int lowest = program.lowestVersion();
        int highest = program.highestVersion();
        if (header.version() < lowest || header.version() > highest) {
            refusal.accept(out -> Replies.programMismatch(out, xid, lowest, highest));
            return null;
        }
        RpcProcedure procedure = program.procedure(header.version(), header.procedure());
        if (procedure == null) {
            refusal.accept(out -> Replies.procedureUnavailable(out, xid));
        }
        return procedure;
    }
}
