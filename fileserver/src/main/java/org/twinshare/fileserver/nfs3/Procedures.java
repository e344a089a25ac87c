package org.twinshare.fileserver.nfs3;

import static org.twinshare.fileserver.rpc.RpcProcedure.Execution.AT_ONCE;
import static org.twinshare.fileserver.rpc.RpcProcedure.Execution.AT_ONCE_IF_CACHED;
import static org.twinshare.fileserver.rpc.RpcProcedure.Execution.MAY_WAIT;

import java.util.List;
import org.twinshare.fileserver.rpc.RpcProcedure.Execution;

/** The dispatch table: the 22 procedures of RFC 1813 section 3.3 in the order of their numbers. */
final class Procedures {
    static final List<Procedure> TABLE = List.of(
            reads("NULL", AT_ONCE, FailureBody.NOTHING, (request, in, out) -> in.requireEnd()),
            reads("GETATTR", AT_ONCE_IF_CACHED, FailureBody.NOTHING, AttributeProcedures::getAttributes),
            changes("SETATTR", FailureBody.WCC, AttributeProcedures::setAttributes),
            reads("LOOKUP", AT_ONCE_IF_CACHED, FailureBody.ATTRIBUTES, Lookup::serve),
            reads("ACCESS", AT_ONCE_IF_CACHED, FailureBody.ATTRIBUTES, AttributeProcedures::access),
            reads("READLINK", MAY_WAIT, FailureBody.ATTRIBUTES, ReadLink::serve),
            reads("READ", AT_ONCE_IF_CACHED, FailureBody.ATTRIBUTES, Read::serve),
            changes("WRITE", FailureBody.WCC, Write::write),
            changes("CREATE", FailureBody.WCC, Create::create),
            changes("MKDIR", FailureBody.WCC, Create::makeDirectory),
            changes("SYMLINK", FailureBody.WCC, Create::makeSymlink),
            changes("MKNOD", FailureBody.WCC, Create::makeNode),
            changes("REMOVE", FailureBody.WCC, Remove::remove),
            changes("RMDIR", FailureBody.WCC, Remove::removeDirectory),
            changes("RENAME", FailureBody.WCC_TWICE, Rename::serve),
            changes("LINK", FailureBody.ATTRIBUTES_AND_WCC, Link::serve),
            reads("READDIR", MAY_WAIT, FailureBody.ATTRIBUTES, ReadDirectory::plain),
            reads("READDIRPLUS", MAY_WAIT, FailureBody.ATTRIBUTES, ReadDirectory::plus),
            reads("FSSTAT", MAY_WAIT, FailureBody.ATTRIBUTES, FileSystemProcedures::fsstat),
            reads("FSINFO", MAY_WAIT, FailureBody.ATTRIBUTES, FileSystemProcedures::fsinfo),
            reads("PATHCONF", MAY_WAIT, FailureBody.ATTRIBUTES, FileSystemProcedures::pathconf),
            reads("COMMIT", MAY_WAIT, FailureBody.WCC, Write::commit));

    private Procedures() {}

    private static Procedure reads(String name, Execution execution, FailureBody failure, Procedure.Body body) {
        return new Procedure(name, execution, false, failure, body);
    }

    /** Carrying one of these out twice is not the same as once, or wipes out what came between: WRITE. */
    private static Procedure changes(String name, FailureBody failure, Procedure.Body body) {
        return new Procedure(name, MAY_WAIT, true, failure, body);
    }
}
