package org.twinshare.fileserver.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The user that the rsync daemon reads releases as. Has no state. */
final class RunAs {
    private static final int GID_FIELD = 3;

    private RunAs() {}

    /** The number of the user's first group, by passwd(5). */
    static String groupOf(String user) throws IOException {
        byte[] line = SystemProgram.output(Path.of("/"), List.of("getent", "passwd", user), new byte[0]);
        return new String(line, StandardCharsets.UTF_8).split(":", -1)[GID_FIELD];
    }
}
