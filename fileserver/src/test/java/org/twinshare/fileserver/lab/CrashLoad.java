package org.twinshare.fileserver.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.SetAttributes;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.Timestamp;

/**
 * A program in the network of the server that is about to crash. {@code load} begins to change its tree, {@code stop} ends
 * that, {@code verify} compares the tree with what was acknowledged.
 */
public final class CrashLoad {
    private static final int SHARES = 4;

    private final List<CrashClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Set<Long> verifiers = new HashSet<>();

    private final boolean patient;

    private CrashLoad(long seed, int count, String server, boolean patient) {
        this.patient = patient;
        for (int i = 0; i < count; i++) {
            clients.add(new CrashWorker(server, patient, "worker" + i, seed + i));
        }
        for (int i = 0; i < SHARES; i++) {
            clients.add(new CrashShare(server, patient, i, seed + count + i));
        }
    }

    /**
     * Takes the seed and the number of workers, each of which has a directory and a connection of its own; beside them some
     * write to one file. With the address of a server they go on while that becomes another one.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        boolean patient = arguments.length > 2;
        String server = patient ? arguments[2] : CrashCalls.SERVER;
        CrashLoad load = new CrashLoad(Long.parseLong(arguments[0]), Integer.parseInt(arguments[1]), server, patient);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            switch (command) {
                case "load" -> load.load();
                case "stop" -> load.stop();
                case "verify" -> load.verify();
                case "acknowledged" -> System.out.println(load.acknowledged());
                case "commit" -> load.commit();
                case "ctimes" -> ctimes();
                default -> throw new IllegalArgumentException(command);
            }
            System.out.println(LabProgram.DONE);
        }
    }

    private void load() throws IOException {
        for (CrashClient client : clients) {
            client.connect();
            threads.add(Thread.ofPlatform().start(client));
        }
    }

    private void stop() throws InterruptedException {
        // Of a server that lives on, a call that was cut off may still be carried out while it is looked at.
        clients.forEach(patient ? CrashClient::finish : CrashClient::cut);
        for (Thread thread : threads) {
            thread.join();
        }
        threads.clear();
        if (!patient) {
            checkVerifiers();
        }
        System.out.println(acknowledged());
    }

    private long acknowledged() {
        return clients.stream().mapToLong(CrashClient::acknowledged).sum();
    }

    private void commit() throws IOException {
        for (CrashClient client : clients) {
            client.commitAll();
        }
    }

    private void checkVerifiers() {
        Set<Long> seen = new HashSet<>();
        clients.forEach(client -> seen.addAll(client.verifiers()));
        if (seen.size() != 1) {
            System.out.println("WRONG: " + seen.size() + " write verifiers in one life of the server");
        }
        if (seen.stream().anyMatch(verifiers::contains)) {
            System.out.println("WRONG: the write verifier of an earlier life of the server");
        }
        verifiers.addAll(seen);
    }

    private void verify() throws IOException {
        for (CrashClient client : clients) {
            client.verify().forEach(wrong -> System.out.println("WRONG: " + wrong));
        }
        System.out.println(clients.stream().mapToInt(CrashClient::objects).sum());
    }

    /** Writes back to back; prints how often the ctime rose and how often the wcc data agreed with it. */
    private static void ctimes() throws IOException {
        try (NfsProbe probe = CrashCalls.open()) {
            FileHandle file = probe.create(CrashCalls.export(probe), "ctimes", 0644)
                    .ok()
                    .handle()
                    .orElseThrow();
            Timestamp last = probe.setattr(file, SetAttributes.ofMode(0600))
                    .ok()
                    .after()
                    .orElseThrow()
                    .changed();
            int rose = 0;
            for (int i = 0; i < 1000; i++) {
                Timestamp now = probe.write(file, i, Stability.UNSTABLE, new byte[] {1})
                        .ok()
                        .file()
                        .after()
                        .orElseThrow()
                        .changed();
                rose += now.compareTo(last) > 0 ? 1 : 0;
                last = now;
            }
            System.out.println(rose);
        }
    }
}
