package org.twinshare.fileserver.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;

/** A web node that is up: a real Linux kernel, with the export mounted at {@link #MOUNT} unless it was booted without. */
public final class LabClient implements AutoCloseable {
    /** Where the export is mounted. */
    public static final String MOUNT = "/mnt/nfs";

    private final Lab lab;
    private final String name;

    LabClient(Lab lab, String name) {
        this.lab = lab;
        this.name = name;
    }

    String name() {
        return name;
    }

    /** Runs a script of sh on the node as root, in the mount point where there is one; fails when the script does. */
    public String sh(String script) {
        return run(Duration.ofMinutes(2), List.of(), script).orFail();
    }

    /** The same as another user, in no further group. */
    public String shAs(int uid, int gid, String script) {
        return run(Duration.ofMinutes(2), List.of("--user", uid + ":" + gid), script)
                .orFail();
    }

    /** Runs a script of sh on the node as root that does not come near the mount point: the server may be away. */
    String shAside(String script) {
        return exec(Duration.ofMinutes(2), List.of(), script).orFail();
    }

    /** Begins the same, and goes on; the result is what it prints, and fails when the script does. */
    CompletableFuture<String> meanwhile(Duration atMost, String script) {
        return CompletableFuture.supplyAsync(
                () -> run(atMost, List.of(), script).orFail(),
                runnable -> Thread.ofPlatform().daemon().start(runnable));
    }

    /** Runs a script whose end is to be looked at; exit code 124 when it was not done in time. */
    public Shell.Result run(Duration atMost, List<String> options, String script) {
        return exec(atMost, options, "cd " + MOUNT + " 2>/dev/null || cd /\n" + script);
    }

    private Shell.Result exec(Duration atMost, List<String> options, String script) {
        List<String> words = new ArrayList<>(List.of("exec", "--timeout", Long.toString(atMost.toSeconds())));
        words.addAll(options);
        words.addAll(List.of(name, "--", "sh", "-ec", script));
        return lab.script(atMost.plusSeconds(30), words.toArray(String[]::new));
    }

    /** Cuts its power. */
    public void cutPower() {
        lab.script("stop", name, "--hard").orFail();
    }

    /** Tells its systemd to power it off, and waits until its kernel has ended; returns how long that took. */
    public Duration powerOff(Duration atMost) {
        long begin = System.nanoTime();
        // Without a login service there is nobody to tell its users, and systemctl says so.
        exec(Duration.ofMinutes(1), List.of(), "systemctl poweroff 2>/dev/null || true");
        Awaitility.await("the node is off")
                .atMost(atMost)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> lab.script("list").orFail().contains(name + " dead "));
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @Override
    public void close() {
        lab.script("stop", name, "--hard");
    }
}
