package org.twinshare.fileserver.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.Attributes;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.MountProbe;
import org.twinshare.client.probe.MountProbe.ExportEntry;
import org.twinshare.client.probe.MountProbe.MountEntry;
import org.twinshare.client.probe.MountReply;
import org.twinshare.client.probe.MountStatus;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.Status;
import org.twinshare.fileserver.server.Refused;

/** Rules 26 and 27: MOUNT, all six procedures, and what the log says of a refusal. */
final class MountRulesIT {
    @TempDir
    private Path base;

    private Serving serving;
    private NfsProbe client;

    @BeforeEach
    void serve() throws IOException {
        Files.createDirectories(base.resolve("other/inner/deep"));
        serving = Serving.start(
                base,
                "/localData 127.0.0.1(rw,no_root_squash) 127.0.0.2(ro)",
                "/other 127.0.0.1(ro)",
                "/other/inner 127.0.0.1(rw,no_root_squash)");
        client = serving.client();
    }

    @AfterEach
    void stop() throws IOException {
        serving.close();
    }

    @Test
    void rule26ASubdirectoryIsMountedAndStaysInItsExport() throws IOException {
        FileHandle room = serving.room("room");

        assertThat(client.mount("/localData/room").ok()).isEqualTo(room);
        assertThat(client.mount("/localData/room/").ok()).isEqualTo(room);
        assertThat(client.mount("/localData//room").ok()).isEqualTo(room);
        assertThat(client.lookup(client.mount("/localData/room").ok(), "..")
                        .ok()
                        .handle())
                .isEqualTo(serving.root());
    }

    @Test
    void rule26TheLongestExportThatHoldsThePathCounts() throws IOException {
        FileHandle outer = client.mount("/other").ok();
        FileHandle inner = client.mount("/other/inner").ok();
        FileHandle deep = client.mount("/other/inner/deep").ok();

        assertThat(client.create(outer, "x", 0600).status()).isEqualTo(Status.ROFS);
        assertThat(client.create(inner, "x", 0600).status()).isEqualTo(Status.OK);
        assertThat(client.create(deep, "x", 0600).status()).isEqualTo(Status.OK);
        assertThat(client.lookup(inner, "..").ok().handle()).isEqualTo(inner);
        assertThat(client.getattr(inner).ok().fsid())
                .isNotEqualTo(client.getattr(outer).ok().fsid());
    }

    @Test
    void rule26ASymlinkNeverLeadsAMountAnywhere() throws IOException {
        FileHandle room = serving.room("room");
        client.symlink(room, "out", "/").ok();
        client.symlink(room, "in", ".").ok();

        assertThat(client.mount("/localData/room/out").status()).isIn(MountStatus.NOTDIR, MountStatus.ACCES);
        assertThat(client.mount("/localData/room/out/etc").status())
                .isIn(MountStatus.NOTDIR, MountStatus.ACCES, MountStatus.NOENT);
        assertThat(client.mount("/localData/room/in").status()).isIn(MountStatus.NOTDIR, MountStatus.ACCES);
        assertThat(client.mount("/localData/../etc").status()).isNotEqualTo(MountStatus.OK);
        assertThat(client.mount("/localData/room/../..").status()).isNotEqualTo(MountStatus.OK);
    }

    @Test
    void rule26WhatCannotBeMountedIsRefusedWithItsReason() throws IOException {
        serving.room("room");
        client.create(serving.root(), "file", 0600).ok();

        assertThat(client.mount("/nowhere").status()).isEqualTo(MountStatus.NOENT);
        assertThat(client.mount("/localData/absent").status()).isEqualTo(MountStatus.NOENT);
        assertThat(client.mount("/localData/file").status()).isEqualTo(MountStatus.NOTDIR);
        assertThat(client.mount("relative").status()).isIn(MountStatus.INVAL, MountStatus.NOENT);
        assertThat(client.mount(Bytes.EMPTY).status()).isIn(MountStatus.INVAL, MountStatus.NOENT);
        assertThat(client.mount(Bytes.of("/" + "x".repeat(256))).status())
                .isIn(MountStatus.NAMETOOLONG, MountStatus.NOENT, MountStatus.INVAL);
        assertThat(serving.client("127.0.0.3", Serving.ROOT).mount("/localData").status())
                .isEqualTo(MountStatus.ACCES);
        assertThat(serving.unprivilegedClient("127.0.0.1").mount("/localData").status())
                .isEqualTo(MountStatus.ACCES);
    }

