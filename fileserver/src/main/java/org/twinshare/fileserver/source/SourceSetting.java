package org.twinshare.fileserver.source;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A source tree as {@code [source.NAME]} in the settings says it.
 *
 * @param name        what nodes pull it by
 * @param path        the working tree, which is published from
 * @param releases    where its releases are kept; empty for a place in the state directory
 * @param nodes       addresses, networks and host names of the nodes; empty for the hosts of the exports table
 * @param runAs       the user that the rsync daemon reads releases as
 * @param authUsers   rsync users, none when the address is enough
 * @param secretsFile their passwords
 * @param keep        how many releases stay on the server
 */
public record SourceSetting(
        String name,
        Path path,
        Optional<Path> releases,
        List<String> nodes,
        String runAs,
        List<String> authUsers,
        Optional<Path> secretsFile,
        int keep) {}
