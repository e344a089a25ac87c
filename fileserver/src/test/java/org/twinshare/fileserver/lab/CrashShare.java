package org.twinshare.fileserver.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.CreateCalls;
import org.twinshare.client.probe.DataCalls;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.SetAttributes;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.UnexpectedStatusException;

/**
 * Writes bytes of its own in a file that others write to as well, one call at a time, until its connection is cut: each WRITE
 * has a greater number, and there must be one then that is no less than the last that is durable.
 */
final class CrashShare implements Runnable {
    private static final int MAX_BYTES = 4096;

    private final int number;
    private final Random random;
    private final CrashCalls calls;
    private final Set<Long> verifiers = new HashSet<>();
    private final List<String> faults = new ArrayList<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private volatile boolean finishing;
    private @Nullable FileHandle file;
    private long durable;
    private long written;
    /** Of the server that took it. */
    private long writtenUnder;

    private long begun;

    /** @param patient goes on with the server that comes, instead of ending with the one that goes */
    CrashShare(String server, boolean patient, int number, long seed) {
        this.number = number;
        random = new Random(seed);
        calls = new CrashCalls(server, patient, "share" + number);
    }

    void connect() throws IOException {
        finishing = false;
        calls.connect();
        verifiers.clear();
        if (file == null) {
            NfsProbe probe = calls.probe();
            CreateCalls.How how = new CreateCalls.How.Unchecked(SetAttributes.ofMode(0666));
            file = probe.create(CrashCalls.export(probe), Bytes.of("shared"), how)
                    .ok()
                    .handle()
                    .orElseThrow();
        }
    }

    void cut() {
        calls.cut();
    }

    /** Ends after the call that is under way, which must be answered. */
    void finish() {
        finishing = true;
    }

    @Override
    public void run() {
        try {
            while (!finishing) {
                switch (random.nextInt(6)) {
                    case 0, 1 -> commit();
                    case 2, 3 -> write(Stability.FILE_SYNC);
                    default -> write(Stability.UNSTABLE);
                }
                acknowledged.incrementAndGet();
            }
        } catch (UnexpectedStatusException e) {
            faults.add("share " + number + ": " + e.getMessage() + ", for a call that should work");
        } catch (IOException expected) {
            // The server is dead, or the connection was cut because it is about to be.
        }
    }

    private FileHandle file() {
        return Objects.requireNonNull(file);
    }

    private long offset() {
        return (long) number * MAX_BYTES;
    }

    private void write(Stability how) throws IOException {
        long value = ++begun;
        ByteBuffer data = ByteBuffer.allocate(Long.BYTES * (1 + random.nextInt(MAX_BYTES / Long.BYTES)));
        while (data.hasRemaining()) {
            data.putLong(value);
        }
        long verifier = calls.call(
                probe -> probe.write(file(), offset(), how, data.array()).ok().verifier());
        verifiers.add(verifier);
        written = value;
        writtenUnder = verifier;
        durable = how == Stability.FILE_SYNC ? value : durable;
    }

    private void commit() throws IOException {
        long verifier = calls.call(probe -> probe.commit(file(), 0, 0).ok().verifier());
        verifiers.add(verifier);
        // Otherwise another server has come, perhaps without what was written to the last one.
        durable = verifier == writtenUnder ? written : durable;
    }

    /** Commits what is written, so that both trees of a pair must be the same. */
    void commitAll() throws IOException {
        calls.connect();
        commit();
        calls.cut();
    }

    long acknowledged() {
        return acknowledged.get();
    }

    /** Write verifiers that were seen since the last connection; one server start has one. */
    Set<Long> verifiers() {
        return verifiers;
    }

    /** Compares with what is there now; returns what is wrong. */
    List<String> verify() throws IOException {
        calls.connect();
        DataCalls.Read read = calls.probe().read(file(), offset(), Long.BYTES).ok();
        calls.cut();
        byte[] bytes = read.data().toArray();
        long value = bytes.length < Long.BYTES ? 0 : ByteBuffer.wrap(bytes).getLong();
        List<String> wrong = new ArrayList<>(faults);
        if (value < durable || value > begun) {
            wrong.add("share %d of the shared file has write %d, and %d of %d are durable"
                    .formatted(number, value, durable, begun));
        }
        faults.clear();
        return wrong;
    }
}
