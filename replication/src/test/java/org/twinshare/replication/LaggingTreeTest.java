package org.twinshare.replication;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.identity.ClusterKey;
import org.twinshare.filestore.identity.Mark;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalReader;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;

/**
 * The journal of a random history, carried out by a recovery on a tree that has only a part of it, as after a system crash and
 * in catching up: the tree is that of the model. The recovery is killed too, and begins anew.
 */
class LaggingTreeTest {
    private static final int HISTORIES = Integer.getInteger("histories", 50);
    /** What a write holds is in the journal, so that the other tree can have it. */
    private static final History.Kind KIND = new History.Kind(false, false, 40);

    /** So that the journal tells the times of the root of both trees. */
    private static final History FIRST = new History(
            List.of(new History.Event(new Act.MakeDirectory("first", 0755), History.Event.NEVER, List.of())));

    /** Ends a recovery. */
    private static final class Killed extends RuntimeException {
        private Killed() {
            super(null, null, false, false);
        }
    }

    @Test
    void whateverTheTreeHasOfTheJournalItHasAllOfItAfterwards() {
        ManyHistories.play(KIND, HISTORIES, LaggingTreeTest::failure);
    }

    static @Nullable Throwable failure(History history) {
        try (Playing playing = new Playing()) {
            Path copy = Served.temporary();
            try {
                follow(playing, history, copy);
                return null;
            } finally {
                Served.delete(copy);
            }
        } catch (Exception | AssertionError e) {
            return e;
        }
    }

