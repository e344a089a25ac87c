package org.twinshare.client.bench;

/** A script's view of the connection that it works for, while it is asked. Used by one thread only. */
interface Turn {

    /** The transaction id of the call that is being made. */
    int xid();

    /** Where the call goes. */
    SendQueue queue();

    /** When the replies at hand were received, or the calls being made are sent; ns of {@link System#nanoTime}. */
    long nowNs();

    /** Whether another operation may begin; counts it when so. What has begun may go on to its end. */
    boolean mayBegin();

    Tally tally();
}
