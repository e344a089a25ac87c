package org.twinshare.filestore.local;

import java.nio.ByteBuffer;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.Wcc;
import org.twinshare.filestore.WccAttributes;
import org.twinshare.filestore.posix.Data;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/** The part of {@link Application} that is about attributes and data of one object. Thread-safe. */
final class Contents {
    private static final int BULK_BYTES = 128 << 10;

    private final Nodes nodes;
    private final Observer observer;

    Contents(Nodes nodes, Observer observer) {
        this.nodes = nodes;
        this.observer = observer;
    }

    private interface ObjectChange {
        void apply(int fd) throws ErrnoException;
    }

    private Wcc change(Node object, long timeNs, ObjectChange change) throws ErrnoException {
        int fd = nodes.open(object);
        synchronized (object) {
            Stat statBefore = Posix.fstat(fd);
            WccAttributes before = WccAttributes.of(observer.attributesNow(object, statBefore));
            change.apply(fd);
            return new Wcc(before, observer.attributesAfter(object, Posix.fstat(fd), timeNs));
        }
    }

    /** Size first, because it alone may fail for want of space; owner before mode, because chown clears setuid. */
    Outcome set(Change.AttributesSet set) throws ErrnoException {
        try (Node object = nodes.pin(set.object())) {
            int dataFd = set.sizeBytes() == Change.KEEP_LONG ? -1 : nodes.openForWrite(object);
            Wcc wcc = change(object, set.timeNs(), fd -> {
                if (dataFd >= 0) {
                    Data.ftruncate(dataFd, set.sizeBytes());
                }
                setOwnerAndMode(object, fd, set);
                if (set.setsModified()) {
                    object.volume.setModified(fd, set.timeNs());
                }
                if (set.accessNs() != Change.KEEP_LONG || set.modifyNs() != Change.KEEP_LONG) {
                    Posix.utimens(fd, set.accessNs(), set.modifyNs());
                }
                forgetVerifier(object);
            });
            return Outcome.done(object.id, wcc.after(), wcc);
        }
    }

    /** From here on a CREATE with the same verifier is another call, also after a restart. */
    private void forgetVerifier(Node object) {
        if (object.verifier != null) {
            object.verifier = null;
            long unusedVersion = nodes.index().put(object.record());
        }
    }

    private static void setOwnerAndMode(Node object, int fd, Change.AttributesSet set) throws ErrnoException {
        int mode = set.mode();
        if (set.uid() != Change.KEEP || set.gid() != Change.KEEP) {
            if (mode == Change.KEEP && object.type != FileType.SYMLINK) {
                mode = Posix.fstat(fd).mode();
            }
            Posix.fchown(fd, set.uid(), set.gid());
        }
        if (mode != Change.KEEP) {
            Posix.fchmod(fd, mode);
        }
    }

    Outcome write(Change.Written written) throws ErrnoException {
        try (Node object = nodes.pin(written.object())) {
            int dataFd = nodes.openForWrite(object);
            ByteBuffer data = written.data().duplicate();
            int count = data.remaining();
            Wcc wcc = change(object, written.timeNs(), fd -> {
                if (count >= BULK_BYTES) {
                    // May have to wait until the disk has caught up.
                    boolean unusedDone = Slow.call(() -> {
                        Data.pwrite(dataFd, data, written.offsetBytes());
                        return true;
                    });
                } else {
                    Data.pwrite(dataFd, data, written.offsetBytes());
                }
                object.volume.setModified(fd, written.timeNs());
                if (written.mode() != Change.KEEP) {
                    Posix.fchmod(fd, written.mode());
                }
            });
            return Outcome.written(object.id, wcc, count, Stability.UNSTABLE);
        }
    }

    /** Nothing is to be done before the sync; the attributes are those of now. */
    Outcome commit(Change.Committed committed) throws ErrnoException {
        try (Node object = nodes.pin(committed.object())) {
            Attributes attributes = observer.attributes(object);
            return Outcome.written(object.id, Wcc.unchanged(attributes), 0, Stability.FILE_SYNC);
        }
    }
}
