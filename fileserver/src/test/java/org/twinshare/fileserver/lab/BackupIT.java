package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code twinshare backup} on the standby, while a client writes, and what is made of a backup when all else is lost. */
@Tag("alone")
class BackupIT {
    private PairLab pair;
    private LabProgram client;

    @BeforeEach
    void begin() throws IOException {
        pair = new PairLab();
        Files.writeString(pair.data("nas1").resolve("kept"), "kept\n");
        Files.createLink(
                pair.data("nas1").resolve("kept too"), pair.data("nas1").resolve("kept"));
        pair.join();
        PairLab.awaitInStep(pair.one);
        client = pair.lab.program(RollingNames.class, PairLab.SERVICE);
        client.ask("load");
    }

    @AfterEach
    void close() throws Exception {
        if (pair != null) {
            pair.close();
        }
    }

    private void awaitMore(int files) {
        int before = made();
        Awaitility.await("files are made")
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> made() >= before + files);
    }

    private int made() {
        return Integer.parseInt(client.ask("made").getFirst());
    }

    private Path backup(Path destination) {
        String first = pair.two
                .twinshare("backup", destination.toString())
                .orFail()
                .lines()
                .findFirst()
                .orElseThrow();
        return Path.of(first).resolve("localData");
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("f"))
                    .sorted()
                    .toList();
        }
    }

    /** Whether these are the names of one moment. */
    private static void assertInARow(List<String> names) {
        int first = Integer.parseInt(names.getFirst().substring(1));
        assertThat(names)
                .hasSizeBetween(RollingNames.KEPT, RollingNames.KEPT + 1)
                .containsExactlyElementsOf(IntStream.range(first, first + names.size())
                        .mapToObj("f%06d"::formatted)
                        .toList());
    }

    @Test
    void aBackupIsOfOneMomentWhileClientsWriteAndIsRestored() throws Exception {
        awaitMore(RollingNames.KEPT * 2);
        Path destination = pair.lab.directory("backups");
        Path first = backup(destination);
        assertInARow(names(first));
        awaitMore(RollingNames.KEPT * 2);
        Path second = backup(destination);
        assertInARow(names(second));
        assertThat(names(second)).doesNotContainAnyElementsOf(names(first));

        // What has not changed is there once; it takes room once.
        assertThat(inode(second.resolve("kept")))
                .isEqualTo(inode(first.resolve("kept")))
                .isEqualTo(inode(first.resolve("kept too")));

        client.ask("stop");
        PairLab.awaitInStep(pair.one);
        pair.awaitEqualTrees("when nobody writes");
        Path whole = backup(pair.lab.directory("other backups"));
        assertThat(PairTrees.differences(whole, pair.data("nas2"))).isEmpty();

        // As docs/standby.md says.
        Path restored = pair.lab.directory("restored");
        Shell.run("rsync", "-aHAX", "--numeric-ids", whole + "/", restored + "/")
                .orFail();
        String machine = pair.lab.machine("nas3", "10.213.77.13");
        pair.lab.serverOn(machine, "state-nas3", restored.toString()).start();
        List<String> served = client.ask("names 10.213.77.13");
        assertThat(served)
                .contains("kept", "kept too")
                .containsAll(names(whole))
                .hasSize(names(whole).size() + 2);
    }

    private static Object inode(Path path) throws IOException {
        return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void whatCannotBeABackupIsRefused() {
        Path destination = pair.lab.directory("backups");
        Shell.Result onPrimary = pair.one.twinshare("backup", destination.toString());
        assertThat(onPrimary.exitCode()).isEqualTo(5);
        assertThat(onPrimary.err()).contains("run it on the standby");

        Shell.Result unmounted =
                pair.two.twinshare("backup", destination.resolve("missing").toString());
        assertThat(unmounted.exitCode()).isEqualTo(5);
        assertThat(unmounted.err()).contains("mkdir -p");

        Path inside = pair.data("nas2").resolve("backups");
        assertThat(inside.toFile().mkdir()).isTrue();
        Shell.Result within = pair.two.twinshare("backup", inside.toString());
        assertThat(within.exitCode()).isEqualTo(5);
        assertThat(within.err()).contains("one of them lies in the other");
        assertThat(destination).isEmptyDirectory();
    }
}
