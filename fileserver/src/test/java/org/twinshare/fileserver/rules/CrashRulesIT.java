package org.twinshare.fileserver.rules;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.Attributes;
import org.twinshare.client.probe.CreateCalls.How;
import org.twinshare.client.probe.CreateCalls.Node;
import org.twinshare.client.probe.DataCalls;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.NfsReply;
import org.twinshare.client.probe.SetAttributes;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.Status;
import org.twinshare.filestore.posix.OwnProcess;

/** Rules 19 to 22 on a disk of their own, which can be full, break, or be looked at as a crash would leave it. */
final class CrashRulesIT {
    @TempDir
    private Path temporary;

    private LoopDisk disk;
    private Serving serving;
    private NfsProbe client;
    private FileHandle room;

    @BeforeEach
    void serve() throws IOException {
        assumeTrue(OwnProcess.geteuid() == 0, "needs root, to mount a disk of its own");
        disk = LoopDisk.make(temporary.resolve("image"), temporary.resolve("disk"), 128);
        serving = Serving.start(disk.path());
        client = serving.client();
        room = serving.room("room");
    }

    @AfterEach
    void stop() throws IOException {
        serving.close();
        disk.close();
    }

    private interface Look {
        void at(Path room) throws IOException;
    }

    /** Looks at what the server makes of the room after a crash that comes now. */
    private void afterCrash(Look look) throws IOException {
        try (LoopDisk crashed = disk.afterCrash(temporary.resolve("copy"), temporary.resolve("crashed"))) {
            Serving again = Serving.start(crashed.path());
            try {
                look.at(crashed.path().resolve("localData/room"));
            } finally {
                again.close();
            }
        }
    }

    @Test
    void rule21EveryChangeOfNamesAndAttributesIsOnDiskBeforeTheReply() throws IOException {
        FileHandle file = client.create(room, "file", 0640).ok().handle().orElseThrow();
        afterCrash(room -> assertThat(Files.getAttribute(room.resolve("file"), "unix:mode"))
                .isEqualTo(0100640));
        client.mkdir(room, "directory", 0700).ok();
        afterCrash(room -> assertThat(room.resolve("directory")).isDirectory());
        client.symlink(room, "symlink", "target").ok();
        afterCrash(room ->
                assertThat(Files.readSymbolicLink(room.resolve("symlink"))).isEqualTo(Path.of("target")));
        client.mknod(room, "fifo", new Node.Fifo(SetAttributes.ofMode(0600))).ok();
        afterCrash(room -> assertThat(Files.exists(room.resolve("fifo"))).isTrue());
        client.link(file, room, "link").ok();
        afterCrash(room -> assertThat(Files.getAttribute(room.resolve("link"), "unix:nlink"))
                .isEqualTo(2));
        client.rename(room, "link", room, "renamed").ok();
        afterCrash(room -> {
            assertThat(room.resolve("renamed")).exists();
            assertThat(room.resolve("link")).doesNotExist();
        });
        client.setattr(file, SetAttributes.ofMode(0604).owner(33, 34).size(1234))
                .ok();
        afterCrash(room -> {
            assertThat(Files.getAttribute(room.resolve("file"), "unix:mode")).isEqualTo(0100604);
            assertThat(Files.getAttribute(room.resolve("file"), "unix:gid")).isEqualTo(34);
            assertThat(Files.size(room.resolve("file"))).isEqualTo(1234);
        });
        client.remove(room, "renamed").ok();
        afterCrash(room -> assertThat(room.resolve("renamed")).doesNotExist());
        client.rmdir(room, "directory").ok();
        afterCrash(room -> assertThat(Files.exists(room.resolve("directory"), LinkOption.NOFOLLOW_LINKS))
                .isFalse());
    }

    private long groups() {
        return Objects.requireNonNull(serving.server().treeStatistics())
                .journal()
                .groups();
    }

    @Test
    void rule21AsyncRepliesBeforeTheDiskHasIt() throws IOException {
        serving.reload("/localData 127.0.0.0/8(rw,no_root_squash,async)");

        long before = groups();

        for (int i = 0; i < 200; i++) {
            client.create(room, "file" + i, 0600).ok();
        }

        long syncs = groups() - before;
        assertThat(syncs).as("nobody waits for a sync of his own").isLessThan(200);
    }

    @Test
    void rule19FileSyncAndCommitAreOnDiskAndUnstableNeedNotBe() throws IOException {
        FileHandle file = client.create(room, "file", 0600).ok().handle().orElseThrow();

        client.write(file, 0, Stability.FILE_SYNC, "sync".getBytes(UTF_8)).ok();
        afterCrash(room -> assertThat(room.resolve("file")).hasContent("sync"));
        client.write(file, 4, Stability.DATA_SYNC, "data".getBytes(UTF_8)).ok();
        afterCrash(room -> assertThat(room.resolve("file")).hasContent("syncdata"));
        client.write(file, 8, Stability.UNSTABLE, "unstable".getBytes(UTF_8)).ok();
        afterCrash(room -> assertThat(room.resolve("file")).hasContent("syncdata"));
        client.commit(file, 0, 0).ok();
        afterCrash(room -> assertThat(room.resolve("file")).hasContent("syncdataunstable"));
    }

