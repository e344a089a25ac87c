package org.twinshare.replication;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.RootRefused;
import org.twinshare.filestore.identity.ClusterKey;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.posix.OwnProcess;
import org.twinshare.replication.journal.JournalSettings;

/** A journaled tree over a directory, with its state in another one, as a server process has it. */
final class Served implements AutoCloseable {
    /** Small, so that a history reaches what needs many bytes. */
    static final int BY_VALUE_BYTES = 256;

    /** A history can fill one and go on in the next, and copying one at each kill costs little. */
    private static final int SEGMENT_BYTES = 8 << 10;

    /** Nothing happens by itself: what a history does not say does not happen. */
    static final TreeSettings SETTINGS = new TreeSettings(
            new JournalSettings(SEGMENT_BYTES, 128, SEGMENT_BYTES, Duration.ofMillis(25)),
            BY_VALUE_BYTES,
            1024,
            Duration.ofHours(1),
            Long.MAX_VALUE,
            Integer.MAX_VALUE,
            1 << 20,
            1000);

    final LocalTree local;
    final JournaledTree tree;
    final long root;
    final Caller admin;

    private Served(LocalTree local, JournaledTree tree, long root) {
        this.local = local;
        this.tree = tree;
        this.root = root;
        this.admin = Caller.root(root);
    }

    static Served open(Path export, Path state, TreeSettings settings, Step.Listener steps)
            throws IOException, RecoveryRefused {
        return open(export, state, new LocalTree.Limits(1000, 200, 1 << 20), settings, steps);
    }

    static Served open(Path export, Path state, LocalTree.Limits limits, TreeSettings settings, Step.Listener steps)
            throws IOException, RecoveryRefused {
        LocalTree local = LocalTree.open(state, ClusterKey.in(state), limits, InstantSource.system());
        boolean open = false;
        try {
            long root = local.bind(export.toString().getBytes(UTF_8), false);
            JournaledTree tree = JournaledTree.open(
                    local, state.resolve("journal"), settings, InstantSource.system(), steps, why -> {});
            open = true;
            return new Served(local, tree, root);
        } catch (RootRefused | org.twinshare.filestore.ErrnoException e) {
            throw new IOException(e);
        } finally {
            if (!open) {
                local.close();
            }
        }
    }

    /** Closes everything; a listener that throws keeps the last checkpoint from being made. */
    @Override
    public void close() {
        try {
            tree.close();
        } finally {
            local.close();
        }
    }

    /** Where a test keeps its trees: in memory where that can be, because very much is synced. */
    static Path temporary() throws IOException {
        Assumptions.assumeTrue(OwnProcess.geteuid() == 0, "needs root, to mark files");
        String chosen = System.getProperty("histories.directory");
        Path memory = Path.of(chosen == null ? "/dev/shm" : chosen);
        if (Files.isWritable(memory)) {
            return Files.createTempDirectory(memory, "twinshare-history");
        }
        return Files.createTempDirectory(
                Files.createDirectories(Path.of("target", "trees").toAbsolutePath()), "h");
    }

    static void delete(Path tree) throws IOException {
        List<Path> all;
        try (Stream<Path> below = Files.walk(tree)) {
            all = below.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
