package org.twinshare.fileserver.server;

import java.util.List;
import org.twinshare.exports.Problem;

/**
 * The server as {@code status} shows it, on the terminal, as JSON and on the status page: state, cause and action.
 *
 * @param state  one or a few words
 * @param cause  why it is not well, empty when it is
 * @param action what to do about it, empty when nothing
 */
public record Status(
        Server server,
        String state,
        String cause,
        String action,
        Pair pair,
        List<Export> exports,
        Load load,
        Journal journal,
        List<Problem> problems) {
    /**
     * The server itself.
     *
     * @param role  what it is in a pair
     * @param epoch how often the role has changed hands
     */
    public record Server(String name, String role, long epoch, long upSeconds, String address, String version) {}

    /**
     * The other server of the pair. Positions are sequences of the journal: in memory, on disk, and in the tree.
     *
     * @param peer  its name, empty when there is none
     * @param alone the primary answers without the standby
     * @param words what it is doing
     */
    public record Pair(
            String peer,
            boolean connected,
            boolean alone,
            String words,
            long receivedHere,
            long durableHere,
            long appliedHere,
            long receivedThere,
            long durableThere,
            long appliedThere,
            long lagRecords,
            long lagBytes,
            double lagSeconds) {}

    /** One export. Rates are those of the last full second. */
    public record Export(
            String path,
            String directory,
            long files,
            long usedBytes,
            long freeBytes,
            int clients,
            long readsPerSecond,
            long writesPerSecond,
            double p99Millis) {}

    /** What the server has to carry. */
    public record Load(
            int connections,
            int callsUnderWay,
            long bufferBytes,
            long heapBytes,
            long replyCacheEntries,
            long replyCacheBytes,
            long objectsKnown,
            long listingBytes) {}

    /**
     * The journal and what waits in memory because of it, each with its bound.
     *
     * @param lastSequence          of the last record
     * @param sinceCheckpoint       records that a restart after a crash would carry out
     * @param groupCommits          since the start, and how many milliseconds one took on average
     * @param bytes                 on disk that hold records, and the most that the journal takes
     * @param uncommittedBytes      of files that no COMMIT has made durable yet, and the most that are kept
     * @param pendingIndexChanges   that the next checkpoint writes
     * @param survivingOutcomes     calls of before the start that can be answered again
     * @param localChanges          how often an object was found that a local process had changed
     */
    public record Journal(
            long lastSequence,
            long sinceCheckpoint,
            long groupCommits,
            double groupCommitMillis,
            long bytes,
            long maxBytes,
            long checkpoints,
            double lastCheckpointMillis,
            long uncommittedBytes,
            long maxUncommittedBytes,
            int pendingIndexChanges,
            int survivingOutcomes,
            long localChanges) {}

    public boolean isWell() {
        return problems.isEmpty() && cause.isEmpty();
    }
}
