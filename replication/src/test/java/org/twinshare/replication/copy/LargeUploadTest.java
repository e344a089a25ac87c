package org.twinshare.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Stability;

/** Bytes that are not in the journal are in the standby's file before it says that it has what their COMMIT promised. */
@Timeout(120)
class LargeUploadTest {
    private Twin twin;
    private Client client;

    @BeforeEach
    void begin() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        twin = new Twin();
        client = new Client(twin.primary, twin.root);
    }

    @AfterEach
    void end() throws Exception {
        twin.close();
    }

    @Test
    void anUploadIsNotConfirmedBeforeItsFileIsHere() throws Exception {
        byte[] bytes = new byte[300_000];
        new Random(7).nextBytes(bytes);
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.apply.fileAtMost = Duration.ofMinutes(1);
            stream.copy.copyAll(1);
            stream.follow();
            stream.awaitCaughtUp();
            stream.holdBehind = stream.apply.appliedSequence();
            long upload = client.file(twin.root, Name.of("upload"), 0644);
            client.write(upload, 0, bytes, Stability.UNSTABLE);
            client.commit(upload);
            stream.awaitShipped();
            AtomicReference<IOException> failure = new AtomicReference<>();
            Thread sync = new Thread(() -> {
                try {
                    stream.apply.syncData(twin.standbyJournal.lastSequence());
                } catch (IOException e) {
                    failure.set(e);
                }
            });
            sync.start();
            await().until(() -> sync.getState() == Thread.State.TIMED_WAITING || !sync.isAlive());
            assertThat(sync.isAlive()).as("waits for the file").isTrue();
            stream.holdBehind = Long.MAX_VALUE;
            sync.join();
            assertThat(failure.get()).isNull();
            assertThat(Files.readAllBytes(twin.export("s").resolve("upload"))).isEqualTo(bytes);
        }
    }
}
