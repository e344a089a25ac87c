package org.twinshare.fileserver.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.Stability;
import org.twinshare.replication.role.Terms;

/** Somebody works in the exported directory of the primary: the standby has it when a client has seen it. */
@Timeout(300)
final class LocalChangesIT {
    @TempDir
    private Path base;

    @Test
    void whatAProcessOnThePrimaryChangedIsOnTheStandby() throws Exception {
        try (PairOnLoopback pair = new PairOnLoopback(base, Terms.DEFAULT)) {
            pair.begin();
            Path there = pair.data(PairOnLoopback.FIRST);
            Path here = pair.data(PairOnLoopback.SECOND);
            try (NfsProbe probe = pair.connect(PairOnLoopback.FIRST)) {
                FileHandle root = PairOnLoopback.mount(probe);
                FileHandle edited = file(probe, root, "edited");
                FileHandle unusedRemoved = file(probe, root, "removed");
                FileHandle unusedRenamed = file(probe, root, "renamed");
                pair.awaitReplicated();
                assertThat(here.resolve("edited")).hasContent("uploaded as edited");

                Files.writeString(there.resolve("edited"), "written by an editor");
                Files.delete(there.resolve("removed"));
                Files.move(there.resolve("renamed"), there.resolve("by another name"));
                Files.writeString(there.resolve("new"), "unpacked");
                probe.getattr(edited).ok();
                probe.getattr(root).ok();

                Awaitility.await("the standby has it")
                        .atMost(Duration.ofMinutes(1))
                        .untilAsserted(() -> {
                            assertThat(here.resolve("edited")).hasContent("written by an editor");
                            assertThat(here.resolve("removed")).doesNotExist();
                            assertThat(here.resolve("renamed")).doesNotExist();
                            assertThat(here.resolve("by another name")).hasContent("uploaded as renamed");
                            assertThat(here.resolve("new")).hasContent("unpacked");
                        });
                pair.awaitSecond(PairOnLoopback.IN_STEP);
                assertThat(pair.onFirst("status").out()).contains("a process on the server itself had changed");
                assertThat(pair.onSecond("verify", "--content").exitCode()).isZero();
            }
        }
    }

    private static FileHandle file(NfsProbe probe, FileHandle root, String name) throws Exception {
        FileHandle file = probe.create(root, name, 0644).ok().handle().orElseThrow();
        probe.write(file, 0, Stability.FILE_SYNC, ("uploaded as " + name).getBytes(UTF_8))
                .ok();
        return file;
    }
}
