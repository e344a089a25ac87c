package org.twinshare.filestore.local;

import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.SetAttributes.SetTime;
import org.twinshare.filestore.posix.Stat;

/** The part of {@link Decisions} that is about owner, mode, size, times and data of one object. Thread-safe. */
final class AttributeDecisions {
    private final Look look;
    private final Ticks ticks;

    AttributeDecisions(Look look, Ticks ticks) {
        this.look = look;
        this.ticks = ticks;
    }

    /** A new object of the caller's in a directory; its permissions there were checked. */
    Change.Made newObject(
            Caller caller,
            Node directory,
            Stat above,
            Name name,
            FileType type,
            SetAttributes wanted,
            long rdev,
            byte[] target,
            @Nullable Long verifier)
            throws ErrnoException {
        boolean inheritsGroup = (above.mode() & Permissions.SETGID) != 0;
        int gid = inheritsGroup ? above.gid() : caller.gid();
        Stat born = owned(type, caller.uid(), gid);
        if (wanted.uid() != null) {
            Permissions.requireChown(caller, born, wanted.uid());
        }
        if (wanted.gid() != null) {
            Permissions.requireChgrp(caller, born, wanted.gid());
        }
        int uid = wanted.uid() == null ? caller.uid() : wanted.uid();
        gid = wanted.gid() == null ? gid : wanted.gid();
        int mode = look.inheritedMode(directory, above, type, mode(caller, type, wanted, inheritsGroup, gid));
        long timeNs = ticks.next();
        long size = type == FileType.REGULAR && wanted.sizeBytes() != null ? wanted.sizeBytes() : 0;
        return new Change.Made(
                timeNs,
                look.newId(),
                directory.id,
                name,
                type,
                mode,
                uid,
                gid,
                rdev,
                target,
                size,
                time(wanted.access(), timeNs, timeNs),
                time(wanted.modify(), timeNs, timeNs),
                verifier);
    }

    private static int mode(Caller caller, FileType type, SetAttributes wanted, boolean inheritsGroup, int gid) {
        if (type == FileType.SYMLINK) {
            return 0777;
        }
        int mode = wanted.mode() == null ? 0 : wanted.mode() & 07777;
        if (type == FileType.DIRECTORY) {
            return inheritsGroup ? mode | Permissions.SETGID : mode;
        }
        return Permissions.withoutForeignSetgid(caller, mode, gid);
    }

