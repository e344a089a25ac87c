package org.twinshare.exports.options;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.twinshare.exports.options.MountPoint.At;
import org.twinshare.exports.options.MountPoint.ExportedDirectory;
import org.twinshare.exports.options.MountPoint.NotRequired;

/**
 * The options of one client of one export, all resolved (exports(5), "General Options"). Immutable.
 *
 * @param readWrite   {@code rw}; otherwise every change is refused with NFS3ERR_ROFS
 * @param async       {@code async}: replies may leave before the change is on disk
 * @param wdelay      {@code wdelay}: a write may wait for related ones; without effect beside {@code async}
 * @param secure      {@code secure}: calls come from a port below 1024
 * @param hide        {@code hide}: a file system mounted inside is not entered from this export
 * @param crossmnt    {@code crossmnt}: file systems mounted inside are entered
 * @param readdirplus false for {@code nordirplus}: READDIRPLUS answers NFS3ERR_NOTSUPP
 * @param squash      the mapping of users
 * @param mountPoint  what must be mounted for the export to exist
 * @param fsid        the identity given to the file system, if any
 */
public record ExportOptions(
        boolean readWrite,
        boolean async,
        boolean wdelay,
        boolean secure,
        boolean hide,
        boolean crossmnt,
        boolean readdirplus,
        Squash squash,
        MountPoint mountPoint,
        Optional<Fsid> fsid) {

    /** IPPORT_RESERVED of Linux: only root may bind the ports below. */
    public static final int FIRST_UNPRIVILEGED_PORT = 1024;

    /** What exports(5) gives an entry without options: ro, sync, wdelay, hide, secure, root_squash, nobody is 65534. */
    public static final ExportOptions DEFAULT = new ExportOptionsBuilder().build();

    /** The defaults, but for {@code rw}: what a directory named on the command line is served with. */
    public static final ExportOptions DEFAULT_READ_WRITE = new ExportOptions(
            true, false, true, true, true, false, true, Squash.DEFAULT, new NotRequired(), Optional.empty());

    /** True when a call from this port is served. */
    public boolean allowsPort(int port) {
        return !secure || port < FIRST_UNPRIVILEGED_PORT;
    }

    /** All options in one normal order, separated by commas, as an exports file may hold them. */
    public String text() {
        List<String> words = new ArrayList<>();
        words.add(readWrite ? "rw" : "ro");
        words.add(async ? "async" : "sync");
        words.add(wdelay ? "wdelay" : "no_wdelay");
        words.add(hide ? "hide" : "nohide");
        if (crossmnt) {
            words.add("crossmnt");
        }
        if (!readdirplus) {
            words.add("nordirplus");
        }
        switch (mountPoint) {
            case NotRequired none -> {}
            case ExportedDirectory self -> words.add("mountpoint");
            case At at -> words.add("mountpoint=" + at.path());
        }
        fsid.ifPresent(given -> words.add("fsid=" + given.text()));
        words.add("sec=sys");
        words.add(secure ? "secure" : "insecure");
        words.add(squash.rootSquash() ? "root_squash" : "no_root_squash");
        words.add(squash.allSquash() ? "all_squash" : "no_all_squash");
        if (squash.anonymousUid() != Squash.NOBODY) {
            words.add("anonuid=" + Integer.toUnsignedString(squash.anonymousUid()));
        }
        if (squash.anonymousGid() != Squash.NOBODY) {
            words.add("anongid=" + Integer.toUnsignedString(squash.anonymousGid()));
        }
        return String.join(",", words);
    }
}
