package org.twinshare.client.probe;

import java.io.IOException;

/** A reply that is not what the RFCs say: a length that does not fit, a padding byte that is not zero, bytes left over. */
public final class MalformedReplyException extends IOException {
    public MalformedReplyException(String message) {
        super(message);
    }
}
