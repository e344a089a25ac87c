package org.twinshare.fileserver.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.AttributeCalls.Access;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.CreateCalls;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.FileType;
import org.twinshare.client.probe.ListCalls;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.SetAttributes;
import org.twinshare.client.probe.Status;
import org.twinshare.fileserver.server.Refused;

/** Rules 12 to 15: names, links and file handles. */
final class NameRulesIT {
    @TempDir
    private Path base;

    private Serving serving;
    private NfsProbe client;
    private FileHandle room;

    @BeforeEach
    void serve() throws IOException {
        serving = Serving.start(base);
        client = serving.client();
        room = serving.room("room");
    }

    @AfterEach
    void stop() throws IOException {
        serving.close();
    }

    @Test
    void rule12NamesAreBytesAndComeBackAsTheyWere() throws IOException {
        byte[] allButSlashAndNul = new byte[254];
        for (int i = 0, value = 1; value < 256; value++) {
            if (value != '/') {
                allButSlashAndNul[i++] = (byte) value;
            }
        }
        List<Bytes> names = List.of(
                Bytes.ofHex("e9"),
                Bytes.ofHex("c3 a9"),
                Bytes.ofHex("65 cc 81"),
                Bytes.of("\n"),
                Bytes.of("-rf"),
                Bytes.of(" "),
                Bytes.of("..."),
                Bytes.of("\u00e9".repeat(127) + "x"),
                Bytes.of("a"),
                Bytes.of("A"),
                Bytes.of(allButSlashAndNul));

        for (Bytes name : names) {
            client.create(room, name, new CreateCalls.How.Guarded(SetAttributes.NONE))
                    .ok();
        }

        assertThat(client.list(room))
                .extracting(ListCalls.EntryPlus::name)
                .containsAll(names)
                .hasSize(names.size() + 2);
        for (Bytes name : names) {
            assertThat(client.lookup(room, name).status()).as(name.toString()).isEqualTo(Status.OK);
            assertThat(client.remove(room, name).status()).as(name.toString()).isEqualTo(Status.OK);
        }
    }

    @Test
    void rule12WhatIsNoNameIsRefusedByEveryProcedureThatTakesOne() throws IOException {
        FileHandle file = client.create(room, "file", 0600).ok().handle().orElseThrow();
        assertRefused(Bytes.of("x".repeat(256)), file, Status.NAMETOOLONG);
        assertRefused(Bytes.of("x".repeat(4096)), file, Status.NAMETOOLONG);
        assertRefused(Bytes.EMPTY, file, Status.INVAL, Status.NOENT, Status.ACCES);
        assertRefused(Bytes.of("a/b"), file, Status.INVAL, Status.ACCES);
        assertRefused(Bytes.ofHex("61 00 62"), file, Status.INVAL, Status.ACCES);
    }

    private void assertRefused(Bytes name, FileHandle file, Status... how) throws IOException {
        Bytes good = Bytes.of("file");
        CreateCalls.How guarded = new CreateCalls.How.Guarded(SetAttributes.NONE);
        assertThat(client.lookup(room, name).status()).isIn((Object[]) how);
        assertThat(client.create(room, name, guarded).status()).isIn((Object[]) how);
        assertThat(client.mkdir(room, name, SetAttributes.NONE).status()).isIn((Object[]) how);
        assertThat(client.symlink(room, name, good, SetAttributes.NONE).status())
                .isIn((Object[]) how);
        assertThat(client.mknod(room, name, new CreateCalls.Node.Fifo(SetAttributes.NONE))
                        .status())
                .isIn((Object[]) how);
        assertThat(client.remove(room, name).status()).isIn((Object[]) how);
        assertThat(client.rmdir(room, name).status()).isIn((Object[]) how);
        assertThat(client.rename(room, name, room, good).status()).isIn((Object[]) how);
        assertThat(client.rename(room, good, room, name).status()).isIn((Object[]) how);
        assertThat(client.link(file, room, name).status()).isIn((Object[]) how);
    }

