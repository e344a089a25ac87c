package org.twinshare.filestore.local;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.NetState;
import org.twinshare.filestore.ObjectDescription;
import org.twinshare.filestore.posix.Data;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/** Bytes and attributes of objects as the other server describes them, for {@link TreeCopy}. Thread-safe. */
final class CopiedContents {
    private final Nodes nodes;
    private final CopiedObjects objects;
    private final SoundDisk disk;

    CopiedContents(Nodes nodes, CopiedObjects objects, SoundDisk disk) {
        this.nodes = nodes;
        this.objects = objects;
        this.disk = disk;
    }

    /** How an object differs from its description. */
    TreeCopy.Difference difference(ObjectDescription wanted) throws ErrnoException {
        try (Node node = objects.known(wanted.id())) {
            if (node == null) {
                return TreeCopy.Difference.MISSING;
            }
            Stat now = Posix.fstat(nodes.open(node));
            if (node.type == FileType.REGULAR
                    && (now.sizeBytes() != wanted.sizeBytes() || now.modifyNs() != wanted.modifyNs())) {
                return TreeCopy.Difference.BYTES;
            }
            boolean same = now.mode() == wanted.mode()
                    && now.uid() == wanted.uid()
                    && now.gid() == wanted.gid()
                    && now.modifyNs() == wanted.modifyNs()
                    && node.times.changeNs() == wanted.changeNs();
            return same ? TreeCopy.Difference.NONE : TreeCopy.Difference.ATTRIBUTES;
        }
    }

    /** In words, what {@link #difference} found in owner, mode and times. */
    String differingAttributes(ObjectDescription wanted) throws ErrnoException {
        try (Node node = objects.known(wanted.id())) {
            if (node == null) {
                return "it is gone";
            }
            Stat now = Posix.fstat(nodes.open(node));
            List<String> all = new ArrayList<>();
            differing(all, "mode", Integer.toOctalString(now.mode()), Integer.toOctalString(wanted.mode()));
            differing(all, "owner", now.uid() + ":" + now.gid(), wanted.uid() + ":" + wanted.gid());
            differing(all, "mtime", now.modifyNs() + " ns", wanted.modifyNs() + " ns");
            differing(all, "ctime", node.times.changeNs() + " ns", wanted.changeNs() + " ns");
            return String.join(", ", all);
        }
    }

    private static void differing(List<String> all, String what, String here, String there) {
        if (!here.equals(there)) {
            all.add(what + " " + here + " instead of " + there);
        }
    }

    /** One change of an object. */
    interface Step {
        void run() throws ErrnoException;
    }

    /** Our ctime stays as it is. */
    void keepingCtime(Node node, Step step) throws ErrnoException {
        int fd = nodes.open(node);
        synchronized (node) {
            step.run();
            node.times = new Node.Times(node.times.changeNs(), Posix.fstat(fd).changeNs(), false);
            node.seen = null;
            nodes.changed(node);
        }
    }

    /** Writes bytes from a direct buffer. */
    void write(long id, long offsetBytes, ByteBuffer bytes) throws ErrnoException {
        try (Node node = nodes.pin(id)) {
            int fd = nodes.openForWrite(node);
            keepingCtime(node, () -> Data.pwrite(fd, bytes, offsetBytes));
        }
    }

    /** Writes bytes from a direct buffer, with the times that the file shows since then; {@code mode} as in a change. */
    void writeUncommitted(long id, long offsetBytes, ByteBuffer bytes, int mode, long modifyNs, long changeNs)
            throws ErrnoException {
        try (Node node = nodes.pin(id)) {
            int fd = nodes.openForWrite(node);
            synchronized (node) {
                Data.pwrite(fd, bytes, offsetBytes);
                if (mode != Change.KEEP) {
                    Posix.fchmod(fd, mode);
                }
                show(node, fd, modifyNs, changeNs);
            }
        }
    }

    /** By whoever has the monitor of the node. */
    private void show(Node node, int fd, long modifyNs, long changeNs) throws ErrnoException {
        Posix.utimens(fd, Posix.OMIT, modifyNs);
        long ours = Math.max(node.times.changeNs(), changeNs);
        node.times = new Node.Times(ours, Posix.fstat(fd).changeNs(), false);
        node.seen = null;
        nodes.changed(node);
    }

    /** Bytes of a file are still to come. */
    void unfinished(long id) throws ErrnoException {
        try (Node node = nodes.pin(id)) {
            int fd = nodes.open(node);
            keepingCtime(node, () -> Posix.utimens(fd, Posix.OMIT, NetState.UNFINISHED_NS));
        }
    }

    /** Puts the bytes of a file on disk. */
    void sync(long id) throws ErrnoException {
        try (Node node = nodes.pin(id)) {
            int fd = nodes.openForWrite(node);
            disk.sync(id, () -> Data.fdatasync(fd));
        }
    }

    /** The bytes of a file are read from the disk the next time. */
    void forgetCached(long id) throws ErrnoException {
        try (Node node = nodes.pin(id)) {
            Data.forgetCached(nodes.openForRead(node));
        }
    }

    /** Gives an object the owner, mode, size and times that it should have, and remembers our ctime. */
    void dress(ObjectDescription wanted) throws ErrnoException {
        try (Node node = nodes.pin(wanted.id())) {
            int dataFd = node.type == FileType.REGULAR ? nodes.openForWrite(node) : -1;
            int fd = nodes.open(node);
            synchronized (node) {
                Stat now = Posix.fstat(fd);
                if (dataFd >= 0 && now.sizeBytes() != wanted.sizeBytes()) {
                    Data.ftruncate(dataFd, wanted.sizeBytes());
                }
                boolean gives = now.uid() != wanted.uid() || now.gid() != wanted.gid();
                if (gives) {
                    Posix.fchown(fd, wanted.uid(), wanted.gid());
                }
                if (node.type != FileType.SYMLINK && (gives || now.mode() != wanted.mode())) {
                    Posix.fchmod(fd, wanted.mode());
                }
                Posix.utimens(fd, wanted.accessNs(), wanted.modifyNs());
                node.times = new Node.Times(wanted.changeNs(), Posix.fstat(fd).changeNs(), false);
                node.seen = null;
                node.verifier = wanted.verifier();
                nodes.changed(node);
            }
        }
    }

    /**
     * Bytes of a file became durable on the other server, which had been written before: it shows these times since then.
     *
     * @param modifyNs mtime
     * @param changeNs our ctime, where it is not later already
     */
    void settled(long id, long modifyNs, long changeNs) throws ErrnoException {
        try (Node node = nodes.pin(id)) {
            int fd = nodes.open(node);
            synchronized (node) {
                show(node, fd, modifyNs, changeNs);
            }
        }
    }
}
