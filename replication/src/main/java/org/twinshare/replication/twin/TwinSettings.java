package org.twinshare.replication.twin;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.twinshare.replication.TreeSettings;
import org.twinshare.replication.copy.CopyLimits;
import org.twinshare.replication.role.Terms;

/**
 * What a server that may be one of a pair is told at its start.
 *
 * @param name       by which the other server speaks of it
 * @param listen     where the other server connects to, when there is one
 * @param terms      that it keeps to as the primary
 * @param copy       bounds of making its tree equal to the primary's
 * @param serveAlone the operator says that the other server answers no clients
 * @param state      its state directory
 * @param journal    directory of its journal
 * @param tree       bounds of the journal and of what waits for it
 */
public record TwinSettings(
        String name,
        InetSocketAddress listen,
        Terms terms,
        CopyLimits copy,
        boolean serveAlone,
        Path state,
        Path journal,
        TreeSettings tree) {}
