package org.twinshare.fileserver.server;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.table.ClientRights;
import org.twinshare.exports.table.CurrentExports;
import org.twinshare.exports.table.Decision;
import org.twinshare.exports.table.Export;
import org.twinshare.fileserver.mount3.MountPoints;
import org.twinshare.fileserver.nfs3.FileHandle;
import org.twinshare.fileserver.nfs3.FileHandles;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;

/** Finds the directory that a client wants to mount, in the longest export that holds it. May wait for names. Thread-safe. */
final class MountService implements MountPoints {
    private static final Logger LOG = LoggerFactory.getLogger(MountService.class);
    private static final Duration NAMES_WITHIN = Duration.ofSeconds(5);

    private final CurrentExports exports;
    private final BoundExports bound;
    private final FileTree tree;
    private final FileHandles handles;
    private final Refusals refusals;

    MountService(CurrentExports exports, BoundExports bound, FileTree tree, FileHandles handles, Refusals refusals) {
        this.exports = exports;
        this.bound = bound;
        this.tree = tree;
        this.handles = handles;
        this.refusals = refusals;
    }

    @Override
    public Answer mount(InetAddress client, int clientPort, byte[] raw) {
        BytePath path = BytePath.parse(raw).orElse(null);
        if (path == null) {
            String why = BytePath.faultOf(raw).orElse("is no path");
            refusals.ofMount(client, raw.length + " bytes", "the path " + why);
            return refused(raw.length > BytePath.MAX_BYTES ? MountStatus.NAMETOOLONG : MountStatus.INVAL);
        }
        return switch (rights(client).onPath(path, clientPort)) {
            case Decision.Allowed allowed -> findMounted(client, path, allowed);
            case Decision.Pending pending -> {
                refusals.ofMount(client, clientPort, path);
                yield refused(MountStatus.ACCES);
            }
            case Decision.Refused refused -> {
                refusals.ofMount(client, clientPort, path);
                yield refused(refused.reason() == Decision.Reason.NOT_EXPORTED ? MountStatus.NOENT : MountStatus.ACCES);
            }
        };
    }

    private static Answer refused(MountStatus status) {
        return new Answer.Refused(status);
    }

    private ClientRights rights(InetAddress client) {
        try {
            return exports.rightsOnceKnown(client, NAMES_WITHIN).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return exports.rights(client);
        } catch (ExecutionException e) {
            LOG.warn("Looking up the names of {} failed", client.getHostAddress(), e);
            return exports.rights(client);
        }
    }

    private Answer findMounted(InetAddress client, BytePath path, Decision.Allowed allowed) {
        Export export = allowed.export();
        if (bound.waitsForMountNow(exports.table(), export, allowed.entry())) {
            BytePath point = export.requiredMountPoint(allowed.entry()).orElse(export.directory());
            refusals.ofMount(
                    client,
                    path.toString(),
                    "the option mountpoint wants something to be mounted on " + point + ", and nothing is; mount it");
            return refused(MountStatus.ACCES);
        }
        return find(client, path, export);
    }

    private Answer find(InetAddress client, BytePath path, Export export) {
        Long root = bound.root(export.number());
        if (root == null) {
            refusals.ofMount(client, path.toString(), "its directory cannot be served now, see the log at start");
            return refused(MountStatus.SERVERFAULT);
        }
        try {
            long directory = walk(root, path.namesBelow(export.path()));
            LOG.info("{} mounts {}", client.getHostAddress(), path);
            return new Answer.Mounted(handles.encode(new FileHandle(export.number(), directory)));
        } catch (ErrnoException e) {
            refusals.ofMount(client, path.toString(), "there is no such directory in " + export.path());
            return switch (e.errno()) {
                case ENOENT -> refused(MountStatus.NOENT);
                case ENOTDIR -> refused(MountStatus.NOTDIR);
                case EACCES, EXDEV -> refused(MountStatus.ACCES);
                case ENAMETOOLONG -> refused(MountStatus.NAMETOOLONG);
                default -> refused(MountStatus.IO);
            };
        }
    }

    /** Down from the exported directory, name by name; a symbolic link is not a directory, so none is followed. */
    private long walk(long root, List<byte[]> names) throws ErrnoException {
        long at = root;
        for (byte[] name : names) {
            at = tree.lookup(Caller.root(root), at, Name.of(name, 0, name.length))
                    .object()
                    .id();
        }
        boolean directory = tree.attributes(Caller.root(root), at).type() == FileType.DIRECTORY;
        if (!directory) {
            throw new ErrnoException(Errno.ENOTDIR, "not a directory");
        }
        return at;
    }

    @Override
    public List<Listed> exports() {
        return exports.table().exports().stream()
                .map(export -> new Listed(
                        export.path().bytes(),
                        export.entries().stream()
                                .map(entry -> entry.client().text())
                                .distinct()
                                .toList()))
                .toList();
    }
}
