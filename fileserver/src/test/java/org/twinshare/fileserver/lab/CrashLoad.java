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

    private final List<CrashWorker> workers = new ArrayList<>();
    private final List<CrashShare> shares = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Set<Long> verifiers = new HashSet<>();

    private final boolean patient;

    private CrashLoad(long seed, int count, String server, boolean patient) {
        this.patient = patient;
        for (int i = 0; i < count; i++) {
            workers.add(new CrashWorker(server, patient, "worker" + i, seed + i));
        }
        for (int i = 0; i < SHARES; i++) {
            shares.add(new CrashShare(server, patient, i, seed + count + i));
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
        for (CrashWorker worker : workers) {
            worker.connect();
            threads.add(Thread.ofPlatform().start(worker));
        }
        for (CrashShare share : shares) {
            share.connect();
            threads.add(Thread.ofPlatform().start(share));
        }
    }

    private void stop() throws InterruptedException {
        // Of a server that lives on, a call that was cut off may still be carried out while it is looked at.
        workers.forEach(patient ? CrashWorker::finish : CrashWorker::cut);
        shares.forEach(patient ? CrashShare::finish : CrashShare::cut);
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
        return workers.stream().mapToLong(CrashWorker::acknowledged).sum()
                + shares.stream().mapToLong(CrashShare::acknowledged).sum();
    }

    private void commit() throws IOException {
        for (CrashWorker worker : workers) {
            worker.commitAll();
        }
        for (CrashShare share : shares) {
            share.commitAll();
        }
    }

    private void checkVerifiers() {
        Set<Long> seen = new HashSet<>();
        workers.forEach(worker -> seen.addAll(worker.verifiers()));
        shares.forEach(share -> seen.addAll(share.verifiers()));
        if (seen.size() != 1) {
            System.out.println("WRONG: " + seen.size() + " write verifiers in one life of the server");
        }
        if (seen.stream().anyMatch(verifiers::contains)) {
            System.out.println("WRONG: the write verifier of an earlier life of the server");
        }
        verifiers.addAll(seen);
    }

    private void verify() throws IOException {
        for (CrashWorker worker : workers) {
            worker.verify().forEach(wrong -> System.out.println("WRONG: " + wrong));
        }
        for (CrashShare share : shares) {
            share.verify().forEach(wrong -> System.out.println("WRONG: " + wrong));
        }
        System.out.println(workers.stream().mapToInt(CrashWorker::objects).sum());
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
