package org.twinshare.client.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalNodeTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final LocalNode node = new LocalNode();

    @TempDir
    private Path directory = Path.of("");

    @Test
    void givesWhatAProgramPrintsAndHowItEnds() {
        Ended ended = node.run(LONG, List.of("sh", "-c", "echo öut; echo why >&2; exit 3"));

        assertThat(ended).isEqualTo(new Ended(3, "öut\n", "why\n", false));
        assertThat(ended.complaint()).isEqualTo("why");
    }

    @Test
    void doesNotWaitForAProgramThatHangs() {
        Ended ended = assertTimeout(
                Duration.ofSeconds(10),
                () -> node.run(Duration.ofMillis(300), List.of("sh", "-c", "echo begun; exec sleep 600")));

        assertThat(ended.timedOut()).isTrue();
        assertThat(ended.out()).isEqualTo("begun\n");
    }

    @Test
    void doesNotWaitForAChildThatHoldsTheOutputOpen() {
        Ended ended = assertTimeout(
                Duration.ofSeconds(10), () -> node.run(LONG, List.of("sh", "-c", "echo done; sleep 15 &")));

        assertThat(ended.isOk()).isTrue();
        assertThat(ended.out()).startsWith("done");
    }

    @Test
    void aProgramThatIsNotThereEndsAsInAShell() {
        Ended ended = node.run(LONG, List.of("/no/such/program"));

        assertThat(ended.exitCode()).isEqualTo(127);
        assertThat(ended.complaint()).contains("/no/such/program");
    }

    @Test
    void replacesAFileAndKeepsItsRights() throws IOException {
        Path file = directory.resolve("below/fstab");
        node.write(file, "first\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        node.write(file, "second\n");

        assertThat(node.read(file)).contains("second\n");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
        assertThat(node.list(file.resolveSibling(""))).containsExactly(file);
    }

    @Test
    void whatIsMissingReadsAsNothing() {
        assertThat(node.read(directory.resolve("nothing"))).isEmpty();
        assertThat(node.list(directory.resolve("nothing"))).isEmpty();
    }
}
