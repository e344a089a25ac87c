package org.twinshare.fileserver.command;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.twinshare.exports.Problem;
import org.twinshare.fileserver.control.ControlClient;
import org.twinshare.fileserver.server.Refused;
import picocli.CommandLine.Option;

/** Which running server a command talks to. */
final class ServerOptions {
    @Option(
            names = "--state",
            paramLabel = "DIR",
            description =
                    "State directory of the server (default: /var/lib/twinshare, or the user's own without root).")
    private @Nullable Path state;

    @SuppressWarnings("UnusedVariable") // the other options have it for their defaults, so it is read before them
    @Option(names = "--config", paramLabel = "FILE", description = "Settings file.")
    private @Nullable Path config;

    Path state() {
        return state == null ? Places.state() : state;
    }

    /** The server did not answer, or would not. */
    static final class NoAnswer extends Exception {
        private final transient Problem problem;
        private final int exitCode;

        NoAnswer(Problem problem, int exitCode) {
            super(problem.what(), null, false, false);
            this.problem = problem;
            this.exitCode = exitCode;
        }

        /** Says so, and returns the exit code for it. */
        int print() {
            System.err.println(problem.text());
            return exitCode;
        }
    }

    /** Asks the server. */
    JsonObject ask(JsonObject request) throws NoAnswer {
        Path socket = state().resolve("control.sock");
        try {
            return ControlClient.ask(socket, request);
        } catch (IOException e) {
            throw new NoAnswer(
                    new Problem(
                            "no twinshare server answers on " + socket,
                            String.valueOf(e.getMessage()),
                            "start it:  twinshare serve DIR ; or name its state directory with --state"),
                    ExitCodes.NOT_REACHABLE);
        } catch (ControlClient.Failed e) {
            throw new NoAnswer(
                    new Problem("the server did not do it", String.valueOf(e.getMessage()), ""), ExitCodes.FAILED);
        }
    }

    static int print(Refused refused) {
        System.err.println(refused.problem().text());
        return refused.isForSafety() ? ExitCodes.REFUSED : ExitCodes.FAILED;
    }
}
