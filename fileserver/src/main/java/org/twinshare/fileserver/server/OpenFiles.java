package org.twinshare.fileserver.server;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.twinshare.exports.Problem;
import org.twinshare.filestore.local.LocalTree;

/**
 * How the descriptors that this process may have (getrlimit(2), RLIMIT_NOFILE) are shared out. Without that a server with few
 * of them would let its clients try again for ever.
 *
 * @param objects     of the exported trees that are kept open
 * @param connections of clients
 */
record OpenFiles(int objects, int connections) {
    /** More are of no use. */
    private static final int MOST = LocalTree.Limits.DEFAULT.descriptors();

    /** The journal, libraries, files that are made ahead, HTTP, the other server and what programs need. */
    private static final int OTHERS = 400;

    /** An object has three at most, a connection one; one is left over. */
    private static final int PARTS = 5;

    private static final int LEAST = 1024;

    private static final Splitter WORDS = Splitter.on(CharMatcher.whitespace()).omitEmptyStrings();

    /** So many may this process have (proc_pid_limits(5)); the JVM has raised it as far as it may. */
    static long limit() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/limits"))) {
            return lines.filter(line -> line.startsWith("Max open files"))
                    .map(line -> WORDS.splitToList(line).get(3))
                    .mapToLong(soft -> soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft))
                    .findFirst()
                    .orElse(Long.MAX_VALUE);
        } catch (IOException e) {
            throw new UncheckedIOException("the limits of this process cannot be read", e);
        }
    }

    /** For a process that may have so many; refused where these are too few. */
    static OpenFiles share(long limit) throws Refused {
        Optional<Problem> problem = problem(limit);
        if (problem.isPresent()) {
            throw new Refused(problem.get());
        }
        return of(limit);
    }

    /** The same, however few they are. */
    static OpenFiles of(long limit) {
        int share = Math.clamp((limit - OTHERS) / PARTS, 1, MOST);
        return new OpenFiles(share, share);
    }

    /** Whether so many are too few to serve at all. */
    static Optional<Problem> problem(long limit) {
        return limit >= LEAST
                ? Optional.empty()
                : Optional.of(new Problem(
                        "cannot serve with so few open files",
                        "this process may have " + limit + " (RLIMIT_NOFILE)",
                        "ulimit -Hn 65536 in the shell that starts it, or LimitNOFILE=65536 in its unit"));
    }

    /** What the operator should know where more would be of use. */
    Optional<String> warning(long limit) {
        return connections == MOST
                ? Optional.empty()
                : Optional.of(
                        "warning: this process may have " + limit + " open files (RLIMIT_NOFILE), so it keeps only "
                                + objects + " objects open and serves " + connections
                                + " connections; remedy: ulimit -Hn 65536, or LimitNOFILE=65536 in its unit");
    }
}
