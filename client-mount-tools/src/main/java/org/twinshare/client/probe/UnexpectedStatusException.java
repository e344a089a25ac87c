package org.twinshare.client.probe;

import java.io.IOException;

/** Thrown where OK was counted on and the procedure ended otherwise. */
public final class UnexpectedStatusException extends IOException {
    UnexpectedStatusException(String procedure, Enum<?> status) {
        super(procedure + " answered " + status);
    }
}
