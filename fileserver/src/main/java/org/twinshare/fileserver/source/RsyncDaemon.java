package org.twinshare.fileserver.source;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.exports.Problem;

/**
 * Keeps the real {@code rsync --daemon} running: started again when it ends, stopped with the server, and gone also when the
 * server is killed. It reads its configuration with every connection, so a changed file needs no signal. Thread-safe.
 */
final class RsyncDaemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RsyncDaemon.class);
    private static final long RETRY_MILLIS = 1000;
    private static final long STOP_MILLIS = 1000;

    private final SourceSettings settings;
    private final Path configuration;
    private final Host host;
    private final Thread supervisor;
    private volatile boolean stopping;
    private volatile @Nullable Process process;
    private volatile @Nullable Problem problem;

    RsyncDaemon(SourceSettings settings, Path configuration, Host host) {
        this.settings = settings;
        this.configuration = configuration;
        this.host = host;
        // A thread of the kernel's: the daemon gets its signal when the thread that started it ends.
        supervisor = Thread.ofPlatform().daemon().name("rsyncd").unstarted(this::supervise);
    }

    /** Begins; where the port is taken now, says so and goes on trying. */
    void start() {
        problem = portProblem();
        supervisor.start();
    }

    /** What keeps it from serving, now. */
    Optional<Problem> problem() {
        return Optional.ofNullable(problem);
    }

    /** Its process while it runs. */
    Optional<ProcessHandle> handle() {
        Process now = process;
        return now == null ? Optional.empty() : Optional.of(now.toHandle());
    }

    private @Nullable Problem portProblem() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(settings.rsync());
            return null;
        } catch (IOException e) {
            return settings.rsyncTaken(
                    host.holderOf(settings.rsync().getPort()).orElse(String.valueOf(e.getMessage())));
        }
    }

    private void supervise() {
        boolean said = false;
        while (!stopping) {
            problem = portProblem();
            if (problem == null) {
                said = false;
                runOnce();
            } else if (!said) {
                said = true;
                LOG.warn("{}", problem.text());
            }
            try {
                Thread.sleep(RETRY_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void runOnce() {
        try {
            Process started =
                    new ProcessBuilder(command()).redirectErrorStream(true).start();
            process = started;
            started.getOutputStream().close();
            if (stopping) {
                started.destroy();
            }
            log(started);
            int exitCode = started.waitFor();
            if (!stopping) {
                LOG.warn("rsync --daemon ended with {}; it is started again", exitCode);
            }
        } catch (IOException e) {
            // A daemon that is stopped closes what is read of it.
            if (!stopping) {
                problem = new Problem(
                        "cannot start rsync --daemon", String.valueOf(e.getMessage()), "apt-get install rsync");
                LOG.warn("{}", problem.text());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process = null;
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
            command.addAll(List.of("/usr/bin/setpriv", "--pdeathsig", "TERM", "--"));
        }
        command.addAll(
                List.of("rsync", "--daemon", "--no-detach", "--log-file=/dev/stdout", "--config=" + configuration));
        return command;
    }

    private static void log(Process started) throws IOException {
        try (BufferedReader reader = started.inputReader(StandardCharsets.ISO_8859_1)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                LOG.debug("rsyncd: {}", line);
            }
        }
    }

    @Override
    public void close() {
        stopping = true;
        supervisor.interrupt();
        Process now = process;
        if (now == null) {
            return;
        }
        List<ProcessHandle> connections = now.descendants().toList();
        now.destroy();
        connections.forEach(ProcessHandle::destroy);
        try {
            if (!now.waitFor(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                now.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
