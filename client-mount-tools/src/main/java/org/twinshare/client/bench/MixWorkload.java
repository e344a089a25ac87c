package org.twinshare.client.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.AttributeCalls;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.Procedure;
import org.twinshare.client.probe.Stability;

/**
 * Calls in the proportions of SPECsfs2008's NFSv3 workload (LOOKUP 24 %, READ 18 %, WRITE 10 %, GETATTR 26 %, ...), on
 * files chosen at random. The proportions are SPEC's; sizes and file set are not, so a result is not a SPECsfs result.
 * Reads go to files that nothing writes, so that they can be verified.
 */
final class MixWorkload implements Workload {
    private static final int FIRST_FILE = 1;
    private static final int FILES = 1000;
    private static final int PAGE_BYTES = 8 << 10;

    /** Percent of each procedure; they add up to 100. */
    private enum Share {
        GETATTR(26),
        LOOKUP(24),
        READ(18),
        ACCESS(11),
        WRITE(10),
        SETATTR(4),
        READDIRPLUS(2),
        READLINK(1),
        READDIR(1),
        CREATE(1),
        REMOVE(1),
        FSSTAT(1);

        private final int percent;

        Share(int percent) {
            this.percent = percent;
        }
    }

    private final BenchSettings settings;
    private final Stability stability;
    private final int blockBytes;
    private final int blocks;
    private final int files;
    private final List<byte[]> readFiles = new ArrayList<>();
    private final List<byte[]> writtenFiles = new ArrayList<>();
    private byte[] directory = new byte[0];
    /** Names come and go here, not in the directory that is listed: NFS-Ganesha 4.3 fails such a listing with NOENT. */
    private byte[] changing = new byte[0];

    private byte[] link = new byte[0];

    MixWorkload(BenchSettings settings) {
        this.settings = settings;
        this.stability = settings.stability().orElse(Stability.UNSTABLE);
        this.blockBytes = settings.ioSizeBytes().orElse(8 << 10);
        this.blocks = Math.toIntExact(Math.max(1, settings.fileSizeBytes().orElse(128L << 10) / blockBytes));
        this.files = settings.files().orElse(FILES);
    }

    @Override
    public void prepare(Fixture fixture) throws IOException {
        FileHandle parent = fixture.makeDirectory("mix");
        directory = parent.bytes().toArray();
        changing = fixture.makeDirectory("changing").bytes().toArray();
        link = fixture.makeLink("link", "mix/read0").bytes().toArray();
        for (FileHandle each : fixture.makeFiles(parent, "read", files)) {
            fixture.write(each, FIRST_FILE + readFiles.size(), 0, (long) blocks * blockBytes);
            readFiles.add(each.bytes().toArray());
        }
        for (FileHandle each : fixture.makeFiles(parent, "written", settings.connections())) {
            writtenFiles.add(each.bytes().toArray());
        }
    }

    @Override
    public Script script(int connection) {
        return new Mixer(connection);
    }

    @Override
    public Map<String, Object> parameters() {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("files", files);
        parameters.put("file_size_bytes", (long) blocks * blockBytes);
        parameters.put("io_size_bytes", blockBytes);
        parameters.put("stability", stability.name());
        return parameters;
    }

    private final class Mixer implements Script {
        private final int connection;
        private final Calls calls = new Calls(settings.target().credential());
        private final Writes writes = new Writes(settings, stability, blockBytes, false);
        private final Dice dice;
        private final Share[] deck = new Share[100];
        private final int[] fileOfSlot = new int[settings.depth()];
        private final long[] offsetOfSlot = new long[settings.depth()];
        private final String[] nameOfSlot = new String[settings.depth()];
        private final ArrayDeque<String> created = new ArrayDeque<>();
        private int count;

        Mixer(int connection) {
            this.connection = connection;
            this.dice = new Dice(settings.seed() + connection);
            int card = 0;
            for (Share share : Share.values()) {
                for (int each = 0; each < share.percent; each++) {
                    deck[card++] = share;
                }
            }
        }

        @Override
        public @Nullable Procedure next(int slot, Turn turn) {
            if (!turn.mayBegin()) {
                return null;
            }
            int file = dice.below(files);
            fileOfSlot[slot] = file;
            offsetOfSlot[slot] = (long) dice.below(blocks) * blockBytes;
            byte[] handle = readFiles.get(file);
            return switch (deck[dice.below(deck.length)]) {
                case GETATTR -> calls.about(Procedure.GETATTR, handle, turn);
                case LOOKUP -> calls.named(Procedure.LOOKUP, directory, "read" + file, turn);
                case READ -> calls.read(handle, offsetOfSlot[slot], blockBytes, turn);
                case ACCESS -> calls.access(handle, AttributeCalls.Access.ALL, turn);
                case WRITE -> write(slot, turn);
                case SETATTR -> calls.setMode(handle, 0644, turn);
                case READDIRPLUS -> calls.list(Procedure.READDIRPLUS, directory, 0, 0, PAGE_BYTES, turn);
                case READLINK -> calls.about(Procedure.READLINK, link, turn);
                case READDIR -> calls.list(Procedure.READDIR, directory, 0, 0, PAGE_BYTES, turn);
                case CREATE -> create(slot, turn);
                case REMOVE ->
                    created.isEmpty()
                            ? create(slot, turn)
                            : calls.named(Procedure.REMOVE, changing, created.remove(), turn);
                case FSSTAT -> calls.about(Procedure.FSSTAT, directory, turn);
            };
        }

        private Procedure write(int slot, Turn turn) {
            byte[] handle = writtenFiles.get(connection);
            Content.Origin begin = new Content.Origin(FIRST_FILE + files + connection, offsetOfSlot[slot], 0);
            return writes.write(slot, handle, begin, blockBytes, turn);
        }

        private Procedure create(int slot, Turn turn) {
            nameOfSlot[slot] = "new" + connection + "." + count++;
            return calls.create(changing, nameOfSlot[slot], turn);
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
            if (reply.procedure() == Procedure.CREATE) {
                created.add(nameOfSlot[slot]);
            } else if (reply.procedure() == Procedure.WRITE) {
                writes.written(reply, blockBytes, turn);
            } else if (reply.procedure() == Procedure.READ) {
                turn.tally().moved(reply.readBytes());
            }
        }
    }
}
