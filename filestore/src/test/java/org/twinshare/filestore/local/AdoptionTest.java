package org.twinshare.filestore.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.filestore.identity.ClusterKey;

/** A tree that was there before the server gets its ids in the background. */
class AdoptionTest {
    @TempDir
    Path temporary;

    @Test
    void everythingInATreeGetsAnIdWithoutBeingAskedFor() throws Exception {
        Path data = Files.createDirectory(temporary.resolve("data"));
        int objects = 1;
        for (int i = 0; i < 20; i++) {
            Path directory = Files.createDirectories(data.resolve("a" + i + "/b"));
            objects += 2;
            for (int j = 0; j < 60; j++) {
                Files.createFile(directory.resolve("file" + j));
                objects++;
            }
        }
        Path state = Files.createDirectory(temporary.resolve("state"));
        InstantSource clock = InstantSource.system();
        int all = objects;
        try (LocalTree tree = LocalTree.open(state, ClusterKey.in(state), LocalTree.Limits.DEFAULT, clock)) {
            long unused = tree.bind(data.toString().getBytes(UTF_8), false);
            assertThat(tree.objectsKnown()).isEqualTo(1);
            tree.beginAdoption();
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
                tree.tidy();
                return tree.objectsKnown() == all;
            });
        }
        try (LocalTree again = LocalTree.open(state, ClusterKey.in(state), LocalTree.Limits.DEFAULT, clock)) {
            assertThat(again.objectsKnown()).as("kept").isEqualTo(all);
        }
    }
}
