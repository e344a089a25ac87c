package org.twinshare.fileserver.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.concurrent.atomic.AtomicInteger;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.ListCalls;
import org.twinshare.client.probe.MountReply;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.Target;

/**
 * A program that makes one file after the other and removes the one that is {@link #KEPT} back, so that at every moment the names
 * that are there are in a row. {@code load}, {@code made}, {@code stop}, and {@code names ADDRESS} for those that a server has.
 */
public final class RollingNames {
    static final int KEPT = 50;

    private static final String NAMES = "names ";

    private final AtomicInteger made = new AtomicInteger();
    private volatile boolean stopped;

    private RollingNames() {}

    /** Takes the address of the server. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        RollingNames rolling = new RollingNames();
        Thread thread = Thread.ofPlatform().unstarted(() -> rolling.roll(arguments[0]));
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            if (command.startsWith(NAMES)) {
                names(command.substring(NAMES.length()));
            } else {
                switch (command) {
                    case "load" -> thread.start();
                    case "made" -> System.out.println(rolling.made.get());
                    case "stop" -> {
                        rolling.stopped = true;
                        thread.join();
                    }
                    default -> throw new IllegalArgumentException(command);
                }
            }
            System.out.println(LabProgram.DONE);
        }
    }

    private static NfsProbe connect(String server) throws IOException {
        return NfsProbe.connect(Target.at(server, 2049).as(Credential.of(33, 33)));
    }

    private static FileHandle root(NfsProbe probe) throws IOException {
        return ((MountReply.Mounted) probe.mount("/localData")).handle();
    }

    private static String name(int number) {
        return "f%06d".formatted(number);
    }

    private void roll(String server) {
        try (NfsProbe probe = connect(server)) {
            FileHandle root = root(probe);
            for (int number = 0; !stopped; number++) {
                probe.create(root, name(number), 0644).ok();
                if (number >= KEPT) {
                    probe.remove(root, name(number - KEPT)).ok();
                }
                made.set(number);
            }
        } catch (IOException e) {
            System.out.println("FAILED: " + e);
        }
    }

    private static void names(String server) throws IOException {
        try (NfsProbe probe = connect(server)) {
            ListCalls.Page<ListCalls.Entry> page =
                    probe.readdir(root(probe), 0, 0, 60_000).ok();
            page.entries().stream()
                    .map(ListCalls.Entry::name)
                    .map(Bytes::toString)
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .forEach(System.out::println);
        }
    }
}
