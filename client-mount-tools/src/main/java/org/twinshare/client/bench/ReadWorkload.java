package org.twinshare.client.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.Procedure;

/**
 * READ of files that were written before: blocks at random, or each connection from the beginning of its file to the end
 * and again. A READ that gives less than the whole block is wrong.
 */
final class ReadWorkload implements Workload {
    private static final int FIRST_FILE = 1;

    private final BenchSettings settings;
    private final boolean random;
    private final int blockBytes;
    private final int blocks;
    private final int files;
    private byte[][] handles = new byte[0][];

    ReadWorkload(BenchSettings settings, boolean random) {
        this.settings = settings;
        this.random = random;
        this.blockBytes = settings.ioSizeBytes().orElse(random ? 4 << 10 : 1 << 20);
        this.blocks = Math.toIntExact(Math.max(1, settings.fileSizeBytes().orElse(256L << 20) / blockBytes));
        this.files = settings.files().orElse(1);
    }

    @Override
    public void prepare(Fixture fixture) throws IOException {
        List<FileHandle> made = fixture.makeFiles(fixture.directory(), "read", files);
        handles = new byte[files][];
        for (int each = 0; each < files; each++) {
            fixture.write(made.get(each), FIRST_FILE + each, 0, (long) blocks * blockBytes);
            handles[each] = made.get(each).bytes().toArray();
        }
    }

    @Override
    public Script script(int connection) {
        return new Reader(connection);
    }

    @Override
    public Map<String, Object> parameters() {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("io_size_bytes", blockBytes);
        parameters.put("file_size_bytes", (long) blocks * blockBytes);
        parameters.put("files", files);
        return parameters;
    }

    private final class Reader implements Script {
        private final Calls calls = new Calls(settings.target().credential());
        private final Dice dice;
        private final int[] fileOfSlot = new int[settings.depth()];
        private final long[] offsetOfSlot = new long[settings.depth()];
        private final int ownFile;
        private int nextBlock;

        Reader(int connection) {
            dice = new Dice(settings.seed() + connection);
            ownFile = connection % files;
        }

        @Override
        public @Nullable Procedure next(int slot, Turn turn) {
            if (!turn.mayBegin()) {
                return null;
            }
            int file = random ? dice.below(files) : ownFile;
            int block = random ? dice.below(blocks) : nextBlock;
            nextBlock = nextBlock + 1 == blocks ? 0 : nextBlock + 1;
            fileOfSlot[slot] = file;
            offsetOfSlot[slot] = (long) block * blockBytes;
            return calls.read(handles[file], offsetOfSlot[slot], blockBytes, turn);
        }

        @Override
        public void data(int slot, int position, ByteBuffer buffer, int start, int lengthBytes, Turn turn) {
            if (settings.verify()) {
                Content.Origin begin =
                        new Content.Origin(FIRST_FILE + fileOfSlot[slot], offsetOfSlot[slot] + position, 0);
                Content.check(buffer, start, begin, lengthBytes).ifPresent(turn.tally()::wrong);
            }
        }

        @Override
        public void replied(int slot, Reply reply, Turn turn) {
            Script.super.replied(slot, reply, turn);
            if (!reply.isOk()) {
                return;
            }
            turn.tally().moved(reply.readBytes());
            if (reply.readBytes() != blockBytes) {
                turn.tally()
                        .wrong("READ of " + blockBytes + " bytes at offset " + offsetOfSlot[slot] + " gave "
                                + reply.readBytes());
            }
        }
    }
}
