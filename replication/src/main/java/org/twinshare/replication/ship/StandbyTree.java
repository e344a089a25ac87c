package org.twinshare.replication.ship;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The standby's tree as shipping needs it. An exception ends the connection, which is tried again; no method is called by two
 * threads at once, but different ones are.
 */
public interface StandbyTree {
    /**
     * Bytes that a record refers to, which comes behind them; kept until it is applied, or written at once. May block.
     *
     * @param sequence of that record; the same bytes may come again
     * @param bytes    good during the call only
     */
    void data(long sequence, long object, long offsetBytes, ByteBuffer bytes) throws IOException;

    /**
     * Returns when the data that records up to this one say are durable are so, or {@link #hasWhatWasPromised} says that they are
     * not; the journal has the records already.
     */
    void syncData(long sequence) throws IOException;

    /** Up to which record {@link #syncData} has looked at the data. Returns at once. */
    long dataSyncedSequence();

    /** Whether all data are here that records say are durable. Returns at once. */
    boolean hasWhatWasPromised();

    /** Whether records that come are not carried out one by one at first, and the bytes with them not used. Returns at once. */
    boolean catchesUpFirst();

    /** Records up to this one may be applied from now on: they are in the primary's tree, and on this server's disk. */
    void mayApply(long sequence);

    /** The disk of the journal has failed: nothing that comes is kept any more, and this server ends. */
    void failed(String why);

    /** The journal is full: gives up what the tree does not need of it. Blocks for a checkpoint. */
    void makeRoom();

    /** The highest sequence below and at which everything is in the tree. Returns at once. */
    long appliedSequence();

    /**
     * A connection begins, on which records come from now on, and the tree may ask.
     *
     * @param way takes an encoded question to the primary; blocks while the kernel has no room
     */
    Session begin(Way way);

    /** The way of a question to the primary. */
    interface Way {
        void ask(ByteBuffer question) throws IOException;

        /** The tree cannot go on: the connection ends, and another one will come. */
        void end(String why);
    }

    /** What works on the tree while a connection lasts. Called by the thread that receives. */
    interface Session {
        /** The answer to the oldest question that has none, encoded; good during the call only. */
        void answered(ByteBuffer answer) throws IOException;

        /** Neither records nor answers come any more. Returns when nothing works on the tree because of them. */
        void ended(IOException why);
    }
}
