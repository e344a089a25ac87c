package org.twinshare.fileserver.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.CreateCalls;
import org.twinshare.client.probe.DataCalls;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.SetAttributes;
import org.twinshare.client.probe.Stability;

/**
 * Writes bytes of its own in a file that others write to as well: each WRITE has a greater number, and in the end there must be
 * one that is no less than the last that is durable.
 */
final class CrashShare extends CrashClient {
    private static final int MAX_BYTES = 4096;

    private final int number;
    private final Random random;
    private @Nullable FileHandle file;
    private long durable;
    private long written;
    /** Of the server that took it. */
    private long writtenUnder;

    private long begun;

    CrashShare(String server, boolean patient, int number, long seed) {
        super("share" + number, server, patient);
        this.number = number;
        random = new Random(seed);
    }

    @Override
    void connect() throws IOException {
        super.connect();
        if (file == null) {
            NfsProbe probe = calls.probe();
            CreateCalls.How how = new CreateCalls.How.Unchecked(SetAttributes.ofMode(0666));
            file = probe.create(CrashCalls.export(probe), Bytes.of("shared"), how)
                    .ok()
                    .handle()
                    .orElseThrow();
        }
    }

    @Override
    void step() throws IOException {
        switch (random.nextInt(6)) {
            case 0, 1 -> commit();
            case 2, 3 -> write(Stability.FILE_SYNC);
            default -> write(Stability.UNSTABLE);
        }
        acknowledge();
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
        saw(verifier);
        written = value;
        writtenUnder = verifier;
        durable = how == Stability.FILE_SYNC ? value : durable;
    }

    @Override
    void commit() throws IOException {
        long verifier = calls.call(probe -> probe.commit(file(), 0, 0).ok().verifier());
        saw(verifier);
        // Otherwise another server has come, perhaps without what was written to the last one.
        durable = verifier == writtenUnder ? written : durable;
    }

    @Override
    List<String> compare() throws IOException {
        DataCalls.Read read = calls.probe().read(file(), offset(), Long.BYTES).ok();
        byte[] bytes = read.data().toArray();
        long value = bytes.length < Long.BYTES ? 0 : ByteBuffer.wrap(bytes).getLong();
        return value >= durable && value <= begun
                ? List.of()
                : List.of(" has write %d, and %d of %d are durable".formatted(value, durable, begun));
    }

    @Override
    int objects() {
        return 0;
    }
}
