package org.twinshare.client.pull;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** What is told of a flip: a shell command, for a web server that has to be reloaded. Has no state. */
final class Hook {
    private static final long AT_MOST_SECONDS = 60;

    private Hook() {}

    static void run(String command, PullSettings settings, String release) throws PullFailure {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", command);
        builder.environment().put("TWINSHARE_SOURCE", settings.source());
        builder.environment().put("TWINSHARE_RELEASE", release);
        builder.environment().put("TWINSHARE_TARGET", settings.target().toString());
        builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        builder.redirectOutput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            Process process = builder.start();
            if (!process.waitFor(AT_MOST_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw failed("it did not end in " + AT_MOST_SECONDS + " s", release);
            }
            if (process.exitValue() != 0) {
                throw failed("it ended with " + process.exitValue(), release);
            }
        } catch (IOException e) {
            throw failed(String.valueOf(e.getMessage()), release);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("interrupted", release);
        }
    }

    private static PullFailure failed(String cause, String release) {
        return PullFailure.failed(
                "release " + release + " is live, but its hook failed", cause, "run the command of --hook by hand");
    }
}
