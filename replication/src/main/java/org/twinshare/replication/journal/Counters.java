package org.twinshare.replication.journal;

/** What the journal counts; guarded by its lock. */
final class Counters {
    private long groups;
    private long records;
    private long bytes;
    private long syncNs;
    private long longestSyncNs;
    long refused;
    /** In the group that was written last. */
    int lastRecords;

    void group(Group group, long ns) {
        groups++;
        lastRecords = group.records();
        records += group.records();
        bytes += group.bytes();
        syncNs += ns;
        longestSyncNs = Math.max(longestSyncNs, ns);
    }

    JournalStatistics statistics(long lastSequence, long durableSequence, boolean writing, Segments segments) {
        return new JournalStatistics(
                groups,
                records,
                bytes,
                syncNs,
                longestSyncNs,
                refused,
                lastSequence,
                durableSequence,
                segments.oldestSequence(),
                writing,
                segments.usedFiles(),
                segments.files());
    }
}