    /** An object as it is for a moment after it was made: owned by its maker. */
    private static Stat owned(FileType type, int uid, int gid) {
        return new Stat(type, 0, 1, uid, gid, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    private static long time(@Nullable SetTime wanted, long nowNs, long otherwise) {
        if (wanted == null) {
            return otherwise;
        }
        return switch (wanted) {
            case SetTime.ServerTime server -> nowNs;
            case SetTime.ClientTime client -> client.timeNs();
        };
    }

    Change set(Operation.SetAttr set, Touching touching) throws ErrnoException {
        Caller caller = set.caller();
        SetAttributes wanted = set.attributes();
        try (Node object = look.object(caller, set.object())) {
            Stat stat = look.stat(object);
            touching.add(object, stat);
            Attributes now = look.attributes(object, stat);
            if (set.guardNs() != null && set.guardNs() != now.changeNs()) {
                throw new ErrnoException(Errno.NOT_SYNC, "guard");
            }
            if (wanted.isNothing()) {
                return new Change.Nothing(ticks.next(), object.id);
            }
            if (wanted.uid() != null) {
                Permissions.requireChown(caller, stat, wanted.uid());
            }
            if (wanted.gid() != null) {
                Permissions.requireChgrp(caller, stat, wanted.gid());
            }
            if (wanted.sizeBytes() != null) {
                requireTruncation(caller, object, stat, wanted.sizeBytes());
            }
            requireTimes(caller, object, stat, wanted);
            return changed(caller, object, stat, wanted);
        }
    }

    private Change changed(Caller caller, Node object, Stat stat, SetAttributes wanted) throws ErrnoException {
        long timeNs = ticks.next();
        return new Change.AttributesSet(
                timeNs,
                object.id,
                newMode(caller, stat, wanted),
                wanted.uid() == null ? Change.KEEP : wanted.uid(),
                wanted.gid() == null ? Change.KEEP : wanted.gid(),
                wanted.sizeBytes() == null ? Change.KEEP_LONG : wanted.sizeBytes(),
                time(wanted.access(), timeNs, Change.KEEP_LONG),
                time(wanted.modify(), timeNs, Change.KEEP_LONG));
    }

    private static int newMode(Caller caller, Stat stat, SetAttributes wanted) throws ErrnoException {
        if (stat.type() == FileType.SYMLINK) {
            return Change.KEEP;
        }
        int gid = wanted.gid() == null ? stat.gid() : wanted.gid();
        if (wanted.mode() != null) {
            Permissions.requireOwner(caller, stat);
            return Permissions.withoutForeignSetgid(caller, wanted.mode() & 07777, gid);
        }
        int mode = stat.mode();
        if (stat.type() != FileType.DIRECTORY) {
            boolean chown = wanted.uid() != null || wanted.gid() != null;
            mode = chown ? Permissions.modeAfterChown(caller, stat) : mode;
            mode = wanted.sizeBytes() != null ? Permissions.modeAfterWrite(caller, mode, stat.gid()) : mode;
        }
        return mode == stat.mode() ? Change.KEEP : mode;
    }

    private void requireTimes(Caller caller, Node object, Stat stat, SetAttributes wanted) throws ErrnoException {
        if (wanted.access() instanceof SetTime.ClientTime || wanted.modify() instanceof SetTime.ClientTime) {
            Permissions.requireOwner(caller, stat);
        } else if ((wanted.access() != null || wanted.modify() != null) && caller.uid() != stat.uid()) {
            look.require(caller, object, stat, Permissions.WRITE);
        }
    }

    private void requireTruncation(Caller caller, Node object, Stat stat, long sizeBytes) throws ErrnoException {
        look.requireRegular(object);
        if (sizeBytes < 0 || sizeBytes > object.volume.maxFileBytes) {
            throw new ErrnoException(Errno.EFBIG, "truncate");
        }
        Permissions.requireData(caller, stat, look.acl(caller, object, stat), Permissions.WRITE);
    }

    /** CREATE of what exists, with a size. */
    Change truncate(Caller caller, Node object, long sizeBytes, Touching touching) throws ErrnoException {
        Stat stat = look.stat(object);
        touching.add(object, stat);
        requireTruncation(caller, object, stat, sizeBytes);
        SetAttributes size = new SetAttributes(null, null, null, sizeBytes, null, null);
        return changed(caller, object, stat, size);
    }

    Change write(Operation.Write write, Touching touching) throws ErrnoException {
        try (Node object = look.object(write.caller(), write.object())) {
            Stat stat = look.stat(object);
            touching.add(object, stat);
            look.requireRegular(object);
            Permissions.requireData(write.caller(), stat, look.acl(write.caller(), object, stat), Permissions.WRITE);
            long end = write.offsetBytes() + write.data().remaining();
            if (write.offsetBytes() < 0 || end < 0 || end > object.volume.maxFileBytes) {
                throw new ErrnoException(Errno.EFBIG, "write");
            }
            if (!write.data().hasRemaining()) {
                // write(2) of no bytes does nothing, and leaves the times as they are.
                return new Change.Nothing(ticks.next(), object.id);
            }
            int mode = Permissions.modeAfterWrite(write.caller(), stat.mode(), stat.gid());
            return new Change.Written(
                    ticks.next(),
                    object.id,
                    write.offsetBytes(),
                    write.data(),
                    write.stability(),
                    mode == stat.mode() ? Change.KEEP : mode);
        }
    }

    Change commit(Operation.Commit commit, Touching touching) throws ErrnoException {
        try (Node object = look.object(commit.caller(), commit.object())) {
            Stat stat = look.stat(object);
            touching.add(object, stat);
            look.requireRegular(object);
            Permissions.requireData(commit.caller(), stat, look.acl(commit.caller(), object, stat), Permissions.WRITE);
            return new Change.Committed(ticks.next(), object.id, commit.offsetBytes(), commit.count());
        }
    }
}
