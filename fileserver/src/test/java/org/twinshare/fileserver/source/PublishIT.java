package org.twinshare.fileserver.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.exports.Problem;
import org.twinshare.fileserver.lab.Ports;
import org.twinshare.fileserver.lab.Shell;
import org.twinshare.filestore.posix.OwnProcess;

/** The server's side of a source tree, with the real rsync. */
final class PublishIT {
    private static final List<String> HERE = List.of("127.0.0.1");

    @TempDir
    private Path base;

    private static String problem(JsonObject answer) {
        JsonObject problem = answer.getAsJsonObject("problem");
        return problem == null
                ? "none: " + answer
                : new Problem(
                                problem.get("what").getAsString(),
                                problem.get("cause").getAsString(),
                                problem.get("remedy").getAsString())
                        .text();
    }

    private static Shell.Result classicPull(SourceLab lab, Path into) {
        return Shell.run("rsync", "-avzrt", "--delete", "--port=" + lab.rsyncPort, "127.0.0.1::www", into + "/");
    }

    @Test
    void theNextReleaseIsTheWorkingTreeWhateverBecameOfTheLiveOneAndTheLiveOneStaysAsItIs() throws Exception {
        try (SourceLab lab = new SourceLab(base, HERE)) {
            lab.fill();
            Path live = lab.release(lab.publish());
            Files.writeString(live.resolve("d0/f0.php"), "edited in the release");
            Files.setPosixFilePermissions(lab.work.resolve("d1/f1.php"), PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.delete(lab.work.resolve("d1/f4.php"));
            SourceLab.write(lab.work.resolve("d1/f4.php/now-a-directory"), "x");
            Shell.run("rm", "-r", lab.work.resolve("d2").toString()).orFail();
            SourceLab.write(lab.work.resolve("d2"), "now a file");
            Shell.run(
                            "touch",
                            "-c",
                            "-r",
                            lab.work.resolve("d1/f7.php").toString(),
                            lab.work.resolve("d1/f7.php").toString())
                    .orFail();

            JsonObject answer = lab.ask("publish", true, 60_000);

            Path next = lab.release(answer.get("release").getAsString());
            assertThat(SourceLab.difference(lab.work, next)).isEmpty();
            assertThat(Files.getPosixFilePermissions(live.resolve("d1/f1.php")))
                    .doesNotContain(PosixFilePermission.OWNER_EXECUTE);
            assertThat(live.resolve("d2/f2.php")).hasContent("<?php // 2");
            assertThat(inode(next.resolve("d1/f7.php")))
                    .as("touched, and the same: shared again")
                    .isEqualTo(inode(live.resolve("d1/f7.php")));
            assertThat(inode(next.resolve("d0/f3.php"))).isEqualTo(inode(live.resolve("d0/f3.php")));
        }
    }

    @Test
    void theClassicPullGetsTheLiveReleaseAndNotTheWorkingTree() throws Exception {
        try (SourceLab lab = new SourceLab(base, HERE)) {
            lab.fill();
            lab.publish();
            SourceLab.write(lab.work.resolve("index.php"), "<?php // not published");
            Path into = Files.createDirectory(base.resolve("localSource"));
            SourceLab.write(into.resolve("stale"), "goes");

            assertThat(classicPull(lab, into).exitCode()).isZero();

            assertThat(into.resolve("index.php")).hasContent("<?php // 1");
            assertThat(into.resolve("stale")).doesNotExist();
            lab.publish();
            assertThat(classicPull(lab, into).exitCode()).isZero();
            assertThat(SourceLab.differenceInSeconds(lab.work, into)).isEmpty();
        }
    }

    @Test
    void aHostOutsideOfTheListIsRefused() throws Exception {
        try (SourceLab lab = new SourceLab(base, List.of("192.0.2.7", "192.0.2.64/28"))) {
            lab.fill();
            lab.publish();
            Path into = Files.createDirectory(base.resolve("localSource"));

            Shell.Result pulled = classicPull(lab, into);

            assertThat(pulled.exitCode()).isNotZero();
            assertThat(pulled.err()).contains("@ERROR");
            assertThat(into).isEmptyDirectory();
        }
    }

    @Test
    void releasesShareWhatIsUnchangedWithEachOtherAndNothingWithTheWorkingTree() throws Exception {
        try (SourceLab lab = new SourceLab(base, HERE)) {
            lab.fill();
            Path first = lab.release(lab.publish());
            SourceLab.write(lab.work.resolve("index.php"), "<?php // 2");
            Path second = lab.release(lab.publish());

            assertThat(inode(second.resolve("d1/f1.php"))).isEqualTo(inode(first.resolve("d1/f1.php")));
            assertThat(inode(second.resolve("index.php"))).isNotEqualTo(inode(first.resolve("index.php")));
            assertThat(inode(second.resolve("d1/f1.php"))).isNotEqualTo(inode(lab.work.resolve("d1/f1.php")));
            assertThat(first.resolve("index.php")).hasContent("<?php // 1");
            assertThat(SourceLab.difference(lab.work, second)).isEmpty();
        }
    }

    private static Object inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino");
    }

    @Test
    void aChangeThatKeepsSizeAndTimeIsPublished() throws Exception {
        try (SourceLab lab = new SourceLab(base, HERE)) {
            lab.fill();
            lab.publish();
            Path file = lab.work.resolve("index.php");
            FileTime before = Files.getLastModifiedTime(file);
            Files.writeString(file, "<?php // 7");
            Files.setLastModifiedTime(file, before);

            Path release = lab.release(lab.publish());

            assertThat(release.resolve("index.php")).hasContent("<?php // 7");
        }
    }