    @Test
    void rule22TheVerifierOfAnExclusiveCreateAndTheHandleOutliveACrash() throws IOException {
        How.Exclusive mine = new How.Exclusive(0x1234_5678_9abc_def0L);
        FileHandle made = client.create(room, "exclusive", mine).ok().handle().orElseThrow();
        Attributes attributes = client.getattr(made).ok();

        crash();

        assertThat(client.getattr(made).ok().fileid()).isEqualTo(attributes.fileid());
        assertThat(client.create(room, "exclusive", mine).ok().handle()).contains(made);
        assertThat(client.create(room, "exclusive", new How.Exclusive(1)).status())
                .isEqualTo(Status.EXIST);
    }

    /** The reply to each of these was lost: the client sends them again, with the same xid, to the server that came back. */
    @Test
    void rule5WhatWasDoneBeforeACrashIsAnsweredAgainAndNotDoneAgain() throws IOException {
        FileHandle kept = client.create(room, "kept", 0600).ok().handle().orElseThrow();
        client.create(room, "old", 0600).ok();
        client.create(room, "gone", 0600).ok();
        client.mkdir(room, "emptied", 0700).ok();
        How.Guarded guarded = new How.Guarded(SetAttributes.ofMode(0600));
        FileHandle made =
                client.withXid(1).create(room, "made", guarded).ok().handle().orElseThrow();
        client.withXid(2).remove(room, "gone").ok();
        client.withXid(3).rename(room, "old", room, "new").ok();
        client.withXid(4).link(kept, room, "linked").ok();
        client.withXid(5).mkdir(room, "directory", 0700).ok();
        client.withXid(6).rmdir(room, "emptied").ok();
        client.withXid(7).symlink(room, "symlink", "target").ok();

        crash();

        assertThat(client.withXid(1).create(room, "made", guarded).ok().handle())
                .contains(made);
        assertThat(client.withXid(2).remove(room, "gone").status()).isEqualTo(Status.OK);
        assertThat(client.withXid(3).rename(room, "old", room, "new").status()).isEqualTo(Status.OK);
        assertThat(client.withXid(4).link(kept, room, "linked").status()).isEqualTo(Status.OK);
        assertThat(client.withXid(5).mkdir(room, "directory", 0700).status()).isEqualTo(Status.OK);
        assertThat(client.withXid(6).rmdir(room, "emptied").status()).isEqualTo(Status.OK);
        assertThat(client.withXid(7).symlink(room, "symlink", "target").status())
                .isEqualTo(Status.OK);
        assertThat(client.withXid(8).create(room, "made", guarded).status())
                .as("another call")
                .isEqualTo(Status.EXIST);
        assertThat(client.withXid(9).remove(room, "gone").status()).isEqualTo(Status.NOENT);
    }

    /** The system crashes and comes back: the disk holds what was synced, and the server starts again. */
    private void crash() throws IOException {
        Path copy = temporary.resolve("copy");
        disk.copyTo(copy);
        serving.close();
        disk.close();
        disk = LoopDisk.mount(copy, temporary.resolve("disk"));
        serving = Serving.start(disk.path());
        client = serving.client();
    }

    @Test
    void rule19AFullDiskIsToldByTheWriteItself() throws IOException {
        FileHandle file = client.create(room, "file", 0600).ok().handle().orElseThrow();
        NfsReply<DataCalls.Written, ?> reply = client.write(file, 0, Stability.UNSTABLE, new byte[1 << 20]);
        long offset = 0;
        while (reply.status() == Status.OK && offset < 256 << 20) {
            offset += reply.ok().countBytes();
            reply = client.write(file, offset, Stability.UNSTABLE, new byte[1 << 20]);
        }

        assertThat(reply.status()).isEqualTo(Status.NOSPC);
        assertThat(client.commit(file, 0, 0).status()).isEqualTo(Status.OK);
        assertThat(client.getattr(file).ok().sizeBytes()).isGreaterThanOrEqualTo(offset);
        assertThat(client.remove(room, "file").status()).isEqualTo(Status.OK);
    }

    /** A disk that fails when it is written: its image is larger than the file system that the image lies in. */
    @Test
    void rule20AFailedSyncIsToldByCommitAndChangesTheVerifier() throws IOException {
        Path small = Files.createDirectory(temporary.resolve("small"));
        Path broken = temporary.resolve("broken");
        Serving.run("mount", "-t", "tmpfs", "-o", "size=12m", "none", small.toString());
        try (LoopDisk failing =
                LoopDisk.make(small.resolve("image"), broken.resolve("localData"), 64, "-O", "^has_journal")) {
            Serving other = Serving.start(broken);
            NfsProbe probe = other.client();
            FileHandle place = other.root();
            FileHandle safe = probe.create(place, "safe", 0600).ok().handle().orElseThrow();
            FileHandle lost = probe.create(place, "lost", 0600).ok().handle().orElseThrow();
            long verifier = probe.commit(safe, 0, 0).ok().verifier();
            for (int i = 0; i < 32; i++) {
                byte[] block = Serving.bytes(1 << 20, i + 1);
                assertThat(probe.write(lost, (long) i << 20, Stability.UNSTABLE, block)
                                .status())
                        .isEqualTo(Status.OK);
            }

            assertThat(probe.commit(lost, 0, 0).status()).isIn(Status.IO, Status.NOSPC);

            assertThat(probe.write(safe, 0, Stability.UNSTABLE, new byte[1])
                            .ok()
                            .verifier())
                    .as("everybody has to send again what was not committed")
                    .isNotEqualTo(verifier);
            other.close();
            assertThat(failing.path()).isDirectory();
        } finally {
            Serving.run("umount", "-l", small.toString());
        }
    }
}
