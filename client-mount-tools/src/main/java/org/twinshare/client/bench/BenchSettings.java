package org.twinshare.client.bench;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.Target;

/**
 * What to measure and how. What is empty is for the workload to choose.
 *
 * @param target          the server, as whom, and whether from reserved ports
 * @param path            what to mount
 * @param connections     how many in all, spread over the threads
 * @param depth           calls in flight on each connection
 * @param duration        how long to measure
 * @param operations      how many operations to measure instead of a duration, over all connections
 * @param warmUp          how long to run before measuring
 * @param from            local addresses, taken in turn by the connections; any when empty
 * @param commitEvery     how many UNSTABLE random writes of a slot one COMMIT follows
 * @param directory       an existing directory to list, below the path, instead of one made for the purpose
 * @param verify          whether every byte read is compared, and everything written is read back
 * @param bulkWriter      whether to measure again while one more connection writes 1 MiB after 1 MiB
 * @param keep            whether the files stay: on ext4 an inode is avoided for minutes after its file was removed,
 *                        which slows every CREATE that follows many a REMOVE
 * @param reconnect       whether a connection that the server ends is made anew, and what was not answered sent again,
 *                        instead of an end of the run
 * @param serverPid       the server's process, when it is on this machine
 * @param patience        how long the server may be silent
 */
public record BenchSettings(
        Target target,
        String path,
        int connections,
        int depth,
        int threads,
        Duration duration,
        OptionalLong operations,
        Duration warmUp,
        List<InetAddress> from,
        OptionalInt ioSizeBytes,
        OptionalLong fileSizeBytes,
        OptionalInt files,
        int entries,
        Optional<Stability> stability,
        int commitEvery,
        Optional<String> directory,
        boolean verify,
        boolean bulkWriter,
        boolean keep,
        long seed,
        boolean reconnect,
        OptionalLong serverPid,
        Duration patience) {

    public BenchSettings {
        from = List.copyOf(from);
        if (connections < 1 || depth < 1 || threads < 1 || entries < 1 || commitEvery < 1) {
            throw new IllegalArgumentException("connections, depth, threads, entries and commit-every begin with 1");
        }
    }

    /** The local address of a connection. */
    Optional<InetAddress> sourceOf(int connection) {
        return from.isEmpty() ? Optional.empty() : Optional.of(from.get(connection % from.size()));
    }

    /** The same server, for one more connection, from the next address, that writes a file of its own over and over. */
    BenchSettings forBulkWriter(int bulkDepth, long fileBytes) {
        return new BenchSettings(
                target,
                path,
                1,
                bulkDepth,
                1,
                duration,
                operations,
                warmUp,
                sourceOf(connections).stream().toList(),
                OptionalInt.empty(),
                OptionalLong.of(fileBytes),
                files,
                entries,
                Optional.empty(),
                commitEvery,
                directory,
                false,
                false,
                keep,
                seed,
                reconnect,
                serverPid,
                patience);
    }
}
