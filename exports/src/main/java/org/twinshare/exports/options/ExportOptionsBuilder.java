package org.twinshare.exports.options;

import java.util.Optional;
import org.twinshare.exports.options.MountPoint.NotRequired;

/**
 * Collects options one by one, each overriding what was set before; starts from exports(5)'s defaults. Not thread-safe.
 */
public final class ExportOptionsBuilder {

    private boolean readWrite;
    private boolean async;
    private boolean wdelay = true;
    private boolean secure = true;
    private boolean hide = true;
    private boolean crossmnt;
    private boolean readdirplus = true;
    private boolean rootSquash = true;
    private boolean allSquash;
    private int anonymousUid = Squash.NOBODY;
    private int anonymousGid = Squash.NOBODY;
    private MountPoint mountPoint = new NotRequired();
    private Optional<Fsid> fsid = Optional.empty();

    /** Starts from exports(5)'s defaults. */
    public ExportOptionsBuilder() {}

    /** Starts from all that {@code other} has set. */
    public ExportOptionsBuilder(ExportOptionsBuilder other) {
        readWrite = other.readWrite;
        async = other.async;
        wdelay = other.wdelay;
        secure = other.secure;
        hide = other.hide;
        crossmnt = other.crossmnt;
        readdirplus = other.readdirplus;
        rootSquash = other.rootSquash;
        allSquash = other.allSquash;
        anonymousUid = other.anonymousUid;
        anonymousGid = other.anonymousGid;
        mountPoint = other.mountPoint;
        fsid = other.fsid;
    }

    public void setReadWrite(boolean value) {
        readWrite = value;
    }

    public void setAsync(boolean value) {
        async = value;
    }

    public void setWdelay(boolean value) {
        wdelay = value;
    }

    public void setSecure(boolean value) {
        secure = value;
    }

    public void setHide(boolean value) {
        hide = value;
    }

    public void setCrossmnt(boolean value) {
        crossmnt = value;
    }

    public void setReaddirplus(boolean value) {
        readdirplus = value;
    }

    public void setRootSquash(boolean value) {
        rootSquash = value;
    }

    public void setAllSquash(boolean value) {
        allSquash = value;
    }

    /** The anonymous uid, unsigned. */
    public void setAnonymousUid(int uid) {
        anonymousUid = uid;
    }

    /** The anonymous gid, unsigned. */
    public void setAnonymousGid(int gid) {
        anonymousGid = gid;
    }

    public void setMountPoint(MountPoint value) {
        mountPoint = value;
    }

    /** The fsid. exports(5) lets a line give a number beside a UUID, for old kernels: then the number counts. */
    public void setFsid(Fsid value) {
        boolean keepsNumber = value instanceof Fsid.Uuid && fsid.orElse(value) instanceof Fsid.SmallNumber;
        if (!keepsNumber) {
            fsid = Optional.of(value);
        }
    }

    /** The options set so far. */
    public ExportOptions build() {
        Squash squash = new Squash(rootSquash, allSquash, anonymousUid, anonymousGid);
        return new ExportOptions(
                readWrite, async, wdelay, secure, hide, crossmnt, readdirplus, squash, mountPoint, fsid);
    }
}
