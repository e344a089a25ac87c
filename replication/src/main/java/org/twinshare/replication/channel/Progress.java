package org.twinshare.replication.channel;

/**
 * How far a server is. None of these follows from another.
 *
 * @param received last sequence in its memory; of the primary the last one that it appended
 * @param durable  last sequence on its disk
 * @param applied  last sequence in its tree
 * @param complete its copy is one that was the primary's at some moment, and it has all data that records say are durable
 */
public record Progress(long received, long durable, long applied, boolean complete) {
    public static final Progress NONE = new Progress(0, 0, 0, false);
}
