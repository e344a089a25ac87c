package org.twinshare.client.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.Procedure;
import org.twinshare.client.probe.Stability;

/**
 * Every connection writes its file from the beginning to the end, then one COMMIT, then again: one pass is one operation,
 * and a pass that has begun is finished. The file is empty at first, or full and in the server's cache.
 */
final class SequentialWriteWorkload implements Workload {
    private static final int FIRST_FILE = 1;

    private final BenchSettings settings;
    private final boolean overwrite;
    private final Stability stability;
    private final int blockBytes;
    private final int blocks;
    private final List<FileHandle> files = new ArrayList<>();
    private final int[] passOfFile;

    SequentialWriteWorkload(BenchSettings settings, boolean overwrite) {
        this.settings = settings;
        this.overwrite = overwrite;
        this.stability = settings.stability().orElse(Stability.UNSTABLE);
        this.blockBytes = settings.ioSizeBytes().orElse(1 << 20);
        long sizeBytes = settings.fileSizeBytes().orElse(overwrite ? 1L << 30 : 256L << 20);
        this.blocks = Math.toIntExact(Math.max(1, sizeBytes / blockBytes));
        this.passOfFile = new int[settings.connections()];
    }

    @Override
    public void prepare(Fixture fixture) throws IOException {
        files.addAll(fixture.makeFiles(fixture.directory(), "pass", passOfFile.length));
        for (int each = 0; overwrite && each < passOfFile.length; each++) {
            fixture.write(files.get(each), FIRST_FILE + each, 0, (long) blocks * blockBytes);
        }
    }

    @Override
    public Script script(int connection) {
        return new Writer(connection);
    }

    @Override
    public Map<String, Object> parameters() {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("io_size_bytes", blockBytes);
        parameters.put("file_size_bytes", (long) blocks * blockBytes);
        parameters.put("stability", stability.name());
        return parameters;
    }

    @Override
    public boolean isCompound() {
        return true;
    }

    /** A pass before measuring would make an overwrite of the first write. */
    @Override
    public boolean wantsWarmUp() {
        return false;
    }

    @Override
    public void verify(Fixture fixture, Tally tally) throws IOException {
        for (int each = 0; each < passOfFile.length; each++) {
            for (int block = 0; block < blocks; block++) {
                long offset = (long) block * blockBytes;
                Content.Origin begin = new Content.Origin(FIRST_FILE + each, offset, passOfFile[each]);
                fixture.check(files.get(each), begin, blockBytes, tally);
            }
        }
    }

    private final class Writer implements Script {
        private final int file;
        private final byte[] handle;
        private final Writes writes = new Writes(settings, stability, blockBytes, false);
        private long startNs;
        private int nextBlock = blocks;
        private int unanswered;
        private boolean committing = true;

        Writer(int connection) {
            file = connection;
            handle = files.get(connection).bytes().toArray();
        }

        @Override
        public @Nullable Procedure next(int slot, Turn turn) {
            if (nextBlock < blocks) {
                return write(slot, turn);
            }
            if (unanswered > 0) {
                return null;
            }
            if (!committing && writes.needsCommit()) {
                committing = true;
                unanswered++;
                return writes.commit(handle, turn);
            }
            if (!turn.mayBegin()) {
                return null;
            }
            startNs = turn.nowNs();
            nextBlock = 0;
            committing = false;
            passOfFile[file]++;
            return write(slot, turn);
        }

        private Procedure write(int slot, Turn turn) {
            unanswered++;
            long offset = (long) nextBlock++ * blockBytes;
            Content.Origin begin = new Content.Origin(FIRST_FILE + file, offset, passOfFile[file]);
            return writes.write(slot, handle, begin, blockBytes, turn);
        }

        @Override
        public void replied(int slot, Reply reply, Turn turn) {
            Script.super.replied(slot, reply, turn);
            unanswered--;
            if (reply.isOk() && reply.procedure() == Procedure.WRITE) {
                writes.written(reply, blockBytes, turn);
            } else if (reply.isOk()) {
                writes.committed(reply, turn);
            }
            boolean complete = nextBlock == blocks && unanswered == 0 && (committing || !writes.needsCommit());
            if (complete) {
                turn.tally().completed(turn.nowNs() - startNs);
            }
        }
    }
}
