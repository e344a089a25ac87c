package org.twinshare.client.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.node.Failure;
import org.twinshare.client.node.LocalNode;

/** On a real directory, which is given back at the end. */
class MountPointTest {
    @TempDir
    private Path directory = Path.of("");

    private final LocalNode node = new LocalNode();

    @AfterEach
    void giveBack() {
        node.run(
                Duration.ofSeconds(10),
                List.of("chattr", "-i", directory.resolve("localData").toString()));
    }

    @Test
    void makesAMissingOneThatNobodyCanWriteIn() throws Failure {
        assumeTrue(node.isRoot(), "needs root: chattr");
        Path path = directory.resolve("localData");

        MountPoint.Guard first = new MountPoint(node, path).guard();
        MountPoint.Guard second = new MountPoint(node, path).guard();

        assertThat(second).isEqualTo(first);
        if (first == MountPoint.Guard.IMMUTABLE) {
            assertThatThrownBy(() -> Files.writeString(path.resolve("upload"), "lost"))
                    .isInstanceOf(IOException.class);
        } else {
            assertThat(path.toFile().canExecute()).isTrue();
        }
        String asWebUser = "setpriv --reuid=33 --regid=33 --clear-groups touch " + path + "/upload";
        assertThat(node.run(Duration.ofSeconds(10), List.of("sh", "-c", asWebUser))
                        .isOk())
                .isFalse();
        assertThat(path).isEmptyDirectory();
    }

    @Test
    void refusesOneThatIsNotEmptyAndNamesWhatIsInIt() throws IOException {
        Path path = Files.createDirectory(directory.resolve("localData"));
        Files.writeString(path.resolve("photo.jpg"), "uploaded while nothing was mounted");
        Files.createDirectory(path.resolve("cache"));

        assertThatThrownBy(() -> new MountPoint(node, path).guard()).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.REFUSED);
            assertThat(failure.problem().cause()).contains("2 entries", path + "/photo.jpg", path + "/cache");
        });
        assertThat(path.resolve("photo.jpg")).hasContent("uploaded while nothing was mounted");
    }

    @Test
    void refusesAFile() throws IOException {
        Path path = Files.createFile(directory.resolve("localData"));

        assertThatThrownBy(() -> new MountPoint(node, path).guard())
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.problem().cause()).isEqualTo("it is a regular empty file"));
    }
}
