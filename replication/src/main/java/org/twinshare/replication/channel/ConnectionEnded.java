package org.twinshare.replication.channel;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** No message comes any more. */
public final class ConnectionEnded extends IOException {
    private final Ended how;

    ConnectionEnded(Ended how, String why, @Nullable Throwable cause) {
        super("the connection to the other server ended (" + how + "): " + why, cause);
        this.how = how;
    }

    public Ended how() {
        return how;
    }
}
