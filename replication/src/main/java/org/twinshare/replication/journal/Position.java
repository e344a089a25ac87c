package org.twinshare.replication.journal;

/**
 * The place of a record in the one order of everything.
 *
 * @param timeNs the moment of the record in nanoseconds since 1970, later than that of every record before
 */
public record Position(long sequence, long timeNs) {}