    /** The other tree is there before anything happens, because its root has to be older than every record. */
    private static void follow(Playing playing, History history, Path copy) throws Exception {
        Path export = Files.createDirectory(copy.resolve("export"));
        Files.setPosixFilePermissions(export, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path state = Files.createDirectory(copy.resolve("state"));
        Files.copy(playing.state().resolve("cluster.key"), state.resolve("cluster.key"));
        try (LocalTree tree = open(state)) {
            long unusedRoot = tree.bind(export.toString().getBytes(UTF_8), false);
        }
        playing.play(FIRST);
        playing.play(history);
        playing.commitAll();
        playing.served().tree.checkpoint();
        Path journal = copy.resolve("journal");
        KilledServer.copyState(playing.state().resolve("journal"), journal);
        Random random = new Random(history.toString().hashCode());
        Path index = copy.resolve("state-at-checkpoint");
        build(export, state, index, records(journal, playing.served().local.clusterId()), random);
        KilledServer.copyState(journal, index.resolve("journal"));
        int kills = random.nextInt(4);
        compare(playing, export, recovered(export, index, random, kills), kills > 0);
    }

    private record Written(long sequence, long timeNs, Entry entry) {}

    private static List<Written> records(Path journal, long cluster) throws Exception {
        List<Written> records = new ArrayList<>();
        Path copy = journal.resolveSibling("journal-to-read");
        KilledServer.copyState(journal, copy);
        try (Journal open = Journal.open(copy, Served.SETTINGS.journal(), InstantSource.system(), cluster, 0);
                JournalReader reader = open.read(1)) {
            for (JournalRecord record = reader.next(); record != null; record = reader.next()) {
                records.add(new Written(record.sequence(), record.timeNs(), EntryCodec.decode(record)));
            }
        }
        return records;
    }

    /** A tree that has everything up to a checkpoint, and of the rest a part. */
    private static void build(Path export, Path state, Path index, List<Written> records, Random random)
            throws Exception {
        int checkpoint = random.nextInt(3) == 0 ? 0 : random.nextInt(records.size() + 1);
        int has = checkpoint + random.nextInt(records.size() - checkpoint + 1);
        double chance = random.nextBoolean() ? 1 : random.nextDouble();
        try (LocalTree tree = open(state)) {
            long unusedRoot = tree.bind(export.toString().getBytes(UTF_8), false);
            for (Written record : records.subList(0, checkpoint)) {
                carryOut(tree, record);
            }
            long position = checkpoint == 0 ? 0 : records.get(checkpoint - 1).sequence;
            tree.checkpoint(Map.of(
                    "checkpoint",
                    ByteBuffer.allocate(Long.BYTES).putLong(position).array()));
            KilledServer.copyState(state, index);
            Change.@Nullable Made lastMade = null;
            for (Written record : records.subList(checkpoint, has)) {
                if (random.nextDouble() < chance) {
                    try {
                        carryOut(tree, record);
                        lastMade = made(record);
                    } catch (ErrnoException e) {
                        // It rests on one that was left out.
                    }
                }
            }
            if (lastMade != null && random.nextBoolean()) {
                takeMark(export, lastMade);
            }
        }
    }

    private static Change.@Nullable Made made(Written record) {
        return record.entry instanceof Entry.Changed changed && changed.change() instanceof Change.Made made
                ? made
                : null;
    }

    /** What has no name before its mark is not marked yet, if the crash came between the two. */
    private static void takeMark(Path export, Change.Made made) throws Exception {
        if (made.type() == FileType.REGULAR) {
            return;
        }
        List<Path> all;
        try (Stream<Path> below = Files.walk(export)) {
            all = below.toList();
        }
        for (Path path : all) {
            if (made.object() == markedAs(path)) {
                Process setfattr = new ProcessBuilder("setfattr", "-h", "-x", Mark.ATTRIBUTE, path.toString())
                        .inheritIO()
                        .start();
                if (setfattr.waitFor() != 0) {
                    throw new AssertionError("cannot take the mark of " + path);
                }
            }
        }
    }

    private static long markedAs(Path path) throws ErrnoException {
        int fd = Posix.openat(Posix.AT_FDCWD, path.toString().getBytes(UTF_8), OpenFlags.O_PATH, 0);
        try {
            Mark mark = Mark.of(fd);
            return mark == null ? 0 : mark.id();
        } finally {
            Posix.close(fd);
        }
    }

    private static LocalTree open(Path state) throws Exception {
        return LocalTree.open(
                state, ClusterKey.in(state), new LocalTree.Limits(1000, 200, 1 << 20), InstantSource.system());
    }

    private static void carryOut(LocalTree tree, Written record) throws ErrnoException {
        if (record.entry instanceof Entry.Changed changed) {
            Object unused = tree.apply(changed.change());
        }
        if (record.entry instanceof Entry.Committed committed) {
            for (Entry.Range range : committed.ranges()) {
                Object unused = tree.apply(new Change.Written(
                        committed.modifyNs(),
                        committed.object(),
                        range.offsetBytes(),
                        range.data(),
                        Stability.FILE_SYNC,
                        Change.KEEP));
            }
        }
    }

    private static Served recovered(Path export, Path state, Random random, int kills) throws Exception {
        for (int kill = kills; kill > 0; kill--) {
            int[] left = {random.nextInt(1 + random.nextInt(30))};
            Path before = state.resolveSibling("saved" + kill);
            KilledServer.copyState(state, before);
            try (Served unused = Served.open(export, state, Served.SETTINGS, step -> {
                if (step.compareTo(Step.RECOVERING) >= 0 && left[0]-- == 0) {
                    throw new Killed();
                }
            })) {
                // The recovery had fewer steps than that, and has made its checkpoint.
            } catch (Killed e) {
                Served.delete(state);
                Files.move(before, state);
            }
        }
        return Served.open(export, state, Served.SETTINGS, step -> {});
    }

    private static void compare(Playing playing, Path export, Served served, boolean killed) {
        // A recovery that was killed had its directory in the root, whose ctime does not tell why it moved.
        Model expected = playing.model().copy();
        expected.root.hot |= killed;
        try (served) {
            String differences = new Comparison(
                            served.tree, export, served.root, new Model.Effect(null, null, Set.of(), Set.of()))
                    .differences(expected);
            if (!differences.isEmpty()) {
                throw new AssertionError("the tree that followed:\n" + differences);
            }
        }
    }
}
