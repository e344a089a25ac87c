package org.twinshare.filestore.local;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.posix.Stat;

/**
 * A POSIX access control list as the kernel keeps it in {@code system.posix_acl_access} (acl(5)); decides like the access
 * check algorithm there. Immutable.
 */
final class Acl {
    static final String ACCESS = "system.posix_acl_access";
    static final String DEFAULT = "system.posix_acl_default";

    private static final int VERSION = 2;
    private static final int USER_OBJ = 0x01;
    private static final int USER = 0x02;
    private static final int GROUP_OBJ = 0x04;
    private static final int GROUP = 0x08;
    private static final int MASK = 0x10;
    private static final int OTHER = 0x20;

    private record Entry(int tag, int rights, int id) {}

    private final List<Entry> entries;

    private Acl(List<Entry> entries) {
        this.entries = entries;
    }

    /** Reads the attribute (linux/posix_acl_xattr.h): version 4, then tag 2, rights 2, id 4 for each entry. */
    static @Nullable Acl decode(byte[] attribute) {
        ByteBuffer bytes = ByteBuffer.wrap(attribute).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.remaining() < 4 || bytes.getInt() != VERSION) {
            return null;
        }
        List<Entry> entries = new ArrayList<>();
        while (bytes.remaining() >= 8) {
            entries.add(new Entry(bytes.getShort(), bytes.getShort(), bytes.getInt()));
        }
        return new Acl(entries);
    }

    private int mask() {
        return entries.stream()
                .filter(entry -> entry.tag == MASK)
                .mapToInt(Entry::rights)
                .findFirst()
                .orElse(07);
    }

    /** Whether a caller that is neither root nor the owner has all of these rights. */
    boolean grants(Caller caller, Stat object, int rights) {
        int mask = mask();
        for (Entry entry : entries) {
            if (entry.tag == USER && entry.id == caller.uid()) {
                return (entry.rights & mask & rights) == rights;
            }
        }
        boolean inGroup = false;
        for (Entry entry : entries) {
            boolean matches =
                    entry.tag == GROUP_OBJ && caller.isIn(object.gid()) || entry.tag == GROUP && caller.isIn(entry.id);
            inGroup |= matches;
            if (matches && (entry.rights & mask & rights) == rights) {
                return true;
            }
        }
        return !inGroup && entries.stream().anyMatch(entry -> entry.tag == OTHER && (entry.rights & rights) == rights);
    }

    /** The permission bits of an object made with this mode where this is the directory's default ACL. */
    int inheritedMode(int mode) {
        int kept = mode & ~0777;
        int group = entries.stream().anyMatch(entry -> entry.tag == MASK) ? mask() : rightsOf(GROUP_OBJ);
        return kept | mode & (rightsOf(USER_OBJ) << 6 | group << 3 | rightsOf(OTHER));
    }

    private int rightsOf(int tag) {
        return entries.stream()
                .filter(entry -> entry.tag == tag)
                .mapToInt(Entry::rights)
                .findFirst()
                .orElse(0);
    }
}
