package org.twinshare.replication.journal;

/**
 * Records that were cut off a journal, and the file in its directory that keeps them: drawn as a segment is.
 *
 * @param epoch   of the last one
 * @param records how many of them are no markers: with none nothing was lost
 */
public record LostTail(String file, long firstSequence, long lastSequence, int epoch, int records) {}
