package org.twinshare.client.health;

import java.util.Optional;
import org.twinshare.exports.Problem;

/** One thing without which this node must not be sent visitors. */
public interface Vital {
    /** What is wrong now; nothing when all is well. Returns within about a second, whatever hangs. */
    Optional<Problem> ailment();
}
