package org.twinshare.fileserver.source;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.twinshare.exports.table.ExportTable;

/** What the sources ask of the server that they are part of. Thread-safe. */
public interface Host {
    /** Whether the server has the rights of root. */
    boolean isRoot();

    /** What is mounted inside a directory. */
    List<String> mountedBelow(Path directory);

    /** The program that listens on a TCP port, in words. */
    Optional<String> holderOf(int port);

    /** The other server of the pair; empty where there is none. */
    Optional<Twin> twin();

    /**
     * The other server of a pair.
     *
     * @param ownName    how this server calls itself
     * @param address    where the other one is reached
     * @param isFollowed this server is its standby
     */
    record Twin(String ownName, String address, boolean isFollowed) {}

    /** The exports table in force, which names the nodes where the settings do not. */
    ExportTable exports();
}
