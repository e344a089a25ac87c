package org.twinshare.fileserver.nfs3;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.twinshare.fileserver.rpc.Call;
import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.RpcProcedure;
import org.twinshare.fileserver.rpc.RpcProcedure.Answer;
import org.twinshare.fileserver.rpc.RpcProgram;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Wcc;

/** The NFS program, version 3 (RFC 1813 section 3): dispatches its 22 procedures. Thread-safe. */
public final class Nfs3 implements RpcProgram {
    /** Program number of NFS. */
    public static final int PROGRAM = 100003;

    public static final int VERSION = 3;

    /** Stands for no export where an export number is expected. */
    public static final long NO_EXPORT = -1;

    private final FileTree tree;
    private final Exports exports;
    private final FileHandles handles;
    private final int maxTransferBytes;
    private final Counters counters;
    private final RpcProcedure[] procedures;

    /** @param maxTransferBytes the most that one READ or WRITE moves */
    public Nfs3(FileTree tree, Exports exports, FileHandles handles, int maxTransferBytes, Counters counters) {
        this.tree = tree;
        this.exports = exports;
        this.handles = handles;
        this.maxTransferBytes = maxTransferBytes;
        this.counters = counters;
        this.procedures = Procedures.TABLE.stream().map(this::offered).toArray(RpcProcedure[]::new);
    }

    private RpcProcedure offered(Procedure procedure) {
        return new RpcProcedure(
                procedure.name(),
                procedure.execution(),
                procedure.remembered(),
                (call, results) -> serve(procedure, call, results));
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
        return procedure >= 0 && procedure < procedures.length ? procedures[procedure] : null;
    }

    FileTree tree() {
        return tree;
    }

    Exports exports() {
        return exports;
    }

    FileHandles handles() {
        return handles;
    }

    int maxTransferBytes() {
        return maxTransferBytes;
    }

    CallId callId(Call call) {
        return new CallId(call.client(), call.xid(), call.procedure(), call.argumentChecksum());
    }

    /** Runs a procedure; the one place where an error becomes a status and the body that belongs to it. */
    private Answer serve(Procedure procedure, Call call, XdrWriter out) throws GarbageArguments {
        long begin = System.nanoTime();
        Request request = new Request(this, call);
        XdrReader in = call.arguments();
        int position = out.position();
        Status status = Status.OK;
        try {
            procedure.body().serve(request, in, out);
        } catch (ErrnoException e) {
            status = Status.of(e.errno());
            fail(procedure, request, out, position, status, Wcc.NONE, Wcc.NONE);
        } catch (NfsException e) {
            status = e.status();
            fail(procedure, request, out, position, status, Wcc.NONE, Wcc.NONE);
        } catch (Procedure.ChangeFailed e) {
            Outcome outcome = e.outcome();
            Errno error = outcome.error() == null ? Errno.EIO : outcome.error();
            status = Status.of(error);
            fail(procedure, request, out, position, status, outcome.wcc(), outcome.otherWcc());
        }
        long durationNs = System.nanoTime() - begin;
        counters.count(call.client(), request.exportNumber(), procedure.name(), status, request.bytes(), durationNs);
        return Answer.REPLY;
    }

    private static void fail(
            Procedure procedure, Request request, XdrWriter out, int position, Status status, Wcc wcc, Wcc other) {
        out.position(position);
        out.writeInt(status.number());
        procedure.failure().write(out, request, wcc, other);
    }

    /** Is told of every call that was answered. Thread-safe. */
    public interface Counters {
        /**
         * A call was answered.
         *
         * @param exportNumber unsigned; {@link #NO_EXPORT} where no handle was accepted
         * @param bytes        of data that were read or written
         */
        void count(InetAddress client, long exportNumber, String procedure, Status status, long bytes, long durationNs);
    }
}