    @Test
    void rule26TheRootHandleIsTheSameForEver() throws IOException, Refused {
        FileHandle root = serving.root();
        Attributes attributes = client.getattr(root).ok();

        serving.restart();
        serving.reload("/localData *(rw,no_root_squash)");

        assertThat(serving.root()).isEqualTo(root);
        assertThat(serving.client().getattr(root).ok())
                .returns(attributes.fileid(), Attributes::fileid)
                .returns(attributes.fsid(), Attributes::fsid);
    }

    @Test
    void rule26MntOffersTheFlavourThatTheExportTakes() throws IOException {
        MountReply.Mounted mounted = (MountReply.Mounted) client.mount("/localData");

        // AUTH_SYS (RFC 5531, 8.2).
        assertThat(mounted.flavours()).containsExactly(1);
    }

    @Test
    void rule26DumpListsMountsUntilTheyAreUnmounted() throws IOException {
        serving.room("room");
        try (MountProbe mounts = client.mounts();
                MountProbe others = serving.client("127.0.0.2", Serving.ROOT).mounts()) {
            mounts.ping();
            mounts.unmountAll();
            mounts.mount(Bytes.of("/localData")).ok();
            mounts.mount(Bytes.of("/localData/room")).ok();
            others.mount(Bytes.of("/localData")).ok();
            MountEntry first = new MountEntry(Bytes.of("127.0.0.1"), Bytes.of("/localData"));
            MountEntry second = new MountEntry(Bytes.of("127.0.0.1"), Bytes.of("/localData/room"));
            MountEntry other = new MountEntry(Bytes.of("127.0.0.2"), Bytes.of("/localData"));

            assertThat(mounts.dump()).containsExactlyInAnyOrder(first, second, other);
            mounts.unmount(Bytes.of("/localData"));
            mounts.unmount(Bytes.of("/never/mounted"));
            assertThat(mounts.dump()).containsExactlyInAnyOrder(second, other);
            mounts.unmountAll();
            assertThat(others.dump()).containsExactly(other);
        }
    }

    @Test
    void rule26ExportListsEveryDirectoryWithItsClients() throws IOException {
        try (MountProbe mounts = client.mounts()) {
            assertThat(mounts.exports())
                    .containsExactly(
                            new ExportEntry(
                                    Bytes.of("/localData"),
                                    java.util.List.of(Bytes.of("127.0.0.1"), Bytes.of("127.0.0.2"))),
                            new ExportEntry(Bytes.of("/other"), java.util.List.of(Bytes.of("127.0.0.1"))),
                            new ExportEntry(Bytes.of("/other/inner"), java.util.List.of(Bytes.of("127.0.0.1"))));
        }
    }

    @Test
    void rule27ARefusalIsOneLineWithClientPathRuleNearestExportAndTheLineThatWouldAllowIt() throws IOException {
        try (StandardError log = new StandardError()) {
            NfsProbe stranger = serving.client("127.0.0.77", Serving.ROOT);
            for (int i = 0; i < 3; i++) {
                stranger.mount("/localData");
                stranger.mount("/localdata");
            }

            assertThat(log.lines("/localData 127.0.0.77(rw)"))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains(
                                    "WARN",
                                    "127.0.0.77 may not mount /localData",
                                    "no client of /localData",
                                    "exports:1"));
            assertThat(log.lines("/localdata 127.0.0.77(ro)"))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains("may not mount /localdata", "the nearest is /localData", "exports:1"));
        }
    }

    @Test
    void rule27ARefusedCallAndAnUnprivilegedPortAreLoggedOnceToo() throws IOException {
        FileHandle root = serving.root();
        try (StandardError log = new StandardError()) {
            for (int i = 0; i < 3; i++) {
                assertThat(serving.client("127.0.0.78", Serving.ROOT)
                                .getattr(root)
                                .status())
                        .isEqualTo(Status.ACCES);
                assertThat(serving.unprivilegedClient("127.0.0.2").getattr(root).status())
                        .isIn(Status.PERM, Status.ACCES);
                assertThat(serving.unprivilegedClient("127.0.0.2")
                                .mount("/localData/x")
                                .status())
                        .isEqualTo(MountStatus.ACCES);
            }

            assertThat(log.lines("127.0.0.78"))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains("no client of /localData", "add the line  /localData 127.0.0.78(rw)"));
            assertThat(log.lines("127.0.0.2 may not mount /localData:"))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("secure", "below 1024", "resvport", "(ro,insecure)"));
        }
    }
}