    @Test
    void rule13ParentOfTheExportsRootIsTheRoot() throws IOException {
        FileHandle root = serving.root();

        assertThat(client.lookup(root, "..").ok().handle()).isEqualTo(root);
        assertThat(client.lookup(root, ".").ok().handle()).isEqualTo(root);
        assertThat(client.lookup(room, "..").ok().handle()).isEqualTo(root);
        long rootId = client.getattr(root).ok().fileid();
        assertThat(client.list(root))
                .filteredOn(entry -> entry.name().toString().matches("\\.\\.?"))
                .hasSize(2)
                .allSatisfy(entry -> assertThat(entry.fileid()).isEqualTo(rootId));
    }

    @Test
    void rule13DotAndDotDotAreNeverMadeRemovedOrRenamed() throws IOException {
        FileHandle file = client.create(room, "file", 0600).ok().handle().orElseThrow();
        for (String dots : List.of(".", "..")) {
            assertThat(client.create(room, dots, 0600).status()).isEqualTo(Status.EXIST);
            assertThat(client.mkdir(room, dots, 0700).status()).isEqualTo(Status.EXIST);
            assertThat(client.symlink(room, dots, "x").status()).isEqualTo(Status.EXIST);
            assertThat(client.mknod(room, dots, new CreateCalls.Node.Fifo(SetAttributes.NONE))
                            .status())
                    .isEqualTo(Status.EXIST);
            assertThat(client.link(file, room, dots).status()).isEqualTo(Status.EXIST);
            assertThat(client.remove(room, dots).status()).isIn(Status.INVAL, Status.NOTEMPTY);
            assertThat(client.rmdir(room, dots).status()).isIn(Status.INVAL, Status.NOTEMPTY);
            assertThat(client.rename(room, dots, room, "x").status()).isEqualTo(Status.INVAL);
            assertThat(client.rename(room, "file", room, dots).status()).isEqualTo(Status.INVAL);
        }
    }

    @Test
    void rule14TheTextOfASymlinkIsBytesThatComeBackUnchanged() throws IOException {
        for (Bytes text : List.of(
                Bytes.ofHex("e9 0a ff 2f 2e 2e"),
                Bytes.of("../../../etc/passwd"),
                Bytes.of("/absolute//./path/"),
                Bytes.of("x".repeat(1023)),
                Bytes.of("y/".repeat(2047)))) {
            FileHandle link = client.symlink(room, Bytes.of("link"), text, SetAttributes.NONE)
                    .ok()
                    .handle()
                    .orElseThrow();
            assertThat(client.readlink(link).ok().text()).isEqualTo(text);
            assertThat(client.getattr(link).ok().sizeBytes()).isEqualTo(text.length());
            client.remove(room, "link").ok();
        }
    }

    @Test
    void rule14TheServerFollowsNoLinkThatAClientCouldHaveMade() throws IOException {
        Files.writeString(base.resolve("secret"), "secret");
        Files.createDirectory(base.resolve("outside"));
        FileHandle toFile =
                client.symlink(room, "file", "../../secret").ok().handle().orElseThrow();
        FileHandle toDirectory = client.symlink(
                        room, "directory", base.resolve("outside").toString())
                .ok()
                .handle()
                .orElseThrow();

        assertThat(client.getattr(toFile).ok().type()).isEqualTo(FileType.SYMBOLIC_LINK);
        assertThat(client.read(toFile, 0, 100).status()).isEqualTo(Status.INVAL);
        assertThat(client.access(toFile, Access.ALL).status()).isEqualTo(Status.OK);
        assertThat(client.lookup(toDirectory, "x").status()).isEqualTo(Status.NOTDIR);
        assertThat(client.create(toDirectory, "x", 0600).status()).isEqualTo(Status.NOTDIR);
        assertThat(client.readdir(toDirectory, 0, 0, 4096).status()).isEqualTo(Status.NOTDIR);
        client.setattr(toFile, SetAttributes.NONE.owner(33, 33)).ok();
        client.create(room, "file", new CreateCalls.How.Unchecked(SetAttributes.ofSize(0)));
        assertThat(Files.getAttribute(base.resolve("secret"), "unix:uid")).isEqualTo(0);
        assertThat(Files.readString(base.resolve("secret"))).isEqualTo("secret");
        assertThat(base.resolve("outside")).isEmptyDirectory();
    }

