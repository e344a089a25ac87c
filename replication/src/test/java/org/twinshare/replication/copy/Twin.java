package org.twinshare.replication.copy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.twinshare.filestore.identity.ClusterKey;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.posix.OwnProcess;
import org.twinshare.replication.JournaledTree;
import org.twinshare.replication.KilledServer;
import org.twinshare.replication.Replication;
import org.twinshare.replication.TreeSettings;
import org.twinshare.replication.journal.CopiedJournal;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalSettings;
import org.twinshare.replication.journal.LostTail;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.record.MalformedRecord;

/** Two servers in two directories that share the key of their pair: each with an export, a state and a journal. */
final class Twin implements AutoCloseable {
    private static final JournalSettings SMALL = new JournalSettings(1 << 20, 64, 1 << 20, Duration.ofMillis(25));
    /** Writes no markers of its own: they come from the primary. */
    private static final JournalSettings COPIED = new JournalSettings(1 << 20, 64, 1 << 20, Duration.ofHours(1));

    private static final TreeSettings RARE = new TreeSettings(
            SMALL, 64 << 10, 24 << 20, Duration.ofHours(1), 1L << 30, Integer.MAX_VALUE, 128 << 20, 1000);

    /** As for a primary that has a standby: bytes that nobody has committed are written down, and no reply waits for it. */
    private final Replication ships = new Replication() {
        @Override
        public boolean isShipping() {
            if (killAtNextWrite) {
                killAtNextWrite = false;
                keepPrimary();
            }
            return true;
        }

        @Override
        public void awaitReplicated(long sequence) {}

        @Override
        public long neededFrom() {
            return 1;
        }
    };

    final Path base;
    LocalTree primaryTree;
    JournaledTree primary;
    long root;
    /** The next bytes of an UNSTABLE write are the last ones: {@link #restartPrimary} begins with what is on disk then. */
    volatile boolean killAtNextWrite;

    LocalTree standbyTree;
    Journal standbyJournal;
    /** Of the second server, from its next start on. */
    InstantSource standbyClock = InstantSource.system();

    Twin() throws Exception {
        Assumptions.assumeTrue(OwnProcess.geteuid() == 0, "needs root, to mark files and to give them away");
        base = Files.createTempDirectory(
                Files.createDirectories(Path.of(System.getProperty("twinshare.twins", "target/twins"))
                        .toAbsolutePath()),
                "t");
        for (String server : new String[] {"p", "s"}) {
            for (String part : new String[] {"export", "state", "journal"}) {
                Files.createDirectories(base.resolve(server).resolve(part));
            }
        }
        openPrimary();
        Files.copy(base.resolve("p/state/cluster.key"), base.resolve("s/state/cluster.key"));
        openStandby();
    }

    private void openPrimary() throws Exception {
        Path state = base.resolve("p/state");
        primaryTree = LocalTree.open(state, ClusterKey.in(state), LocalTree.Limits.DEFAULT, InstantSource.system());
        root = primaryTree.bind(export("p").toString().getBytes(UTF_8), false);
        primary = JournaledTree.open(primaryTree, base.resolve("p/journal"), RARE, InstantSource.system(), why -> {
            throw new AssertionError(why);
        });
        primary.replicateBy(ships);
    }

    /** Keeps what a process leaves on disk that is killed now; the tree itself is left alone. */
    void keepPrimary() {
        primary.journal().awaitDurable(primary.journal().lastSequence());
        try {
            for (String part : List.of("state", "journal")) {
                Files.createDirectories(base.resolve("p/kept"));
                Path kept = base.resolve("p/kept").resolve(part);
                if (Files.exists(kept)) {
                    delete(kept);
                }
                KilledServer.copyState(base.resolve("p").resolve(part), kept);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the primary anew, as after its end at the moment of {@link #keepPrimary}. */
    void restartPrimary() throws Exception {
        primary.close();
        primaryTree.close();
        for (String part : List.of("state", "journal")) {
            Path gone = base.resolve("p").resolve(part);
            delete(gone);
            Files.move(base.resolve("p/kept").resolve(part), gone);
        }
        openPrimary();
    }

    /** Starts the primary anew after it was stopped: everything is on its disk. */
    void stopAndStartPrimary() throws Exception {
        primary.close();
        primaryTree.close();
        openPrimary();
    }

    Path export(String server) {
        return base.resolve(server).resolve("export");
    }

    private void openStandby() throws Exception {
        Path state = base.resolve("s/state");
        standbyTree = LocalTree.open(state, ClusterKey.in(state), LocalTree.Limits.DEFAULT, standbyClock);
        standbyTree.bindAs(export("s").toString().getBytes(UTF_8), root);
        standbyJournal = Journal.open(base.resolve("s/journal"), COPIED, standbyClock, standbyTree.clusterId(), 0);
    }

    /** The standby's tree as that of a primary, with the journal that it has; to be closed before anything else. */
    JournaledTree promoteStandby(int epoch) throws Exception {
        standbyJournal.close();
        JournaledTree promoted = JournaledTree.open(standbyTree, base.resolve("s/journal"), RARE, standbyClock, why -> {
            throw new AssertionError(why);
        });
        promoted.beginEpoch(epoch);
        promoted.replicateBy(ships);
        return promoted;
    }

    /** Makes a standby again of what was promoted; returns what its journal says behind a record, which it has no longer. */
    LostChanges demoteStandby(long fork) throws Exception {
        Path journal = base.resolve("s/journal");
        LostTail lost = CopiedJournal.cutAfter(journal, standbyTree.clusterId(), fork);
        LostChanges tail = new LostChanges();
        if (lost != null) {
            CopiedJournal.readLostTail(journal, lost, record -> {
                try {
                    tail.add(EntryCodec.decode(record));
                } catch (MalformedRecord e) {
                    throw new AssertionError(e);
                }
            });
        }
        standbyTree.close();
        openStandby();
        return tail;
    }

    void restartStandby() throws Exception {
        standbyJournal.close();
        standbyTree.close();
        openStandby();
    }

    /** The standby as after a loss of power: its tree and its journal are on disk, and of its index what was when it was kept. */
    void crashStandby(Path keptState) throws Exception {
        standbyJournal.close();
        standbyTree.close();
        copyFiles(keptState, base.resolve("s/state"));
        openStandby();
    }

    /** Keeps what the last checkpoint of the standby has on disk, for {@link #crashStandby}. */
    Path keepState() throws Exception {
        standbyJournal.close();
        standbyTree.close();
        Path kept = Files.createDirectories(base.resolve("s/kept"));
        copyFiles(base.resolve("s/state"), kept);
        openStandby();
        return kept;
    }

    private static void copyFiles(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (!Files.isDirectory(file)) {
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                } else if (!Files.exists(copy)) {
                    Files.createDirectory(copy);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        primary.close();
        primaryTree.close();
        standbyJournal.close();
        standbyTree.close();
        delete(base);
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> below = Files.walk(tree)) {
            for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
