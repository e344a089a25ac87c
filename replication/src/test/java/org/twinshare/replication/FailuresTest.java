package org.twinshare.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.TreeFailed;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalReader;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;

/** Changes that are in the journal and cannot be carried out, and disks that are full or fail. */
class FailuresTest extends OwnTree {
    private final List<Path> mounts = new ArrayList<>();

    @AfterEach
    void unmount() throws Exception {
        for (Path mount : mounts.reversed()) {
            run("umount", "-l", mount.toString());
        }
    }

    private void mount(Path at, String... how) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("mount"));
        command.addAll(List.of(how));
        command.add(at.toString());
        Assumptions.assumeTrue(run(command.toArray(String[]::new)) == 0, "cannot mount here");
        mounts.add(at);
    }

    private Served open(Step.Listener steps) throws Exception {
        return Served.open(export, state, Served.SETTINGS, steps);
    }

    private long file(Served served, String name) {
        Outcome outcome = served.tree.change(call(), create(served, name));
        assertThat(outcome.error()).isNull();
        return outcome.object();
    }

    private Outcome write(Served served, long file, long offset, int bytes, Stability stability) {
        ByteBuffer data = ByteBuffer.allocateDirect(bytes);
        return served.tree.change(call(), new Operation.Write(served.admin, file, offset, data, stability));
    }

    @Test
    void aNameThatALocalProcessTakesMeanwhileFailsTheCallAndItsRetransmissionAfterARestart() throws Exception {
        CallId call = call();
        Served served = open(meanwhile(() -> Files.writeString(export.resolve("taken"), "local")));
        try (served) {
            assertThat(served.tree.change(call, create(served, "taken")).error())
                    .isEqualTo(Errno.EEXIST);
            state = killed("after");
        }
        try (Served again = open(step -> {})) {
            @Nullable Outcome outcome = again.tree.outcomeOf(call);
            assertThat(Objects.requireNonNull(outcome).error()).isEqualTo(Errno.EEXIST);
            assertThat(export.resolve("taken")).hasContent("local");
            assertThat(again.tree
                            .lookup(again.admin, again.root, Name.of("taken"))
                            .object()
                            .sizeBytes())
                    .isEqualTo(5);
        }
    }

    /** Runs once, when a change is durable and not carried out yet. */
    private static Step.Listener meanwhile(Callable<?> local) {
        AtomicBoolean done = new AtomicBoolean();
        return step -> {
            if (step == Step.DURABLE && done.compareAndSet(false, true)) {
                try {
                    Object unused = local.call();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    private static Operation open(Served served, String name) {
        SetAttributes wanted = new SetAttributes(0644, null, null, null, null, null);
        return new Operation.Create(
                served.admin, served.root, Name.of(name), Operation.CreateMode.UNCHECKED, wanted, 0);
    }

    @Test
    void whoOpensANameThatALocalProcessTakesMeanwhileHasThatFile() throws Exception {
        CallId call = call();
        try (Served served = open(meanwhile(() -> Files.writeString(export.resolve("taken"), "local")))) {
            Outcome outcome = served.tree.change(call, open(served, "taken"));
            assertThat(outcome.error()).isNull();
            assertThat(Objects.requireNonNull(outcome.attributes()).sizeBytes()).isEqualTo(5);
            state = killed("after");
        }
        try (Served again = open(step -> {})) {
            // The call sent once more is not told the error that it would have had.
            assertThat(again.tree.outcomeOf(call)).isNull();
            assertThat(again.tree.change(call, open(again, "taken")).error()).isNull();
            assertThat(export.resolve("taken")).hasContent("local");
        }
    }

    /** The state as it is now. */
    private Path killed(String name) throws IOException {
        Path copy = base.resolve(name);
        KilledServer.copyState(state, copy);
        return copy;
    }

    @Test
    void aDirectoryThatMayNotBeChangedFailsTheCallAndNotTheServer() throws Exception {
        Path disk = Files.createDirectories(Path.of("target", "trees").toAbsolutePath());
        export = Files.createTempDirectory(disk, "immutable");
        try (Served served = open(step -> {})) {
            Assumptions.assumeTrue(run("chattr", "+i", export.toString()) == 0, "no immutable directories here");
            CallId call = call();
            assertThat(served.tree.change(call, create(served, "refused")).error())
                    .isEqualTo(Errno.EPERM);
            state = killed("after");
            try (Served again = open(step -> {})) {
                @Nullable Outcome outcome = again.tree.outcomeOf(call);
                assertThat(Objects.requireNonNull(outcome).error()).isEqualTo(Errno.EPERM);
            }
            assertThat(run("chattr", "-i", export.toString())).isZero();
            assertThat(file(served, "taken")).isPositive();
        } finally {
            run("chattr", "-i", export.toString());
            Served.delete(export);
        }
    }

    @Test
    void aFullDiskFailsWhatDoesNotFitAndLosesNothing() throws Exception {
        mount(export, "-t", "tmpfs", "-o", "size=256k", "twinshare-test");
        long file;
        try (Served served = open(step -> {})) {
            file = file(served, "file");
            @Nullable Errno error = null;
            int written = 0;
            while (error == null && written < 1024) {
                error = write(served, file, written * 4096L, 200, Stability.FILE_SYNC)
                        .error();
                written += error == null ? 1 : 0;
            }
            assertThat(error).isEqualTo(Errno.ENOSPC);
            assertThat(written).isPositive();
            assertThat(write(served, file, 0, 200, Stability.FILE_SYNC).error()).isNull();
            state = killed("after");
        }
        try (Served again = open(step -> {})) {
            assertThat(again.tree.attributes(again.admin, file).id()).isEqualTo(file);
            assertThat(again.tree
                            .change(call(), new Operation.Remove(again.admin, again.root, Name.of("file")))
                            .error())
                    .isNull();
            assertThat(write(again, file(again, "next"), 0, 200, Stability.FILE_SYNC)
                            .error())
                    .isNull();
        }
    }

    @Test
    void whereNoInodeIsLeftNothingIsMadeAlsoNotByTheNextStart() throws Exception {
        mount(export, "-t", "tmpfs", "-o", "nr_inodes=20", "twinshare-test");
        int made = 0;
        try (Served served = open(step -> {})) {
            @Nullable Errno error = null;
            while (error == null && made < 100) {
                error = served.tree.change(call(), create(served, "f" + made)).error();
                made += error == null ? 1 : 0;
            }
            assertThat(error).isEqualTo(Errno.ENOSPC);
            state = killed("after");
        }
        try (Served again = open(step -> {});
                var names = Files.list(export)) {
            assertThat(names).hasSize(made);
            assertThat(again.tree
                            .change(call(), new Operation.Remove(again.admin, again.root, Name.of("f0")))
                            .error())
                    .isNull();
            assertThat(file(again, "again")).isPositive();
        }
    }

    /** The journal is on a disk of its own of this size. */
    private Path journalDisk(String size) throws Exception {
        Path memory = Files.createDirectory(state.resolve("journal"));
        mount(memory, "-t", "tmpfs", "-o", "size=" + size, "twinshare-test");
        return memory;
    }

    @Test
    void aJournalWithoutRoomLetsClientsComeAgainAndGoesOnWhenThereIsSome() throws Exception {
        Path memory = journalDisk("12k");
        try (Served served = open(step -> {})) {
            long file = file(served, "file");
            @Nullable Errno error = null;
            for (int i = 0; error == null && i < 5000; i++) {
                error = write(served, file, i * 200L, 200, Stability.FILE_SYNC).error();
            }
            assertThat(error).isEqualTo(Errno.TRY_LATER);
            assertThat(run("mount", "-o", "remount,size=4m", memory.toString())).isZero();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() ->
                            write(served, file, 0, 200, Stability.FILE_SYNC).error() == null);
        }
    }

    /** What was released is used again at once, and nobody is told to come again. */
    @Test
    void aJournalWhoseDiskIsFullGoesOnInTheSegmentsThatItHas() throws Exception {
        Path unused = journalDisk("200k");
        try (Served served = open(step -> {})) {
            long file = file(served, "file");
            for (int i = 0; i < 3000; i++) {
                assertThat(write(served, file, i * 200L, 200, Stability.FILE_SYNC)
                                .error())
                        .as("%d", i)
                        .isNull();
            }
        }
    }

    /** An ext4 in a file of a memory disk that is too small for it: what the cache took cannot be written out. */
    @Test
    void aCheckpointThatFailsStopsTheServerAndWhatWasAcknowledgedIsInTheJournal() throws Exception {
        Path memory = Files.createDirectory(base.resolve("memory"));
        mount(memory, "-t", "tmpfs", "-o", "size=8m", "twinshare-test");
        Path image = memory.resolve("disk.img");
        try (RandomAccessFile disk = new RandomAccessFile(image.toFile(), "rw")) {
            disk.setLength(64L << 20);
        }
        Assumptions.assumeTrue(run("mkfs.ext4", "-q", "-F", "-O", "^has_journal", image.toString()) == 0);
        mount(export, "-o", "loop", image.toString());
        CallId made = call();
        Served served = open(step -> {});
        try (served) {
            long file = served.tree.change(made, create(served, "file")).object();
            for (int i = 0; i < 24; i++) {
                assertThat(write(served, file, (long) i << 20, 1 << 20, Stability.UNSTABLE)
                                .error())
                        .isNull();
            }
            served.tree.checkpoint();

            assertThatThrownBy(() -> served.tree.change(call(), create(served, "more")))
                    .isInstanceOf(TreeFailed.class);
            assertThat(export.resolve("more")).doesNotExist();
        }
        try (Journal journal = Journal.open(
                        state.resolve("journal"),
                        Served.SETTINGS.journal(),
                        InstantSource.system(),
                        served.local.clusterId(),
                        0);
                JournalReader reader = journal.read(1)) {
            List<CallId> calls = new ArrayList<>();
            for (JournalRecord record = reader.next(); record != null; record = reader.next()) {
                if (EntryCodec.decode(record) instanceof Entry.Changed changed) {
                    calls.add(changed.call());
                }
            }
            assertThat(calls).containsExactly(made);
        }
    }

    /** The file system of the journal is shut down while the server runs (ioctl EXT4_IOC_SHUTDOWN, as xfs_io(8) does it). */
    @Test
    void aJournalThatCannotBeSyncedStopsTheServerBeforeAnythingMoreIsAnswered() throws Exception {
        Path image = base.resolve("journal.img");
        try (RandomAccessFile disk = new RandomAccessFile(image.toFile(), "rw")) {
            disk.setLength(64L << 20);
        }
        Assumptions.assumeTrue(run("mkfs.ext4", "-q", "-F", image.toString()) == 0);
        Path journal = Files.createDirectory(state.resolve("journal"));
        mount(journal, "-o", "loop", image.toString());
        Served served = open(step -> {});
        try (served) {
            long file = file(served, "answered");
            String shutDown = "open F, '<', $ARGV[0]; my $how = pack 'L', 2; ioctl F, 0x8004587d, $how or die $!";
            assertThat(run("perl", "-e", shutDown, journal.toString())).isZero();

            assertThatThrownBy(() -> served.tree.change(call(), create(served, "refused")))
                    .isInstanceOf(TreeFailed.class)
                    .hasMessageContaining("journal");
            assertThat(export.resolve("refused")).doesNotExist();
            assertThatThrownBy(() -> write(served, file, 0, 200, Stability.FILE_SYNC))
                    .isInstanceOf(TreeFailed.class);
            assertThat(export.resolve("answered")).isEmptyFile();
        }
    }
}
