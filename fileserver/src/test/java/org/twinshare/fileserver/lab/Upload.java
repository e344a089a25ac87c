package org.twinshare.fileserver.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.Target;

/**
 * A program on a web node: {@code upload NAME MIB} writes a file and commits it, {@code begin NAME MIB} leaves it uncommitted. Either
 * says how many milliseconds that took.
 */
public final class Upload {
    private static final int CHUNK = 1 << 20;

    private Upload() {}

    /** Takes the address of the server. */
    public static void main(String[] arguments) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            String[] words = command.split(" ", 3);
            long begin = System.nanoTime();
            write(arguments[0], words[1], Integer.parseInt(words[2]), words[0].equals("upload"));
            System.out.println((System.nanoTime() - begin) / 1_000_000);
            System.out.println(LabProgram.DONE);
        }
    }

    private static void write(String server, String name, int mebibytes, boolean commits) throws IOException {
        Target target = Target.at(server, 2049).as(Credential.of(33, 33)).timeout(Duration.ofMinutes(2));
        try (NfsProbe probe = NfsProbe.connect(target)) {
            FileHandle file = probe.create(CrashCalls.export(probe), name, 0644)
                    .ok()
                    .handle()
                    .orElseThrow();
            byte[] bytes = new byte[CHUNK];
            Random random = new Random(name.hashCode());
            for (int i = 0; i < mebibytes; i++) {
                random.nextBytes(bytes);
                probe.write(file, (long) i * CHUNK, Stability.UNSTABLE, bytes).ok();
            }
            if (commits) {
                probe.commit(file, 0, 0).ok();
            }
        }
    }
}
