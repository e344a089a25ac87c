package org.twinshare.fileserver.server;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.table.PathMapping;

/**
 * What the server is started with, all defaults filled in.
 *
 * @param directory   the one directory to serve to the default clients, or null where an exports file says what to serve
 * @param as          the path under which clients see {@code directory}
 * @param exportsFile the exports file, used when there is no {@code directory}
 * @param mapping     real directories of public paths in the exports file
 * @param address     where NFS and MOUNT are served; port 0 takes a free one
 * @param state       directory for the identities of files and the key of the cluster
 * @param journal     where the journal is, and how large it may be
 * @param pair        about being one of a pair
 * @param http        where status and metrics are served, or null for nowhere
 * @param portmap     whether to answer for the portmapper
 * @param adopt       serve directories that are not those that the state knows
 * @param manageGids  look the groups of callers up on this server
 * @param maxTransferBytes the most that one READ or WRITE moves
 */
public record ServeConfig(
        @Nullable BytePath directory,
        BytePath as,
        Path exportsFile,
        PathMapping mapping,
        InetSocketAddress address,
        Path state,
        JournalPlace journal,
        PairConfig pair,
        @Nullable InetSocketAddress http,
        boolean portmap,
        boolean adopt,
        boolean manageGids,
        int maxTransferBytes) {

    /** The mapping, with the one directory in it. */
    public PathMapping directories() {
        return directory == null ? mapping : new PathMapping(Map.of(as, directory));
    }
}
