package org.twinshare.replication.channel;

import java.io.IOException;

/** The other server sent bytes that say nothing that this version knows. */
public final class MalformedMessage extends IOException {
    public MalformedMessage(String what) {
        super("a message that makes no sense: " + what);
    }
}
