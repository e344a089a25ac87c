package org.twinshare.fileserver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.Stability;
import org.twinshare.replication.role.AckMode;
import org.twinshare.replication.role.Terms;
import org.twinshare.replication.role.WithoutStandby;

/**
 * An old primary that comes back gets what changed elsewhere, and not everything: the bytes that pass between the two are counted.
 * Of a tree of 1,000 MiB a fifth changes; {@code -Dtwinshare.rejoin.mib} is another size.
 */
@Timeout(600)
@EnabledIfSystemProperty(
        named = "twinshare.long",
        matches = "true",
        disabledReason = "writes 2.5 GB: -Dtwinshare.long=true")
final class RejoinIT {
    private static final int TREE_MIB = Integer.getInteger("twinshare.rejoin.mib", 1000);
    private static final int MIB = 1 << 20;

    @TempDir
    private Path base;

    @Test
    void theOldPrimaryFetchesWhatChanged() throws Exception {
        Terms terms =
                new Terms(AckMode.REMOTE_DISK, WithoutStandby.CONTINUE, Duration.ofSeconds(1), Duration.ofSeconds(1));
        try (PairOnLoopback pair = new PairOnLoopback(base, terms)) {
            oldPrimaryFetchesWhatChanged(pair, terms);
        }
    }

    private static void oldPrimaryFetchesWhatChanged(PairOnLoopback pair, Terms terms) throws Exception {
        try (NfsProbe probe = pair.connect(PairOnLoopback.FIRST)) {
            write(probe, "old", TREE_MIB);
        }
        pair.begin();

        // What is lost with it: 1 MiB, and the name of it.
        pair.cable.pullOut();
        try (NfsProbe probe = pair.connect(PairOnLoopback.FIRST)) {
            write(probe, "lost", 1);
        }
        pair.stopFirst();
        assertThat(pair.onSecond("failover", "--old-primary-off").exitCode()).isZero();
        int changed = TREE_MIB / 5;
        try (NfsProbe probe = pair.connect(PairOnLoopback.SECOND)) {
            write(probe, "new", changed);
        }

        pair.cable.putBack();
        long before = pair.cable.passed();
        pair.startFirst(terms);
        Awaitility.await()
                .atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> pair.onFirst("status").out().contains(PairOnLoopback.IN_STEP));
        double passedMib = (pair.cable.passed() - before) / (double) MIB;
        System.out.printf("of %d MiB, %d MiB changed, and %.1f MiB passed%n", TREE_MIB, changed, passedMib);
        assertThat(passedMib).isBetween((double) changed, 1.05 * changed + 1);
        assertThat(Files.exists(pair.data("nas1").resolve("lost0"))).isFalse();
        for (int i = 0; i < changed; i++) {
            assertThat(pair.data("nas1").resolve("new" + i))
                    .hasSameBinaryContentAs(pair.data("nas2").resolve("new" + i));
        }
    }

    /** Files of 1 MiB, each committed. */
    private static void write(NfsProbe probe, String name, int count) throws IOException {
        FileHandle root = PairOnLoopback.mount(probe);
        byte[] bytes = new byte[MIB];
        Random random = new Random(count);
        for (int i = 0; i < count; i++) {
            random.nextBytes(bytes);
            FileHandle file = probe.create(root, name + i, 0644).ok().handle().orElseThrow();
            probe.write(file, 0, Stability.UNSTABLE, bytes).ok();
            probe.commit(file, 0, 0).ok();
        }
    }
}
