package org.twinshare.replication.copy;

import java.io.IOException;

/** What the other server sent is no question or answer that this version knows. */
public final class MalformedQuestion extends IOException {
    MalformedQuestion(String message) {
        super(message);
    }
}
