package org.twinshare.replication.copy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Stability;

/** A directory {@code album} with an uploaded file {@code picture}, on a primary and on a standby that follows it. */
abstract class AlbumOnBoth {
    Twin twin;
    Client client;
    Stream stream;
    long directory;
    long file;

    @BeforeEach
    void upload() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
        twin = new Twin();
        client = new Client(twin.primary, twin.root);
        stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT);
        stream.copyAndFollow();
        directory = client.directory(twin.root, Name.of("album"), 0755);
        file = client.file(directory, Name.of("picture"), 0644);
        client.write(file, 0, "as it was uploaded".getBytes(UTF_8), Stability.FILE_SYNC);
        stream.awaitCaughtUp();
    }

    @AfterEach
    void end() throws Exception {
        stream.close();
        twin.close();
    }

    /** In the album, on the primary's disk. */
    Path there(String name) {
        return twin.export("p").resolve("album").resolve(name).normalize();
    }

    /** In the album, on the standby's disk. */
    Path here(String name) {
        return twin.export("s").resolve("album").resolve(name).normalize();
    }
}
