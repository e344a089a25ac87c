package org.twinshare.filestore.local;

import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Access;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.posix.Stat;

/**
 * Decides as Linux would (fs/namei.c and fs/attr.c in its words: path_resolution(7), chmod(2), chown(2), unlink(2)) what a
 * caller may do, before anything is written anywhere. Has no state.
 */
final class Permissions {
    static final int READ = 4;
    static final int WRITE = 2;
    static final int EXECUTE = 1;

    static final int SETUID = 04000;
    static final int SETGID = 02000;
    static final int STICKY = 01000;
    private static final int GROUP_CLASS = 070;
    private static final int GROUP_EXECUTE = 010;
    private static final int ANY_EXECUTE = 0111;

    private Permissions() {}

    /**
     * Whether the caller has all of these rights.
     *
     * @param acl the object's POSIX ACL, or null for none
     */
    static boolean may(Caller caller, Stat object, @Nullable Acl acl, int rights) {
        if (caller.isRoot()) {
            boolean executable = object.type() == FileType.DIRECTORY || (object.mode() & ANY_EXECUTE) != 0;
            return (rights & EXECUTE) == 0 || executable;
        }
        if (caller.uid() == object.uid()) {
            return (object.mode() >> 6 & rights) == rights;
        }
        // Without any right for the group class Linux does not look at the ACL at all (fs/namei.c,
        // acl_permission_check).
        if (acl != null && (object.mode() & GROUP_CLASS) != 0) {
            return acl.grants(caller, object, rights);
        }
        int shift = caller.isIn(object.gid()) ? 3 : 0;
        return (object.mode() >> shift & rights) == rights;
    }

    static void require(Caller caller, Stat object, @Nullable Acl acl, int rights) throws ErrnoException {
        if (!may(caller, object, acl, rights)) {
            throw new ErrnoException(Errno.EACCES, "permission denied");
        }
    }

    /** The owner may read and write what it has open whatever the mode is now (RFC 1813 section 4.4). */
    static void requireData(Caller caller, Stat file, @Nullable Acl acl, int right) throws ErrnoException {
        if (caller.uid() == file.uid() || may(caller, file, acl, right)) {
            return;
        }
        boolean pagingIn = right == READ && may(caller, file, acl, EXECUTE);
        if (!pagingIn) {
            throw new ErrnoException(Errno.EACCES, "permission denied");
        }
    }

    /** The wanted bits of {@link Access} that the caller has. */
    static int access(Caller caller, Stat object, @Nullable Acl acl, int wanted) {
        boolean read = may(caller, object, acl, READ);
        boolean write = may(caller, object, acl, WRITE);
        boolean execute = may(caller, object, acl, EXECUTE);
        int granted = read ? Access.READ : 0;
        if (object.type() == FileType.DIRECTORY) {
            granted |= execute ? Access.LOOKUP : 0;
            granted |= write && execute ? Access.MODIFY | Access.EXTEND | Access.DELETE : 0;
        } else {
            granted |= execute ? Access.EXECUTE : 0;
            granted |= write ? Access.MODIFY | Access.EXTEND : 0;
        }
        return granted & wanted;
    }

    /** Whether the caller may take away the names of his own objects only: the directory's sticky bit. */
    static boolean mayRemoveOwnOnly(Caller caller, Stat directory) {
        return (directory.mode() & STICKY) != 0 && !caller.isRoot() && caller.uid() != directory.uid();
    }

    static void requireOwner(Caller caller, Stat object) throws ErrnoException {
        if (!caller.isRoot() && caller.uid() != object.uid()) {
            throw new ErrnoException(Errno.EPERM, "not the owner");
        }
    }

    /** May the caller give the object this owner (chown(2))? */
    static void requireChown(Caller caller, Stat object, int uid) throws ErrnoException {
        if (!caller.isRoot() && (caller.uid() != object.uid() || uid != object.uid())) {
            throw new ErrnoException(Errno.EPERM, "only root gives files away");
        }
    }

    /** May the caller give the object this group (chown(2))? */
    static void requireChgrp(Caller caller, Stat object, int gid) throws ErrnoException {
        boolean own = caller.uid() == object.uid() && (gid == object.gid() || caller.isIn(gid));
        if (!caller.isRoot() && !own) {
            throw new ErrnoException(Errno.EPERM, "not a group of the owner");
        }
    }

    /** Setgid that the caller asked for and may not have: it is not in the group of the object. */
    static int withoutForeignSetgid(Caller caller, int mode, int gid) {
        return caller.isRoot() || caller.isIn(gid) ? mode : mode & ~SETGID;
    }

    /** The mode of a file after someone wrote into it or truncated it (write(2), truncate(2)). */
    static int modeAfterWrite(Caller caller, int mode, int gid) {
        if (caller.isRoot()) {
            return mode;
        }
        return withoutForeignSetgid(caller, withoutSetIds(mode), gid);
    }

    /** The mode of a file after its owner or group changed (chown(2)): its group of before decides. */
    static int modeAfterChown(Caller caller, Stat file) {
        return withoutForeignSetgid(caller, withoutSetIds(file.mode()), file.gid());
    }

    /** Setgid without group execute once meant mandatory locking, and stays where the caller is in the group. */
    private static int withoutSetIds(int mode) {
        boolean setgid = (mode & GROUP_EXECUTE) != 0;
        return mode & ~SETUID & (setgid ? ~SETGID : ~0);
    }
}
