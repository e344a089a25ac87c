package org.twinshare.client.doctor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What is to be looked at.
 *
 * @param server     its name or address, as the mount has it
 * @param path       what it exports
 * @param mountPoint where that is to be mounted; without one, only the server is looked at
 * @param user       whom the web server runs as, where its configuration does not say
 * @param directory  where below the export the web server writes; empty for the export itself
 * @param patience   how long anything may take
 */
public record DoctorSettings(
        String server,
        int port,
        String path,
        Optional<Path> mountPoint,
        Optional<String> user,
        String directory,
        Duration patience) {}
