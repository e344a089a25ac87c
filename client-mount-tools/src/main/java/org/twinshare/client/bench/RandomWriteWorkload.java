package org.twinshare.client.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.Procedure;
import org.twinshare.client.probe.Stability;

/**
 * WRITE of blocks at random places of one file that is there already, UNSTABLE with a COMMIT after every so many, or
 * FILE_SYNC. Every slot has blocks of its own, so that it is known what each must hold in the end.
 */
final class RandomWriteWorkload implements Workload {
    private static final int FILE = 1;

    private final BenchSettings settings;
    private final Stability stability;
    private final int blockBytes;
    private final int blocksPerSlot;
    private final int slots;
    /** How often each block was written; an element is touched by one slot only. */
    private final int[] generations;

    private @Nullable FileHandle file;

    RandomWriteWorkload(BenchSettings settings, Stability usual) {
        this.settings = settings;
        this.stability = settings.stability().orElse(usual);
        this.blockBytes = settings.ioSizeBytes().orElse(4 << 10);
        this.slots = settings.connections() * settings.depth();
        long blocks = settings.fileSizeBytes().orElse(256L << 20) / blockBytes;
        this.blocksPerSlot = Math.toIntExact(Math.max(1, blocks / slots));
        this.generations = new int[blocksPerSlot * slots];
    }

    @Override
    public void prepare(Fixture fixture) throws IOException {
        FileHandle made = fixture.makeFiles(fixture.directory(), "written", 1).getFirst();
        fixture.write(made, FILE, 0, (long) generations.length * blockBytes);
        file = made;
    }

    @Override
    public Script script(int connection) {
        if (file == null) {
            throw new IllegalStateException("not prepared");
        }
        return new Writer(connection, file.bytes().toArray());
    }

    @Override
    public Map<String, Object> parameters() {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("io_size_bytes", blockBytes);
        parameters.put("file_size_bytes", (long) generations.length * blockBytes);
        parameters.put("stability", stability.name());
        if (stability == Stability.UNSTABLE) {
            parameters.put("commit_every", settings.commitEvery());
        }
        return parameters;
    }

    @Override
    public void verify(Fixture fixture, Tally tally) throws IOException {
        if (file == null) {
            return;
        }
        for (int block = 0; block < generations.length; block++) {
            long offset = (long) block * blockBytes;
            fixture.check(file, new Content.Origin(FILE, offset, generations[block]), blockBytes, tally);
        }
    }

    private final class Writer implements Script {
        private final Writes writes = new Writes(settings, stability, blockBytes, false);
        private final byte[] handle;
        private final Dice dice;
        private final int firstSlot;
        private final int[] uncommitted = new int[settings.depth()];

        Writer(int connection, byte[] handle) {
            this.handle = handle;
            this.dice = new Dice(settings.seed() + connection);
            this.firstSlot = connection * settings.depth();
        }

        @Override
        public @Nullable Procedure next(int slot, Turn turn) {
            boolean full = uncommitted[slot] >= settings.commitEvery();
            if (writes.needsCommit() && full) {
                uncommitted[slot] = 0;
                return writes.commit(handle, turn);
            }
            if (!turn.mayBegin()) {
                return null;
            }
            uncommitted[slot]++;
            int block = dice.below(blocksPerSlot) * slots + firstSlot + slot;
            int generation = ++generations[block];
            return writes.write(
                    slot, handle, new Content.Origin(FILE, (long) block * blockBytes, generation), blockBytes, turn);
        }

        @Override
        public void replied(int slot, Reply reply, Turn turn) {
            Script.super.replied(slot, reply, turn);
            if (reply.isOk() && reply.procedure() == Procedure.WRITE) {
                writes.written(reply, blockBytes, turn);
            } else if (reply.isOk()) {
                writes.committed(reply, turn);
            }
        }
    }
}
