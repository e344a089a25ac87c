package org.twinshare.filestore.local;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.identity.Link;
import org.twinshare.filestore.identity.Mark;
import org.twinshare.filestore.posix.Data;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;
import org.twinshare.filestore.posix.Xattr;

/**
 * Makes new objects. A regular file is made without a name, gets its mark, owner, mode and times, and only then its name;
 * where the file system cannot do that, and for all other types, the name comes first. Thread-safe.
 */
final class Making {
    private static final byte[] HERE = {'.'};

    private final Nodes nodes;
    private final long cluster;

    Making(Nodes nodes, long cluster) {
        this.nodes = nodes;
        this.cluster = cluster;
    }

    /** Does as much as can be done before the object has a name. */
    Newborn prepare(Node directory, Change.Made made) throws ErrnoException {
        Newborn newborn = new Newborn(directory, made);
        if (made.type() == FileType.REGULAR && directory.volume.makesNameless()) {
            newborn.makeNameless();
        }
        return newborn;
    }

    /** An object on its way into the tree; closed, it is either there or gone. */
    final class Newborn implements AutoCloseable {
        private final Node directory;
        private final Volume volume;
        private final Change.Made made;
        private final byte[] name;
        private int fd = -1;
        private boolean dressed;
        private @Nullable Node node;

        private Newborn(Node directory, Change.Made made) {
            this.directory = directory;
            this.volume = directory.volume;
            this.made = made;
            this.name = made.name().bytes();
        }

        private void makeNameless() throws ErrnoException {
            int directoryFd = nodes.open(directory);
            try {
                fd = Posix.openat(directoryFd, HERE, OpenFlags.O_TMPFILE | OpenFlags.O_RDWR, made.mode());
            } catch (ErrnoException e) {
                if (e.errno() == Errno.EOPNOTSUPP || e.errno() == Errno.EISDIR || e.errno() == Errno.EINVAL) {
                    volume.makesNoNameless();
                    return;
                }
                throw e;
            }
            dress();
        }

        /**
         * Gives it its name, and tells {@link Nodes} of it before the directory's monitor is free, so that nobody takes it
         * for an object that was never seen. EEXIST when somebody else made that name since it was decided.
         */
        void name(int directoryFd) throws ErrnoException {
            if (fd >= 0) {
                if (volume.byHandle) {
                    Posix.linkatAsRoot(fd, directoryFd, name);
                } else {
                    Posix.linkat(fd, directoryFd, name);
                }
            } else {
                makeNamed(directoryFd);
            }
            try {
                if (fd < 0) {
                    boolean list = made.type() == FileType.DIRECTORY;
                    int flags = list ? OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY : OpenFlags.O_PATH;
                    fd = Posix.openat(directoryFd, name, flags, 0);
                }
                if (!dressed) {
                    dress();
                }
                register();
            } catch (ErrnoException e) {
                takeBack(directoryFd);
                throw e;
            }
        }

        private void makeNamed(int directoryFd) throws ErrnoException {
            switch (made.type()) {
                case REGULAR -> {
                    int flags = OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_RDWR;
                    fd = Posix.openat(directoryFd, name, flags, made.mode());
                }
                case DIRECTORY -> Posix.mkdirat(directoryFd, name, made.mode());
                case SYMLINK -> Posix.symlinkat(made.target(), directoryFd, name);
                case FIFO, SOCKET, BLOCK_DEVICE, CHARACTER_DEVICE ->
                    Posix.mknodat(
                            directoryFd, name, made.type(), made.mode(), (int) (made.rdev() >>> 32), (int) made.rdev());
            }
        }

        /** Nobody was told of the object yet. */
        private void takeBack(int directoryFd) throws ErrnoException {
            if (made.type() == FileType.DIRECTORY) {
                Posix.rmdirat(directoryFd, name);
            } else {
                Posix.unlinkat(directoryFd, name);
            }
        }

        private void register() throws ErrnoException {
            Containment.Inside inside = directory.inside;
            Stat stat = Posix.fstat(fd);
            long changeNs = Math.max(stat.changeNs(), made.timeNs());
            Link link = new Link(directory.id, made.name());
            node = nodes.add(
                    volume, Identities.record(made.object(), volume, fd, stat, link, changeNs, made.verifier()));
            Containment.foundInside(inside, node);
            nodes.opened(node, fd, made.type() == FileType.REGULAR);
        }

        private void dress() throws ErrnoException {
            Stat born = Posix.fstat(fd);
            mark(born);
            if (volume.givesAway() && (born.uid() != made.uid() || born.gid() != made.gid())) {
                Posix.fchown(fd, made.uid(), made.gid());
                born = Posix.fstat(fd);
            }
            if (made.type() != FileType.SYMLINK && born.mode() != made.mode()) {
                Posix.fchmod(fd, made.mode());
            }
            if (made.sizeBytes() != 0) {
                Data.ftruncate(fd, made.sizeBytes());
            }
            Posix.utimens(fd, made.accessNs(), made.modifyNs());
            dressed = true;
        }

        private void mark(Stat born) throws ErrnoException {
            if (!volume.keepsMarks()) {
                return;
            }
            byte[] mark = new Mark(cluster, made.object(), born.inode()).bytes();
            try {
                if (made.type() == FileType.REGULAR || made.type() == FileType.DIRECTORY) {
                    Xattr.setOpen(fd, Mark.ATTRIBUTE, mark);
                } else {
                    Xattr.set(fd, Mark.ATTRIBUTE, mark);
                }
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.EPERM) {
                    throw e;
                }
                volume.keepsNoMarks();
            }
        }

        /** The object, which has its name now, pinned until this is closed. */
        Node node() {
            return Objects.requireNonNull(node);
        }

        @Override
        public void close() {
            if (node != null) {
                node.close();
            } else if (fd >= 0) {
                Posix.close(fd);
            }
        }
    }
}
