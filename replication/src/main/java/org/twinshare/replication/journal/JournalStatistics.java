package org.twinshare.replication.journal;

/**
 * What the journal has done since it was opened, and how full it is.
 *
 * @param groups          group commits
 * @param records         appended and written
 * @param bytes           written in frames
 * @param syncNs          time spent in writing and syncing groups, in all
 * @param longestSyncNs   of one group
 * @param refused         appends that found the journal full
 * @param lastSequence    appended
 * @param durableSequence on disk
 * @param oldestSequence  still there
 * @param writing         a group is being written, or synced, now
 * @param usedSegments    that hold records which are still needed, or take the next ones
 * @param files           segments in all, with those that wait to be used
 */
public record JournalStatistics(
        long groups,
        long records,
        long bytes,
        long syncNs,
        long longestSyncNs,
        long refused,
        long lastSequence,
        long durableSequence,
        long oldestSequence,
        boolean writing,
        int usedSegments,
        int files) {}
