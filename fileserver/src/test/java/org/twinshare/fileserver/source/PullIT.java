package org.twinshare.fileserver.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.twinshare.client.pull.Allowance;
import org.twinshare.client.pull.Pull;
import org.twinshare.client.pull.PullFailure;
import org.twinshare.client.pull.Step;
import org.twinshare.fileserver.lab.Shell;
import org.twinshare.filestore.posix.OwnProcess;

/** The node's side of a source tree, against a real server and a real rsync. */
final class PullIT {
    @TempDir
    private Path base;

    private SourceLab lab;
    private Path target;

    @BeforeEach
    void serve() throws Exception {
        lab = new SourceLab(base, List.of("127.0.0.1"));
        lab.fill();
        target = Files.createDirectories(base.resolve("web1")).resolve("localSource");
    }

    @AfterEach
    void stop() {
        lab.close();
    }

    private static PullFailure failure(Pull pull) {
        return catchThrowableOfType(PullFailure.class, pull::once);
    }

    private void refused(Pull pull, String... words) {
        PullFailure failure = failure(pull);
        assertThat(failure).isNotNull();
        assertThat(failure.kind()).isEqualTo(PullFailure.Kind.REFUSED);
        assertThat(failure.problem().text()).contains(words).contains("error: refused: ", "remedy: ");
    }

    private String liveDirectory() throws IOException {
        return Files.readSymbolicLink(target).getFileName().toString();
    }

