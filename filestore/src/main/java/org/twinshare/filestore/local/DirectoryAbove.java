package org.twinshare.filestore.local;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.identity.Link;
import org.twinshare.filestore.posix.Dents;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/** The directory that holds another one, and under which name, as the file system has it: the index may be older. */
final class DirectoryAbove implements AutoCloseable {
    private static final byte[] ABOVE = {'.', '.'};

    /** To list it with. */
    final int fd;

    private final Node directory;

    DirectoryAbove(Nodes nodes, Node directory) throws ErrnoException {
        this.directory = directory;
        fd = Posix.openat(nodes.open(directory), ABOVE, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0);
    }

    /** The name of the other one: the index's, where that is right. ESTALE where it was moved away just now. */
    Name name() throws ErrnoException {
        Link link = directory.link;
        if (link != null && isNamed(link.name())) {
            return link.name();
        }
        for (Name name : namesOf(fd)) {
            if (isNamed(name)) {
                return name;
            }
        }
        throw new ErrnoException(Errno.ESTALE, "object " + directory.id + " is not in the directory above it");
    }

    private boolean isNamed(Name name) throws ErrnoException {
        Stat stat = Identities.statOrNull(fd, name);
        return stat != null && directory.is(stat);
    }

    /** Names in a directory that was opened for this. */
    static List<Name> namesOf(int directoryFd) throws ErrnoException {
        List<Name> names = new ArrayList<>();
        List<byte[]> entries = new ArrayList<>();
        Dents.readAll(
                directoryFd,
                (bytes, offset, length) -> entries.add(Arrays.copyOfRange(bytes, offset, offset + length)));
        for (byte[] entry : entries) {
            names.add(Name.of(entry, 0, entry.length));
        }
        return names;
    }

    @Override
    public void close() {
        Posix.close(fd);
    }
}
