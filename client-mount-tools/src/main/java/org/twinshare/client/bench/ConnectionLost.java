package org.twinshare.client.bench;

import java.io.IOException;

/** A connection ended, other than by something wrong on it. */
final class ConnectionLost extends IOException {
    private static final long serialVersionUID = 1;

    ConnectionLost(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
