package org.twinshare.fileserver.mount3;

import java.net.InetAddress;
import java.util.List;

/** What may be mounted, as the MOUNT protocol needs to know it. Thread-safe. */
public interface MountPoints {
    /** What a client gets for a path. */
    sealed interface Answer {
        /** It may mount it, with this handle. */
        record Mounted(byte[] handle) implements Answer {}

        /** It may not. */
        record Refused(MountStatus status) implements Answer {}
    }

    /** How MNT ended (RFC 1813 section 5.1.5, mountstat3). */
    enum MountStatus {
        PERM(1),
        NOENT(2),
        IO(5),
        ACCES(13),
        NOTDIR(20),
        INVAL(22),
        NAMETOOLONG(63),
        NOTSUPP(10004),
        SERVERFAULT(10006);

        private final int number;

        MountStatus(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    /**
     * An export as EXPORT lists it.
     *
     * @param clients as they are written in the exports file
     */
    record Listed(byte[] path, List<String> clients) {}

    /** The handle of a directory, of an export or below one, for a client that may have it. Refusals are logged here. */
    Answer mount(InetAddress client, int clientPort, byte[] path);

    List<Listed> exports();
}
