package org.twinshare.filestore;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that one server tells another of an object but its bytes.
 *
 * @param mode      permission bits with setuid, setgid and sticky
 * @param rdev      major and minor number in the high and low 32 bits; 0 where it is no device
 * @param changeNs  our ctime
 * @param links     names that the file system counts
 * @param target    of a symbolic link, otherwise empty
 * @param verifier  of the EXCLUSIVE CREATE that it was made by; null for none, and after the first SETATTR
 * @param hasAcl    it has a POSIX ACL, which is not copied
 * @param places    its names as far as they are known; empty where they were not asked for
 */
public record ObjectDescription(
        long id,
        FileType type,
        int mode,
        int uid,
        int gid,
        long rdev,
        long sizeBytes,
        long accessNs,
        long modifyNs,
        long changeNs,
        int links,
        byte[] target,
        @Nullable Long verifier,
        boolean hasAcl,
        List<NetState.Slot> places) {
    public ObjectDescription {
        places = List.copyOf(places);
    }

    /** The object as it is made under a name, before it has its bytes. */
    public Change.Made madeAs(NetState.Slot place) {
        return new Change.Made(
                changeNs,
                id,
                place.directory(),
                place.name(),
                type,
                mode,
                uid,
                gid,
                rdev,
                target,
                0,
                accessNs,
                modifyNs,
                verifier);
    }
}
