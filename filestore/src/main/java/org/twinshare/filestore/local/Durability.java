package org.twinshare.filestore.local;

import org.twinshare.filestore.Change;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.identity.ObjectIndex;
import org.twinshare.filestore.posix.Data;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;

/**
 * Makes a change durable that was carried out, by syncing the files and directories that it touched and the index. This is
 * what a journal makes needless. Thread-safe.
 */
final class Durability {
    private final Nodes nodes;
    private final ObjectIndex index;
    private final Syncs syncs;

    /** @param onFailure run when a sync has failed, before anybody hears of it */
    Durability(Nodes nodes, Runnable onFailure) {
        this.nodes = nodes;
        this.index = nodes.index();
        this.syncs = new Syncs(onFailure);
    }

    /** The outcome as the client may hear it: what it promises is on disk. */
    Outcome sync(Change change, Outcome outcome) throws ErrnoException {
        switch (change) {
            case Change.Made made -> {
                syncObject(made.object());
                syncObject(made.directory());
            }
            case Change.Linked linked -> {
                syncObject(linked.object());
                syncObject(linked.directory());
            }
            case Change.Removed removed -> syncObject(removed.directory());
            case Change.Moved moved -> {
                syncObject(moved.toDirectory());
                if (moved.toDirectory() != moved.fromDirectory()) {
                    syncObject(moved.fromDirectory());
                }
            }
            case Change.AttributesSet set -> syncObject(set.object());
            case Change.Written written -> {
                return syncData(written, outcome);
            }
            case Change.Committed committed -> {
                syncFile(committed.object(), Stability.DATA_SYNC);
                return outcome;
            }
            // Perhaps a retry of what was done and could not be synced.
            case Change.Nothing nothing -> syncs.requireSound(nothing.object());
        }
        index.flush(index.version());
        return outcome;
    }

    private Outcome syncData(Change.Written written, Outcome outcome) throws ErrnoException {
        if (written.stability() == Stability.UNSTABLE) {
            return outcome;
        }
        syncFile(written.object(), written.stability());
        index.flush(index.version());
        return Outcome.written(outcome.object(), outcome.wcc(), outcome.count(), written.stability());
    }

    void syncFile(long id, Stability stability) throws ErrnoException {
        try (Node file = nodes.pin(id)) {
            int fd = nodes.openForWrite(file);
            syncs.sync(id, stability == Stability.FILE_SYNC, withAttributes -> {
                boolean unusedDone = Slow.call(() -> {
                    if (withAttributes) {
                        Data.fsync(fd);
                    } else {
                        Data.fdatasync(fd);
                    }
                    return true;
                });
            });
        }
    }

    private void syncObject(long id) throws ErrnoException {
        try (Node node = nodes.pin(id)) {
            int fileFd = node.type == FileType.REGULAR ? nodes.openForRead(node) : -1;
            syncs.sync(id, true, withAttributes -> {
                switch (node.type) {
                    case REGULAR -> Data.fsync(fileFd);
                    case DIRECTORY -> syncDirectory(node);
                    // Cannot be opened for a sync of their own.
                    case SYMLINK, FIFO, SOCKET, BLOCK_DEVICE, CHARACTER_DEVICE ->
                        Data.syncfs(node.volume.directoryFd());
                }
            });
        }
    }

    private void syncDirectory(Node directory) throws ErrnoException {
        if (directory.volume.byHandle) {
            Data.fsync(nodes.open(directory));
            return;
        }
        int flags = OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY;
        int fd = Posix.openat(nodes.open(directory), new byte[] {'.'}, flags, 0);
        try {
            Data.fsync(fd);
        } finally {
            Posix.close(fd);
        }
    }
}
