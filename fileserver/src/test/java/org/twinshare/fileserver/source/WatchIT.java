package org.twinshare.fileserver.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.pull.Pull;

/** A node that watches has looked at its trees ahead of the next release: what is done to them by hand since is seen. */
final class WatchIT {
    @TempDir
    private Path base;

    private SourceLab lab;
    private Path target;
    private Thread node;

    @BeforeEach
    void watch() throws Exception {
        lab = new SourceLab(base, List.of("127.0.0.1"));
        lab.fill();
        target = Files.createDirectories(base.resolve("web1")).resolve("localSource");
        String first = lab.publish();
        node = SourceLab.watch(lab.node(target));
        awaitPrepared(first);
    }

    @AfterEach
    void stop() throws InterruptedException {
        node.interrupt();
        lab.close();
        node.join();
    }

    private void awaitPrepared(String release) {
        Awaitility.await("the node is ready for more")
                .atMost(Duration.ofMinutes(1))
                .until(() -> Pull.status(target)
                        .filter(json ->
                                json.contains("\"live\": \"" + release + "\"") && json.contains("\"prepared\": true"))
                        .isPresent());
    }

    /** Same size, and the time put back. */
    private static void damage(Path file) throws IOException {
        FileTime time = Files.getLastModifiedTime(file);
        Files.writeString(file, "X".repeat((int) Files.size(file)));
        Files.setLastModifiedTime(file, time);
    }

    private String publishSecond() throws IOException {
        SourceLab.write(lab.work.resolve("index.php"), "<?php // 2");
        Files.delete(lab.work.resolve("d1/f1.php"));
        return lab.publish();
    }

    @Test
    void aReleaseArrivesAndIsWhatWasPublished() throws Exception {
        String second = publishSecond();

        awaitPrepared(second);

        assertThat(SourceLab.difference(lab.release(second), target)).isEmpty();
        assertThat(target.resolve("d1/f1.php")).doesNotExist();
    }

    @Test
    void aRunningFileThatWasChangedInPlaceWithoutATraceInItsAttributesDoesNotGetIntoTheNextRelease() throws Exception {
        damage(target.resolve("d0/f0.php"));

        awaitPrepared(publishSecond());

        assertThat(target.resolve("d0/f0.php")).hasContent("<?php // 0");
    }

    @Test
    void aFileWrittenIntoTheRunningTreeStopsTheNextRelease() throws Exception {
        SourceLab.write(target.resolve("d2/cat.jpg"), "meow");
        SourceLab.write(lab.work.resolve("index.php"), "<?php // 2");

        assertThat(lab.ask("publish").toString()).contains("were written on this node", "d2/cat.jpg");

        assertThat(target.resolve("index.php")).hasContent("<?php // 1");
        assertThat(target.resolve("d2/cat.jpg")).hasContent("meow");
    }

    @Test
    void aKeptReleaseThatWasDamagedByHandIsFetchedAnewByARollback() throws Exception {
        Path kept = target.toRealPath();
        awaitPrepared(publishSecond());
        Files.writeString(kept.resolve("index.php"), "edited on the node");
        Files.delete(kept.resolve("d1/f1.php"));

        lab.ask("rollback");

        assertThat(target.resolve("index.php")).hasContent("<?php // 1");
        assertThat(target.resolve("d1/f1.php")).hasContent("<?php // 1");
    }
}