    @Test
    void theSequenceOnlyGrowsAndTheSameContentIsNoNewRelease() throws Exception {
        try (SourceLab lab = new SourceLab(base, HERE)) {
            lab.fill();
            String first = lab.publish();
            assertThat(lab.publish()).isEqualTo(first);
            SourceLab.write(lab.work.resolve("index.php"), "<?php // 2");
            assertThat(lab.publish()).startsWith("2-");

            JsonObject rolledBack = lab.ask("rollback");

            assertThat(rolledBack.get("release").getAsString()).isEqualTo("3-" + first.substring(2));
            assertThat(rolledBack.get("millis").getAsLong()).isLessThan(1000);
            SourceLab.write(lab.work.resolve("index.php"), "<?php // 4");
            assertThat(lab.publish()).startsWith("4-");
        }
        try (SourceLab again = new SourceLab(base, HERE)) {
            SourceLab.write(again.work.resolve("index.php"), "<?php // 5");
            assertThat(again.publish()).startsWith("5-");
            List<String> kept = new ArrayList<>();
            for (JsonElement each : again.ask("list").getAsJsonArray("releases")) {
                kept.add(each.getAsJsonObject().get("release").getAsString().substring(0, 1));
            }
            assertThat(kept).containsExactly("3", "4", "5");
        }
    }

    @Test
    void anEmptyWorkingTreeAndOneThatLostAFifthAreRefused() throws Exception {
        try (SourceLab lab = new SourceLab(base, HERE)) {
            JsonObject empty = lab.ask("publish");
            assertThat(problem(empty)).contains("refused: the working tree", "has no file", "remedy:");
            assertThat(empty.get("unsafe").getAsBoolean()).isTrue();
            lab.fill();
            String first = lab.publish();
            Shell.run("rm", "-rf", lab.work.resolve("d1").toString()).orFail();

            assertThat(problem(lab.ask("publish")))
                    .contains("refused: 10 of 33 files", "d1/f1.php", "--allow-vanished");

            assertThat(lab.ask("status").toString()).contains("\"live\":\"" + first);
            assertThat(lab.ask("publish", true, 1000).get("release").getAsString())
                    .startsWith("2-");
        }
    }

    @Test
    void aMountPointInsideTheWorkingTreeIsRefused() throws Exception {
        try (SourceLab lab = new SourceLab(base, HERE, List.of("/srv/www/uploads"))) {
            lab.fill();

            assertThat(problem(lab.ask("publish"))).contains("/srv/www/uploads is a mount point inside", "remedy:");
        }
    }

    @Test
    void filesThatTheDaemonsUserCannotReadAreNamed() throws Exception {
        assumeTrue(OwnProcess.geteuid() == 0, "needs root, to be another user than nobody");
        try (SourceLab lab = new SourceLab(base, HERE)) {
            lab.fill();
            Files.setPosixFilePermissions(lab.work.resolve("index.php"), PosixFilePermissions.fromString("rw-r-----"));
            Files.setPosixFilePermissions(lab.work.resolve("d2"), PosixFilePermissions.fromString("rwxr-x---"));

            assertThat(problem(lab.ask("publish")))
                    .contains("nobody cannot read 2 of its files", "index.php", "d2", "run-as = \"root\"");
        }
    }

    @Test
    void aCheckoutBringsTheLiveReleaseBackIntoAnEmptyWorkingTreeOnly() throws Exception {
        try (SourceLab lab = new SourceLab(base, HERE)) {
            lab.fill();
            Path release = lab.release(lab.publish());
            assertThat(problem(lab.ask("checkout"))).contains("is not empty");
            Shell.run("rm", "-rf", lab.work.toString()).orFail();

            assertThat(lab.ask("checkout").get("directory").getAsString()).isEqualTo(lab.work.toString());

            assertThat(SourceLab.difference(release, lab.work)).isEmpty();
            assertThat(inode(lab.work.resolve("index.php"))).isNotEqualTo(inode(release.resolve("index.php")));
            assertThat(lab.publish()).startsWith("1-");
        }
    }

    @Test
    void theDaemonIsStartedAgainWhenItDiesAndStopsWithTheServer() throws Exception {
        SourceLab lab = new SourceLab(base, HERE);
        try (lab) {
            ProcessHandle first = lab.service.daemon().orElseThrow();
            first.destroyForcibly();

            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> lab.service
                            .daemon()
                            .filter(now -> now.pid() != first.pid() && Ports.isTaken(lab.rsyncPort))
                            .isPresent());
        }
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !Ports.isTaken(lab.rsyncPort));
    }

    @Test
    void aTakenPortIsAProblemWithItsHolderAndIsTakenWhenItIsFree() throws Exception {
        int port = Ports.free();
        SourceSettings settings = new SourceSettings(
                List.of(new SourceSetting(
                        "www",
                        Files.createDirectory(base.resolve("tree")),
                        java.util.Optional.empty(),
                        HERE,
                        "nobody",
                        List.of(),
                        java.util.Optional.empty(),
                        3)),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free()));
        ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        try (SourceService service =
                SourceService.start(settings, base.resolve("state"), new SourceLab.FakeHost(List.of()))) {
            assertThat(service.problems()).hasSize(1);
            assertThat(service.problems().getFirst().text())
                    .contains("cannot serve the source trees on TCP port " + port)
                    .contains("xinetd, process 1", "systemctl disable --now xinetd", "--rsync-port");
            taken.close();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() ->
                            service.problems().isEmpty() && service.daemon().isPresent());
        } finally {
            taken.close();
        }
    }
}