    @Test
    void rule14AnotherFileSystemBelowTheExportIsNotEntered() throws IOException {
        client.mkdir(room, "disk", 0755).ok();
        Path disk = serving.real("room", "disk");
        Serving.run("mount", "-t", "tmpfs", "-o", "size=1m", "none", disk.toString());
        try {
            Files.writeString(disk.resolve("file"), "on another file system");
            assertThat(client.lookup(room, "disk").status()).isNotEqualTo(Status.OK);
            assertThat(client.list(room))
                    .filteredOn(entry -> entry.name().equals(Bytes.of("disk")))
                    .allSatisfy(entry -> assertThat(entry.handle()).isEmpty());
        } finally {
            Serving.run("umount", disk.toString());
        }
        assertThat(client.lookup(room, "disk").status()).isEqualTo(Status.OK);
    }

    @Test
    void rule15ForgedHandlesAreBadAndGoneOnesAreStale() throws IOException {
        FileHandle file = client.create(room, "file", 0600).ok().handle().orElseThrow();
        byte[] good = file.bytes().toArray();
        assertThat(good).hasSize(32);

        for (int bit = 0; bit < 32 * 8; bit++) {
            byte[] forged = good.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(client.getattr(new FileHandle(Bytes.of(forged))).status())
                    .as("bit %d", bit)
                    .isEqualTo(Status.BADHANDLE);
        }
        for (int length : new int[] {0, 1, 31, 33, 64}) {
            byte[] other = java.util.Arrays.copyOf(good, length);
            assertThat(client.getattr(new FileHandle(Bytes.of(other))).status())
                    .as("%d bytes", length)
                    .isEqualTo(Status.BADHANDLE);
        }
        client.remove(room, "file").ok();
        assertThat(client.getattr(file).status()).isEqualTo(Status.STALE);
    }

    @Test
    void rule15AHandleOfAReplacedOrRemovedFileStaysStaleAfterARestart() throws IOException, Refused {
        FileHandle file = client.create(room, "file", 0600).ok().handle().orElseThrow();
        client.remove(room, "file").ok();
        FileHandle anew = client.create(room, "file", 0600).ok().handle().orElseThrow();

        serving.restart();

        assertThat(serving.client().getattr(file).status()).isEqualTo(Status.STALE);
        assertThat(serving.client().getattr(anew).status()).isEqualTo(Status.OK);
    }

    @Test
    void rule15WithTheExportGoesEveryHandleOfItAtOnce() throws IOException {
        Files.createDirectory(base.resolve("other"));

        assertThat(serving.reload("/other 127.0.0.0/8(rw,no_root_squash)").hasErrors())
                .isFalse();

        assertThat(client.getattr(room).status()).isEqualTo(Status.STALE);
        assertThat(client.create(room, "x", 0600).status()).isEqualTo(Status.STALE);
        serving.reload("/localData 127.0.0.0/8(rw,no_root_squash)");
        assertThat(client.getattr(room).status()).isEqualTo(Status.OK);
    }

    @Test
    void rule15WhatIsMovedOutOfTheExportIsStaleAndWhatIsMovedInsideIsNot() throws IOException {
        FileHandle out = client.create(room, "out", 0600).ok().handle().orElseThrow();
        FileHandle inside = client.create(room, "inside", 0600).ok().handle().orElseThrow();

        // By another process: the server takes its own moves for granted.
        Serving.run(
                "mv",
                serving.real("room", "out").toString(),
                base.resolve("out").toString());
        Serving.run(
                "mv",
                serving.real("room", "inside").toString(),
                serving.real("moved").toString());

        assertThat(client.getattr(out).status()).isEqualTo(Status.STALE);
        assertThat(client.read(out, 0, 1).status()).isEqualTo(Status.STALE);
        assertThat(client.getattr(inside).status()).isEqualTo(Status.OK);
    }
}
