package org.twinshare.fileserver.server;

import java.io.IOException;
import java.nio.file.Path;
import org.twinshare.exports.Problem;
import org.twinshare.replication.Refusal;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.twin.NewStandby;

/** Joins the pair of another server, where no server runs with the state directory. Has no state. */
public final class JoiningStandby {
    private JoiningStandby() {}

    /** Returns the name of the primary. */
    public static String join(Path state, String name, String line) throws Refused {
        try (StateDirectory taken = StateDirectory.take(state)) {
            return NewStandby.join(taken.path(), name, line);
        } catch (RefusedException e) {
            Refusal refusal = e.refusal();
            throw Refused.forSafety(new Problem(refusal.what(), refusal.cause(), refusal.remedy()));
        } catch (IOException e) {
            throw new Refused(
                    "cannot write the state directory " + state,
                    String.valueOf(e.getMessage()),
                    "make room on its disk, and run it again with a new line");
        }
    }
}
