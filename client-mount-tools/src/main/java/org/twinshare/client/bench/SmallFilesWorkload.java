package org.twinshare.client.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.Procedure;
import org.twinshare.client.probe.Stability;

/**
 * What an upload does: CREATE, WRITE until the file is whole, COMMIT; or CREATE and WRITE with FILE_SYNC. One file is one
 * operation, and one that has begun is finished.
 */
final class SmallFilesWorkload implements Workload {
    private static final int LARGEST_WRITE_BYTES = 1 << 20;

    private final BenchSettings settings;
    private final Stability stability;
    private final int fileBytes;
    private final int writeBytes;
    private final List<FileHandle> directories = new ArrayList<>();
    private final List<Uploader> uploaders = new ArrayList<>();

    SmallFilesWorkload(BenchSettings settings, Stability usual) {
        this.settings = settings;
        this.stability = settings.stability().orElse(usual);
        this.fileBytes = Math.toIntExact(settings.fileSizeBytes().orElse(4 << 10));
        this.writeBytes = settings.ioSizeBytes().orElse(Math.min(fileBytes, LARGEST_WRITE_BYTES));
    }

    @Override
    public void prepare(Fixture fixture) throws IOException {
        for (int connection = 0; connection < settings.connections(); connection++) {
            directories.add(fixture.makeDirectory("uploads" + connection));
        }
    }

    @Override
    public Script script(int connection) {
        Uploader uploader = new Uploader(connection);
        uploaders.add(uploader);
        return uploader;
    }

    @Override
    public Map<String, Object> parameters() {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("file_size_bytes", fileBytes);
        parameters.put("io_size_bytes", writeBytes);
        parameters.put("stability", stability.name());
        return parameters;
    }

    @Override
    public boolean isCompound() {
        return true;
    }

    @Override
    public void verify(Fixture fixture, Tally tally) throws IOException {
        for (Uploader uploader : uploaders) {
            for (int each = 0; each < uploader.complete.size(); each++) {
                int number = uploader.complete.get(each);
                FileHandle file = fixture.probe()
                        .lookup(directories.get(uploader.connection), Bytes.of(nameOf(number)))
                        .ok()
                        .handle();
                for (int offset = 0; offset < fileBytes; offset += Fixture.BLOCK_BYTES) {
                    int length = Math.min(Fixture.BLOCK_BYTES, fileBytes - offset);
                    fixture.check(file, new Content.Origin(number, offset, uploader.connection), length, tally);
                }
            }
        }
    }

    private static String nameOf(int number) {
        return "upload" + number;
    }

    /** The file's number names it and its content; the generation is the connection. */
    private final class Uploader implements Script {
        private final int connection;
        private final byte[] directory;
        private final Calls calls = new Calls(settings.target().credential());
        private final Writes writes = new Writes(settings, stability, writeBytes, true);
        private final List<Integer> complete = new ArrayList<>();
        private final byte[][] handles = new byte[settings.depth()][];
        private final int[] numbers = new int[settings.depth()];
        private final int[] written = new int[settings.depth()];
        /** Of the first WRITE to the file. */
        private final long[] verifiers = new long[settings.depth()];

        private final long[] startsNs = new long[settings.depth()];
        private final @Nullable Procedure[] following = new Procedure[settings.depth()];
        private int count;

        Uploader(int connection) {
            this.connection = connection;
            this.directory = directories.get(connection).bytes().toArray();
        }

        @Override
        public @Nullable Procedure next(int slot, Turn turn) {
            if (following[slot] == Procedure.WRITE) {
                Content.Origin begin = new Content.Origin(numbers[slot], written[slot], connection);
                return writes.write(slot, handles[slot], begin, lengthOf(slot), turn);
            }
            if (following[slot] == Procedure.COMMIT) {
                return writes.commit(handles[slot], turn);
            }
            if (!turn.mayBegin()) {
                return null;
            }
            startsNs[slot] = turn.nowNs();
            numbers[slot] = ++count;
            return calls.create(directory, nameOf(count), turn);
        }

        private int lengthOf(int slot) {
            return Math.min(writeBytes, fileBytes - written[slot]);
        }

        @Override
        public void replied(int slot, Reply reply, Turn turn) {
            Script.super.replied(slot, reply, turn);
            following[slot] = null;
            if (!reply.isOk()) {
                return;
            }
            if (reply.procedure() == Procedure.CREATE) {
                created(slot, reply, turn);
                return;
            }
            if (reply.procedure() == Procedure.COMMIT) {
                if (writes.committed(reply, turn) == verifiers[slot]) {
                    finish(slot, turn);
                } else {
                    // Another server, or it has started again: what was not committed may be lost.
                    written[slot] = 0;
                    following[slot] = Procedure.WRITE;
                }
                return;
            }
            int length = lengthOf(slot);
            long verifier = writes.written(reply, length, turn);
            if (written[slot] == 0) {
                verifiers[slot] = verifier;
            } else if (verifier != verifiers[slot]) {
                written[slot] = 0;
                following[slot] = Procedure.WRITE;
                return;
            }
            written[slot] += length;
            if (written[slot] < fileBytes) {
                following[slot] = Procedure.WRITE;
            } else if (writes.needsCommit()) {
                following[slot] = Procedure.COMMIT;
            } else {
                finish(slot, turn);
            }
        }

        private void created(int slot, Reply reply, Turn turn) {
            if (!reply.getBoolean()) {
                turn.tally().wrong("CREATE answered OK without a handle");
                return;
            }
            handles[slot] = reply.getOpaque();
            written[slot] = 0;
            following[slot] = Procedure.WRITE;
        }

        private void finish(int slot, Turn turn) {
            turn.tally().completed(turn.nowNs() - startsNs[slot]);
            if (settings.verify()) {
                complete.add(numbers[slot]);
            }
        }
    }
}
