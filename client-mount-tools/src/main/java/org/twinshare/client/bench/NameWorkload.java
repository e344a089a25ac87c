package org.twinshare.client.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.Procedure;

/**
 * Workloads that only change names: CREATE, REMOVE, MKDIR with RMDIR, RENAME, in one directory for all connections or in
 * one for each. Every slot has names of its own.
 */
final class NameWorkload implements Workload {
    private static final int FILES = 20_000;

    /** What is done to the names. */
    enum Change {
        CREATE,
        REMOVE,
        MAKE_AND_REMOVE_DIRECTORY,
        RENAME
    }

    private final BenchSettings settings;
    private final Change change;
    private final boolean spread;
    private final int filesPerConnection;
    private final List<FileHandle> directories = new ArrayList<>();

    NameWorkload(BenchSettings settings, Change change, boolean spread) {
        this.settings = settings;
        this.change = change;
        this.spread = spread;
        int wanted = settings.files().orElse(change == Change.REMOVE ? FILES : settings.depth());
        this.filesPerConnection =
                change == Change.REMOVE ? Math.max(1, wanted / settings.connections()) : settings.depth();
    }

    @Override
    public void prepare(Fixture fixture) throws IOException {
        for (int connection = 0; connection < settings.connections(); connection++) {
            FileHandle directory = spread ? fixture.makeDirectory("directory" + connection) : fixture.directory();
            directories.add(directory);
            if (change == Change.REMOVE || change == Change.RENAME) {
                fixture.makeFiles(directory, "c" + connection + ".", filesPerConnection);
            }
        }
    }

    @Override
    public Script script(int connection) {
        return new Changer(connection);
    }

    @Override
    public Map<String, Object> parameters() {
        int count = spread ? settings.connections() : 1;
        return change == Change.REMOVE
                ? Map.of("files", filesPerConnection * settings.connections())
                : Map.of("directories", count);
    }

    @Override
    public boolean isCompound() {
        return change == Change.MAKE_AND_REMOVE_DIRECTORY;
    }

    @Override
    public boolean wantsWarmUp() {
        return change != Change.REMOVE;
    }

    private final class Changer implements Script {
        private final Calls calls = new Calls(settings.target().credential());
        private final byte[] directory;
        private final String prefix;
        private final boolean[] isThere = new boolean[settings.depth()];
        private final boolean[] isMoved = new boolean[settings.depth()];
        private final long[] startsNs = new long[settings.depth()];
        private int count;

        Changer(int connection) {
            directory = directories.get(connection).bytes().toArray();
            prefix = "c" + connection + ".";
        }

        @Override
        public @Nullable Procedure next(int slot, Turn turn) {
            if (isThere[slot]) {
                return calls.named(Procedure.RMDIR, directory, prefix + "d" + slot, turn);
            }
            if ((change == Change.REMOVE && count == filesPerConnection) || !turn.mayBegin()) {
                return null;
            }
            startsNs[slot] = turn.nowNs();
            return switch (change) {
                case CREATE -> calls.create(directory, prefix + "new" + count++, turn);
                case REMOVE -> calls.named(Procedure.REMOVE, directory, prefix + count++, turn);
                case MAKE_AND_REMOVE_DIRECTORY -> calls.makeDirectory(directory, prefix + "d" + slot, turn);
                case RENAME -> rename(slot, turn);
            };
        }

        private Procedure rename(int slot, Turn turn) {
            String here = prefix + slot;
            String there = prefix + "moved" + slot;
            isMoved[slot] = !isMoved[slot];
            return isMoved[slot]
                    ? calls.rename(directory, here, there, turn)
                    : calls.rename(directory, there, here, turn);
        }

        @Override
        public void replied(int slot, Reply reply, Turn turn) {
            Script.super.replied(slot, reply, turn);
            isThere[slot] = reply.procedure() == Procedure.MKDIR && reply.isOk();
            if (reply.procedure() == Procedure.RMDIR) {
                turn.tally().completed(turn.nowNs() - startsNs[slot]);
            }
        }
    }
}
