package org.twinshare.client.pull;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What is pulled, from where to where, and what may happen.
 *
 * @param source       the source's name on the server
 * @param target       the path that the web server reads, absolute
 * @param server       the server's name or address
 * @param nodePort     where it tells of releases
 * @param rsyncPort    where its rsync daemon listens; empty for what it tells
 * @param node         how this node calls itself
 * @param keep         how many releases stay here
 * @param hook         a shell command to run after each flip
 * @param uploads      where uploads are; never inside the target
 * @param user         rsync user, with a password file
 * @param passwordFile his password
 * @param maxDelete    the most files that rsync may delete in the staging directory
 */
public record PullSettings(
        String source,
        Path target,
        String server,
        int nodePort,
        OptionalInt rsyncPort,
        String node,
        int keep,
        Optional<String> hook,
        Path uploads,
        Optional<String> user,
        Optional<Path> passwordFile,
        int maxDelete,
        Set<Allowance> allowances) {

    boolean allows(Allowance allowance) {
        return allowances.contains(allowance);
    }
}
