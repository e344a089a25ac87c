package org.twinshare.fileserver.mount3;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.twinshare.fileserver.rpc.Call;
import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.RpcProcedure;
import org.twinshare.fileserver.rpc.RpcProcedure.Answer;
import org.twinshare.fileserver.rpc.RpcProcedure.Execution;
import org.twinshare.fileserver.rpc.RpcProgram;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;

/** The MOUNT program, version 3 (RFC 1813 section 5): all six procedures. Thread-safe. */
public final class Mount3 implements RpcProgram {
    /** Program number of MOUNT. */
    public static final int PROGRAM = 100005;

    public static final int VERSION = 3;

    /** RFC 1813 section 5.1.4, MNTPATHLEN. */
    private static final int MAX_PATH_BYTES = 1024;

    private static final int OK = 0;
    private static final int AUTH_SYS = 1;

    private final MountPoints mountPoints;
    private final MountList mounts;
    private final List<RpcProcedure> procedures = List.of(
            new RpcProcedure("MOUNT_NULL", Execution.AT_ONCE, false, Mount3::nothing),
            new RpcProcedure("MNT", Execution.MAY_WAIT, false, this::mount),
            new RpcProcedure("DUMP", Execution.MAY_WAIT, false, this::dump),
            new RpcProcedure("UMNT", Execution.AT_ONCE, false, this::unmount),
            new RpcProcedure("UMNTALL", Execution.AT_ONCE, false, this::unmountAll),
            new RpcProcedure("EXPORT", Execution.MAY_WAIT, false, this::export));

    public Mount3(MountPoints mountPoints, MountList mounts) {
        this.mountPoints = mountPoints;
        this.mounts = mounts;
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
        return procedure >= 0 && procedure < procedures.size() ? procedures.get(procedure) : null;
    }

    private static Answer nothing(Call call, XdrWriter out) throws GarbageArguments {
        call.arguments().requireEnd();
        return Answer.REPLY;
    }

    private static byte[] path(Call call) throws GarbageArguments {
        XdrReader in = call.arguments();
        byte[] path = in.readOpaque(MAX_PATH_BYTES);
        in.requireEnd();
        return path;
    }

    private Answer mount(Call call, XdrWriter out) throws GarbageArguments {
        byte[] path = path(call);
        switch (mountPoints.mount(call.client(), call.clientPort(), path)) {
            case MountPoints.Answer.Mounted mounted -> {
                mounts.add(new MountList.Mount(call.client(), path));
                out.writeInt(OK);
                out.writeOpaque(mounted.handle());
                out.writeInt(1);
                out.writeInt(AUTH_SYS);
            }
            case MountPoints.Answer.Refused refused ->
                out.writeInt(refused.status().number());
        }
        return Answer.REPLY;
    }

    private Answer dump(Call call, XdrWriter out) throws GarbageArguments {
        call.arguments().requireEnd();
        for (MountList.Mount mount : mounts.all()) {
            out.writeBoolean(true);
            out.writeOpaque(mount.client().getHostAddress().getBytes(StandardCharsets.US_ASCII));
            out.writeOpaque(mount.path());
        }
        out.writeBoolean(false);
        return Answer.REPLY;
    }

    private Answer unmount(Call call, XdrWriter out) throws GarbageArguments {
        mounts.remove(new MountList.Mount(call.client(), path(call)));
        return Answer.REPLY;
    }

    private Answer unmountAll(Call call, XdrWriter out) throws GarbageArguments {
        call.arguments().requireEnd();
        mounts.removeAll(call.client());
        return Answer.REPLY;
    }

    private Answer export(Call call, XdrWriter out) throws GarbageArguments {
        call.arguments().requireEnd();
        for (MountPoints.Listed listed : mountPoints.exports()) {
            out.writeBoolean(true);
            out.writeOpaque(listed.path());
            for (String client : listed.clients()) {
                out.writeBoolean(true);
                out.writeOpaque(client.getBytes(StandardCharsets.UTF_8));
            }
            out.writeBoolean(false);
        }
        out.writeBoolean(false);
        return Answer.REPLY;
    }
}
