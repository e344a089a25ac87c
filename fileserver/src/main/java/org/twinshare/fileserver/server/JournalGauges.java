package org.twinshare.fileserver.server;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.twinshare.replication.TreeStatistics;
import org.twinshare.replication.journal.JournalSettings;

/** Metrics of the journal, and of what waits in memory because of it. */
final class JournalGauges {
    private final Supplier<FileServer> server;

    JournalGauges(Supplier<FileServer> server) {
        this.server = server;
    }

    void register(PrometheusRegistry registry) {
        gauge(
                registry,
                "twinshare_journal_records",
                "Records appended to the journal, ever",
                tree -> tree.journal().lastSequence());
        gauge(
                registry,
                "twinshare_journal_group_commits",
                "Group commits since the start",
                tree -> tree.journal().groups());
        gauge(
                registry,
                "twinshare_journal_fsync_seconds",
                "Time spent in writing and syncing groups since the start",
                tree -> tree.journal().syncNs() / 1e9);
        gauge(
                registry,
                "twinshare_journal_bytes",
                "Disk taken by segments of the journal that hold records which are kept",
                tree -> (double) tree.journal().usedSegments() * JournalSettings.DEFAULT.segmentBytes());
        gauge(
                registry,
                "twinshare_journal_max_bytes",
                "The most that the journal takes on disk",
                tree -> tree.journalBytes());
        gauge(
                registry,
                "twinshare_checkpoint_lag_records",
                "Records that a restart after a crash would have to look at",
                tree -> tree.journal().lastSequence() - tree.checkpointSequence());
        gauge(
                registry,
                "twinshare_uncommitted_bytes",
                "Memory of bytes that no COMMIT has made durable yet",
                tree -> tree.uncommittedBytes());
        gauge(
                registry,
                "twinshare_index_pending_changes",
                "Changes of the index that wait in memory for a checkpoint",
                tree -> tree.pendingChanges());
        gauge(
                registry,
                "twinshare_local_changes",
                "How often an object was found that a process on the server itself had changed",
                tree -> tree.localChanges());
    }

    /** A standby has no journal of its own: it shows nothing of these. */
    private void gauge(
            PrometheusRegistry registry, String name, String help, ToDoubleFunction<TreeStatistics> reading) {
        RunningServer.gauge(registry, name, help, () -> {
            TreeStatistics tree = server.get().treeStatistics();
            return tree == null ? 0 : reading.applyAsDouble(tree);
        });
    }
}
