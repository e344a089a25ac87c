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
        List<Export> exports,
        Load load,
        List<Problem> problems) {
    /**
     * The server itself.
     *
     * @param role  what it is in a pair
     * @param epoch how often the role has changed hands
     */
    public record Server(String name, String role, long epoch, long upSeconds, String address, String version) {}

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

    public boolean isWell() {
        return problems.isEmpty() && cause.isEmpty();
    }
}