    private static Object inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino");
    }

    @Test
    void everyKindOfChangeArrivesAndWhatIsUnchangedIsShared() throws Exception {
        String first = lab.publish();
        assertThat(lab.node(target).once()).isTrue();
        assertThat(SourceLab.difference(lab.release(first), target)).isEmpty();
        Path before = target.toRealPath();
        Files.writeString(lab.work.resolve("index.php"), "<?php // 2");
        Files.setPosixFilePermissions(lab.work.resolve("d0/f0.php"), PosixFilePermissions.fromString("rwxr-xr--"));
        Files.setPosixFilePermissions(lab.work.resolve("d2"), PosixFilePermissions.fromString("rwxrwxr-x"));
        Files.delete(lab.work.resolve("d1/f1.php"));
        Files.delete(lab.work.resolve("latest"));
        Files.createSymbolicLink(lab.work.resolve("latest"), Path.of("d2"));
        SourceLab.write(lab.work.resolve("new/er/file"), "new");
        Files.delete(lab.work.resolve("d1/f4.php"));
        SourceLab.write(lab.work.resolve("d1/f4.php/now-a-directory"), "x");
        String second = lab.publish();

        assertThat(lab.node(target).once()).isTrue();

        assertThat(liveDirectory()).isEqualTo(second);
        assertThat(SourceLab.difference(lab.release(second), target)).isEmpty();
        assertThat(SourceLab.difference(lab.release(first), before)).isEmpty();
        assertThat(inode(target.resolve("d2/f2.php"))).isEqualTo(inode(before.resolve("d2/f2.php")));
        assertThat(lab.node(target).once()).isFalse();
    }

    @Test
    void aDirectoryIsTakenOverOnlyWithConsentAndKeptAsReleaseZero() throws Exception {
        String release = lab.publish();
        Shell.run("cp", "-a", lab.work.toString(), target.toString()).orFail();
        SourceLab.write(target.resolve("only-here"), "precious");
        FileTime time = Files.getLastModifiedTime(target.resolve("d0/f0.php"));
        Files.writeString(target.resolve("d0/f0.php"), "<?php // X");
        Files.setLastModifiedTime(target.resolve("d0/f0.php"), time);
        Object old = inode(target);

        refused(lab.node(target), "is a directory that no pull has made", "--take-over");
        assertThat(inode(target)).isEqualTo(old);
        assertThat(lab.node(target, Allowance.TAKE_OVER).once()).isTrue();

        assertThat(liveDirectory()).isEqualTo(release);
        assertThat(SourceLab.difference(lab.release(release), target)).isEmpty();
        Path zero = target.resolveSibling(".localSource.d/releases/0");
        assertThat(inode(zero)).isEqualTo(old);
        assertThat(zero.resolve("only-here")).hasContent("precious");
        assertThat(lab.node(target).rollback()).isEqualTo("0");
        assertThat(target.resolve("only-here")).hasContent("precious");
    }

    @Test
    void aRollbackIsQuickAndIsNotUndoneByTheNextPull() throws Exception {
        String first = lab.publish();
        lab.node(target).once();
        SourceLab.write(lab.work.resolve("index.php"), "<?php // 2");
        String second = lab.publish();
        lab.node(target).once();
        Pull pull = lab.node(target);
        long begun = System.nanoTime();

        assertThat(pull.rollback()).isEqualTo(first);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
        assertThat(target.resolve("index.php")).hasContent("<?php // 1");
        refused(lab.node(target), "release " + second + " was rolled back on this node", "--allow-held-release");
        SourceLab.write(lab.work.resolve("index.php"), "<?php // 3");
        lab.publish();
        assertThat(lab.node(target).once()).isTrue();
        assertThat(target.resolve("index.php")).hasContent("<?php // 3");
    }

    @Test
    void aRollbackOfTheServerFlipsToWhatTheNodeStillHas() throws Exception {
        String first = lab.publish();
        lab.node(target).once();
        SourceLab.write(lab.work.resolve("index.php"), "<?php // 2");
        lab.publish();
        lab.node(target).once();
        String third = lab.ask("rollback").get("release").getAsString();

        assertThat(lab.node(target).once()).isTrue();

        assertThat(liveDirectory()).isEqualTo(first);
        assertThat(Pull.status(target).orElseThrow()).contains("\"live\": \"" + third + "\"", "\"sequence\": 3");
    }

    @Test
    void filesWrittenIntoTheRunningTreeStopAPullAndAreNeverRemoved() throws Exception {
        lab.publish();
        lab.node(target).once();
        SourceLab.write(target.resolve("uploads/cat.jpg"), "meow");
        Path upload = target.toRealPath().resolve("uploads/cat.jpg");
        SourceLab.write(lab.work.resolve("index.php"), "<?php // 2");
        lab.publish();

        refused(lab.node(target), "were written on this node", "uploads/cat.jpg", "--allow-local-files");

        for (int i = 3; i < 9; i++) {
            SourceLab.write(lab.work.resolve("index.php"), "<?php // " + i);
            lab.publish();
            lab.node(target, Allowance.LOCAL_FILES).once();
        }
        assertThat(target.resolve("index.php")).hasContent("<?php // 8");
        assertThat(target.resolve("uploads")).doesNotExist();
        assertThat(upload).hasContent("meow");
        assertThat(target.resolveSibling(".localSource.d/releases").toFile().list())
                .hasSize(4);
    }

    @Test
    void aRunningTreeThatWasEditedIsPutRightByTheNextRelease() throws Exception {
        lab.publish();
        lab.node(target).once();
        Files.writeString(target.resolve("d0/f0.php"), "edited on the node");
        SourceLab.write(lab.work.resolve("index.php"), "<?php // 2");
        String second = lab.publish();

        lab.node(target).once();

        assertThat(SourceLab.difference(lab.release(second), target)).isEmpty();
    }

    @Test
    void aReleaseThatIsNotWhatItsManifestSaysIsRefused() throws Exception {
        lab.publish();
        lab.node(target).once();
        SourceLab.write(lab.work.resolve("index.php"), "<?php // 2");
        Path file = lab.release(lab.publish()).resolve("index.php");
        FileTime time = Files.getLastModifiedTime(file);
        Files.writeString(file, "<?php // X");
        Files.setLastModifiedTime(file, time);

        refused(lab.node(target), "is not what the manifest", "content: index.php");

        assertThat(target.resolve("index.php")).hasContent("<?php // 1");
    }

    @Test
    void aMountPointInsideTheTreeIsRefused() throws Exception {
        assumeTrue(OwnProcess.geteuid() == 0, "needs root, to mount");
        lab.publish();
        lab.node(target).once();
        Path inside = target.toRealPath().resolve("d1");
        Shell.run("mount", "-t", "tmpfs", "none", inside.toString()).orFail();
        try {
            SourceLab.write(lab.work.resolve("index.php"), "<?php // 2");
            lab.publish();

            refused(lab.node(target), inside + " is mounted inside the tree");
        } finally {
            Shell.run("umount", inside.toString()).orFail();
        }
    }

    @Test
    void tooLittleSpaceIsRefusedBeforeAnythingIsFetched() throws Exception {
        assumeTrue(OwnProcess.geteuid() == 0, "needs root, to mount");
        Path small = Files.createDirectory(base.resolve("small"));
        Shell.run("mount", "-t", "tmpfs", "-o", "size=1m", "none", small.toString())
                .orFail();
        try {
            Files.write(lab.work.resolve("big"), new byte[2 << 20]);
            lab.publish();

            refused(lab.node(small.resolve("localSource")), "too little space", "KiB are free");

            assertThat(small.resolve("localSource")).doesNotExist();
        } finally {
            Shell.run("umount", small.toString()).orFail();
        }
    }

    @Test
    void theUploadDirectoryInsideTheTreeIsRefused() throws Exception {
        lab.publish();
        Path around = lab.base.resolve("localData");
        Files.createDirectories(around.resolve("uploads"));

        refused(lab.node(around, Allowance.TAKE_OVER), "the upload directory", "lies inside the tree");

        assertThat(around.resolve("uploads")).isDirectory();
    }

    @Test
    void aServerThatHasGoneBackIsRefused() throws Exception {
        lab.publish();
        SourceLab.write(lab.work.resolve("index.php"), "<?php // 2");
        lab.publish();
        lab.node(target).once();
        lab.close();
        Shell.run("rm", "-rf", base.resolve("state").toString()).orFail();
        lab = new SourceLab(base, List.of("127.0.0.1"));
        SourceLab.write(lab.work.resolve("index.php"), "<?php // other");
        lab.publish();

        refused(lab.node(target), "this node has had number 2", "--allow-older-release");

        assertThat(lab.node(target, Allowance.OLDER_RELEASE).once()).isTrue();
        assertThat(target.resolve("index.php")).hasContent("<?php // other");
    }

    @Test
    void aNodeOutsideOfTheListIsToldWhatToDo() throws Exception {
        lab.close();
        lab = new SourceLab(base, List.of("192.0.2.1"));
        lab.publish();

        PullFailure failure = failure(lab.node(target));

        assertThat(failure.kind()).isEqualTo(PullFailure.Kind.FAILED);
        assertThat(failure.problem().text())
                .contains("the server does not let this node have www", "127.0.0.1 is no node of www", "nodes");
    }

    @Test
    void anOldRsyncIsRefusedUnlessItIsAllowed() throws Exception {
        lab.publish();
        Path bin = Files.createDirectory(base.resolve("bin"));
        Path old = bin.resolve("rsync");
        Files.writeString(old, """
                #!/bin/sh
                [ "$1" = --version ] && echo 'rsync  version 3.2.7  protocol version 31' && exit
                exec /usr/bin/rsync "$@"
                """);
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, String> path = Map.of("PATH", bin + ":" + System.getenv("PATH"));

        Shell.Result refused = Shell.run(path, Duration.ofMinutes(1), KilledPull.twinmount(lab, target));

        assertThat(refused.exitCode()).isEqualTo(5);
        assertThat(refused.err())
                .contains("error: refused: rsync is older than 3.5.0", "3.2.7", "remedy: ", "--allow-old-rsync");
        List<String> allowed = KilledPull.twinmount(lab, target);
        allowed.add("--allow-old-rsync");
        assertThat(Shell.run(path, Duration.ofMinutes(1), allowed).exitCode()).isZero();
        assertThat(target.resolve("index.php")).hasContent("<?php // 1");
    }

    /** The process ends as SIGKILL ends it, right behind each step. */
    @ParameterizedTest
    @EnumSource(Step.class)
    void killedBehindAnyStepTheOldOrTheNewTreeIsThereAndTheNextPullRepairs(Step step) throws Exception {
        String first = lab.publish();
        lab.node(target).once();
        SourceLab.write(lab.work.resolve("index.php"), "<?php // 2");
        SourceLab.write(lab.work.resolve("added"), "2");
        Files.delete(lab.work.resolve("d1/f1.php"));
        String second = lab.publish();

        assertThat(Shell.run(Map.of(), Duration.ofMinutes(1), KilledPull.command(lab, target, step))
                        .exitCode())
                .isEqualTo(KilledPull.EXIT_CODE);

        boolean flipped = step.compareTo(Step.FLIPPED) >= 0;
        assertThat(liveDirectory()).isEqualTo(flipped ? second : first);
        assertThat(SourceLab.difference(lab.release(flipped ? second : first), target))
                .isEmpty();
        lab.node(target).once();
        assertThat(SourceLab.difference(lab.release(second), target)).isEmpty();
        assertThat(Pull.status(target).orElseThrow()).contains("\"live\": \"" + second + "\"");
        assertThat(target.resolveSibling(".localSource.d/link").toFile()).doesNotExist();
        assertThat(lab.node(target).rollback()).isEqualTo(first);
        assertThat(SourceLab.difference(lab.release(first), target)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"STORED", "LINKED", "FLIPPED"})
    void killedWhileADirectoryIsTakenOverNothingIsLost(Step step) throws Exception {
        String release = lab.publish();
        SourceLab.write(target.resolve("index.php"), "<?php // 1");
        SourceLab.write(target.resolve("only-here"), "precious");

        List<String> command = KilledPull.command(lab, target, step);
        command.add("take-over");
        assertThat(Shell.run(Map.of(), Duration.ofMinutes(1), command).exitCode())
                .isEqualTo(KilledPull.EXIT_CODE);

        Path zero = target.resolveSibling(".localSource.d/releases/0");
        assertThat(target.resolve("index.php")).hasContent("<?php // 1");
        lab.node(target, Allowance.TAKE_OVER, Allowance.VANISHED).once();
        assertThat(liveDirectory()).isEqualTo(release);
        assertThat(zero.resolve("only-here")).hasContent("precious");
        assertThat(Files.isDirectory(zero, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    @Test
    void aReaderThatOpensTheTargetOnceNeverSeesTwoReleases() throws Exception {
        int publishes = Boolean.getBoolean("twinshare.long") ? 100 : 12;
        generation(0);
        lab.publish();
        lab.node(target).once();
        try (Reader reader = new Reader(target)) {
            for (int i = 1; i <= publishes; i++) {
                generation(i);
                lab.publish();
                assertThat(lab.node(target).once()).isTrue();
            }
            assertThat(reader.mixed()).isEmpty();
            assertThat(reader.walks()).isGreaterThan(publishes);
            assertThat(reader.seen()).isGreaterThan(publishes / 2);
        }
    }

    private void generation(int number) throws IOException {
        for (int i = 0; i < 30; i++) {
            Files.writeString(lab.work.resolve("d" + i % 3 + "/f" + i + ".php"), "generation " + number);
        }
    }
}
