package org.twinshare.replication;

import org.twinshare.replication.journal.JournalStatistics;

/**
 * What a journaled tree has done since it was opened, and how full it is.
 *
 * @param journalBytes           the most that the journal takes on disk
 * @param appliedSequence        up to which everything is carried out
 * @param checkpointSequence     up to which everything is on disk without the journal
 * @param checkpoints            since the start
 * @param lastCheckpointNs       how long the last one took
 * @param uncommittedFiles       written to since the last checkpoint but one
 * @param uncommittedBytes       kept of them in memory
 * @param maxUncommittedBytes    the most that are kept
 * @param pendingChanges         of the index in memory
 * @param waitingDiscoveries     objects that were found and are not in the journal yet
 * @param survivingOutcomes      calls of before the start that are remembered
 * @param recoveredRecords       that had to be looked at by this start
 * @param localChanges           how often an object was found to be changed by a local process
 */
public record TreeStatistics(
        JournalStatistics journal,
        long journalBytes,
        long appliedSequence,
        long checkpointSequence,
        long checkpoints,
        long lastCheckpointNs,
        int uncommittedFiles,
        long uncommittedBytes,
        long maxUncommittedBytes,
        int pendingChanges,
        int waitingDiscoveries,
        int survivingOutcomes,
        long recoveredRecords,
        long localChanges) {}
