package org.twinshare.filestore.local;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Attributes;
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

    /** Writes its id on an open object; where the file system keeps no marks, nothing. */
    void mark(Volume volume, int fd, FileType type, long id, long inode) throws ErrnoException {
        if (type == FileType.REGULAR || type == FileType.DIRECTORY) {
            mark(volume, id, inode, bytes -> Xattr.setOpen(fd, Mark.ATTRIBUTE, bytes));
        } else {
            markByPath(volume, fd, id, inode);
        }
    }

    /** The same on an object of any type that was opened with O_PATH. */
    void markByPath(Volume volume, int fd, long id, long inode) throws ErrnoException {
        mark(volume, id, inode, bytes -> Xattr.set(fd, Mark.ATTRIBUTE, bytes));
    }

    private interface Setting {
        void set(byte[] mark) throws ErrnoException;
    }

    private void mark(Volume volume, long id, long inode, Setting setting) throws ErrnoException {
        if (!volume.keepsMarks()) {
            return;
        }
        try {
            setting.set(new Mark(cluster, id, inode).bytes());
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.EPERM) {
                throw e;
            }
            volume.keepsNoMarks();
        }
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
        private @Nullable Attributes attributes;

        private Newborn(Node directory, Change.Made made) {
            this.directory = directory;
            this.volume = directory.volume;
            this.made = made;
            this.name = made.name().bytes();
        }

        private void makeNameless() throws ErrnoException {
            int directoryFd = nodes.open(directory);
            try {
                fd = Volume.nameless(directoryFd, made.mode());
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
                volume.linkat(fd, directoryFd, name);
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
            Link link = new Link(directory.id, made.name());
            node = nodes.made(
                    volume, Identities.record(made.object(), volume, fd, stat, link, made.timeNs(), made.verifier()));
            attributes = node.attributes(stat, node.times);
            Containment.foundInside(inside, node);
            nodes.opened(node, fd, made.type() == FileType.REGULAR);
        }

        private void dress() throws ErrnoException {
            Stat born = Posix.fstat(fd);
            mark(volume, fd, made.type(), made.object(), born.inode());
            boolean givenAway = volume.givesAway() && (born.uid() != made.uid() || born.gid() != made.gid());
            if (givenAway) {
                Posix.fchown(fd, made.uid(), made.gid());
            }
            boolean lostBits = givenAway && (made.mode() & (Permissions.SETUID | Permissions.SETGID)) != 0;
            if (made.type() != FileType.SYMLINK && (lostBits || born.mode() != made.mode())) {
                Posix.fchmod(fd, made.mode());
            }
            if (made.sizeBytes() != 0) {
                Data.ftruncate(fd, made.sizeBytes());
            }
            Posix.utimens(fd, made.accessNs(), made.modifyNs());
            dressed = true;
        }

        /** Attributes of the object as it got its name. */
        Attributes attributes() {
            return Objects.requireNonNull(attributes);
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
