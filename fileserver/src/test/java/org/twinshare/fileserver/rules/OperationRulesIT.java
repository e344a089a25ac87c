package org.twinshare.fileserver.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.AttributeCalls.FileSystemInfo;
import org.twinshare.client.probe.AttributeCalls.FileSystemState;
import org.twinshare.client.probe.AttributeCalls.PathLimits;
import org.twinshare.client.probe.Attributes;
import org.twinshare.client.probe.CreateCalls.Node;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.FileType;
import org.twinshare.client.probe.NameCalls;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.SetAttributes;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.Status;

/** Rules 23 to 25: RENAME, what the file system can do, and objects of every type. */
final class OperationRulesIT {
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

    private FileHandle file(FileHandle directory, String name) throws IOException {
        return client.create(directory, name, 0644).ok().handle().orElseThrow();
    }

    private FileHandle directory(FileHandle directory, String name) throws IOException {
        return client.mkdir(directory, name, 0755).ok().handle().orElseThrow();
    }

    @Test
    void rule23RenameOfTwoNamesOfOneInodeDoesNothing() throws IOException {
        FileHandle file = file(room, "one");
        client.link(file, room, "two").ok();

        assertThat(client.rename(room, "one", room, "two").status()).isEqualTo(Status.OK);
        assertThat(client.rename(room, "one", room, "one").status()).isEqualTo(Status.OK);

        assertThat(client.lookup(room, "one").ok().handle()).isEqualTo(file);
        assertThat(client.lookup(room, "two").ok().handle()).isEqualTo(file);
        assertThat(client.getattr(file).ok().links()).isEqualTo(2);
    }

    @Test
    void rule23TheMovedHandleWorksAndTheReplacedOneIsStale() throws IOException {
        FileHandle inner = directory(room, "inner");
        FileHandle moved = file(room, "moved");
        FileHandle replaced = file(inner, "there");

        NameCalls.Renamed renamed = client.rename(room, "moved", inner, "there").ok();

        assertThat(client.write(moved, 0, Stability.UNSTABLE, new byte[5]).status())
                .isEqualTo(Status.OK);
        assertThat(client.getattr(replaced).status()).isEqualTo(Status.STALE);
        assertThat(client.lookup(inner, "there").ok().handle()).isEqualTo(moved);
        assertThat(client.lookup(room, "moved").status()).isEqualTo(Status.NOENT);
        assertThat(renamed.from().after()).isPresent();
        assertThat(renamed.to().after()).isPresent();
    }

    @Test
    void rule23ADirectoryReplacesOnlyAnEmptyDirectory() throws IOException {
        FileHandle moved = directory(room, "moved");
        FileHandle full = directory(room, "full");
        file(full, "inside");
        FileHandle empty = directory(room, "empty");
        file(room, "file");

        assertThat(client.rename(room, "moved", room, "full").status()).isIn(Status.NOTEMPTY, Status.EXIST);
        assertThat(client.rename(room, "moved", room, "file").status()).isIn(Status.NOTDIR, Status.EXIST);
        assertThat(client.rename(room, "file", room, "empty").status()).isIn(Status.ISDIR, Status.EXIST);
        assertThat(client.rename(room, "moved", room, "empty").status()).isEqualTo(Status.OK);
        assertThat(client.lookup(room, "empty").ok().handle()).isEqualTo(moved);
        assertThat(client.getattr(empty).status()).isEqualTo(Status.STALE);
    }

    @Test
    void rule23ADirectoryNeverGoesIntoItsOwnSubtree() throws IOException {
        FileHandle outer = directory(room, "outer");
        FileHandle inner = directory(outer, "inner");

        assertThat(client.rename(room, "outer", outer, "x").status()).isEqualTo(Status.INVAL);
        assertThat(client.rename(room, "outer", inner, "x").status()).isEqualTo(Status.INVAL);
        assertThat(client.lookup(room, "outer").ok().handle()).isEqualTo(outer);
    }

    @Test
    void rule23NothingIsRenamedOrLinkedAcrossExports() throws IOException {
        Files.createDirectory(base.resolve("other"));
        serving.reload("/localData 127.0.0.0/8(rw,no_root_squash)", "/other 127.0.0.0/8(rw,no_root_squash)");
        FileHandle other = client.mount("/other").ok();
        FileHandle file = file(room, "file");

        assertThat(client.rename(room, "file", other, "file").status()).isEqualTo(Status.XDEV);
        assertThat(client.link(file, other, "file").status()).isEqualTo(Status.XDEV);
        assertThat(client.lookup(room, "file").status()).isEqualTo(Status.OK);
    }

    @Test
    void rule24FsinfoTellsWhatTheServerCanDo() throws IOException {
        FileSystemInfo info = client.fsinfo(room).ok();

        assertThat(info).returns(1L << 20, FileSystemInfo::readMaximum).returns(1L << 20, FileSystemInfo::writeMaximum);
        assertThat(info.readPreferred()).isEqualTo(1 << 20);
        assertThat(info.writePreferred()).isEqualTo(1 << 20);
        assertThat(info.listingPreferred()).isGreaterThanOrEqualTo(64 << 10);
        // FSF_LINK, FSF_SYMLINK, FSF_HOMOGENEOUS, FSF_CANSETTIME (RFC 1813, 3.3.19).
        assertThat(info.properties()).isEqualTo(0x01 | 0x02 | 0x08 | 0x10);
        assertThat(info.largestFileBytes()).isGreaterThan(1L << 40);
        assertThat(client.read(file(room, "x"), 0, (int) info.readMaximum()).status())
                .isEqualTo(Status.OK);
    }

    @Test
    void rule24PathconfTellsTheLimitsOfNames() throws IOException {
        PathLimits limits = client.pathconf(room).ok();

        assertThat(limits)
                .returns(255L, PathLimits::nameMaximumBytes)
                .returns(true, PathLimits::noTruncation)
                .returns(true, PathLimits::chownRestricted)
                .returns(false, PathLimits::caseInsensitive)
                .returns(true, PathLimits::casePreserving);
        assertThat(limits.linkMaximum()).isGreaterThan(1000);
    }

    @Test
    void rule24FsstatTellsWhatTheCallerMayReallyUse() throws IOException {
        FileSystemState root = client.fsstat(room).ok();
        FileSystemState user = client.as(Serving.WWW).fsstat(room).ok();
        long total = Files.getFileStore(base).getTotalSpace();

        assertThat(root.totalBytes()).isEqualTo(total);
        assertThat(user.totalBytes()).isEqualTo(total);
        assertThat(root.availableBytes()).isEqualTo(root.freeBytes());
        assertThat(user.availableBytes()).isLessThanOrEqualTo(user.freeBytes());
        assertThat(user.totalFiles()).isGreaterThan(user.freeFiles()).isPositive();
    }

    @Test
    void rule25MknodMakesFifosAndSocketsForAllAndDevicesForRoot() throws IOException {
        NfsProbe user = client.as(Serving.WWW);
        SetAttributes mode = SetAttributes.ofMode(0640);

        assertMade(user, "fifo", new Node.Fifo(mode), FileType.FIFO);
        assertMade(user, "socket", new Node.Socket(mode), FileType.SOCKET);
        assertThat(user.mknod(room, "null", new Node.CharacterDevice(mode, 1, 3))
                        .status())
                .isEqualTo(Status.PERM);
        assertThat(user.mknod(room, "disk", new Node.BlockDevice(mode, 8, 1)).status())
                .isEqualTo(Status.PERM);
        Attributes device = assertMade(client, "null", new Node.CharacterDevice(mode, 1, 3), FileType.CHARACTER_DEVICE);
        assertThat(device.deviceMajor()).isEqualTo(1);
        assertThat(device.deviceMinor()).isEqualTo(3);
        Attributes disk = assertMade(client, "disk", new Node.BlockDevice(mode, 259, 70_000), FileType.BLOCK_DEVICE);
        assertThat(disk.deviceMajor()).isEqualTo(259);
        assertThat(disk.deviceMinor()).isEqualTo(70_000);
    }

    private Attributes assertMade(NfsProbe user, String name, Node node, FileType type) throws IOException {
        Attributes made = user.mknod(room, name, node).ok().attributes().orElseThrow();
        assertThat(made).returns(type, Attributes::type).returns(0640, Attributes::mode);
        assertThat(user.lookup(room, name).ok().attributes()).contains(made);
        return made;
    }

    @Test
    void rule25MknodMakesNoRegularFilesDirectoriesOrLinks() throws IOException {
        for (FileType type : new FileType[] {FileType.REGULAR, FileType.DIRECTORY, FileType.SYMBOLIC_LINK}) {
            assertThat(client.mknod(room, "x", new Node.Other(type)).status()).isEqualTo(Status.BADTYPE);
        }
        assertThat(client.lookup(room, "x").status()).isEqualTo(Status.NOENT);
    }

    @Test
    void rule25ASpecialFileIsNeverOpenedForData() throws IOException {
        FileHandle fifo = client.mknod(room, "fifo", new Node.Fifo(SetAttributes.ofMode(0666)))
                .ok()
                .handle()
                .orElseThrow();

        assertThat(client.read(fifo, 0, 1).status()).isEqualTo(Status.INVAL);
        assertThat(client.write(fifo, 0, Stability.UNSTABLE, new byte[1]).status())
                .isEqualTo(Status.INVAL);
        assertThat(client.readlink(fifo).status()).isEqualTo(Status.INVAL);
        assertThat(client.setattr(fifo, SetAttributes.ofMode(0600)).status()).isEqualTo(Status.OK);
    }

    @Test
    void rule25EveryProcedureAnswersOnceAsItShould() throws IOException {
        client.ping().ok();
        FileHandle file = file(room, "file");
        client.getattr(file).ok();
        client.setattr(file, SetAttributes.ofMode(0600)).ok();
        client.lookup(room, "file").ok();
        client.access(file, 0x3f).ok();
        client.write(file, 0, Stability.FILE_SYNC, new byte[3]).ok();
        client.read(file, 0, 3).ok();
        client.commit(file, 0, 0).ok();
        directory(room, "directory");
        FileHandle link = client.symlink(room, "symlink", "x").ok().handle().orElseThrow();
        client.readlink(link).ok();
        client.mknod(room, "fifo", new Node.Fifo(SetAttributes.NONE)).ok();
        client.link(file, room, "link").ok();
        client.rename(room, "link", room, "renamed").ok();
        client.remove(room, "renamed").ok();
        client.rmdir(room, "directory").ok();
        client.readdir(room, 0, 0, 4096).ok();
        client.readdirplus(room, 0, 0, 4096, 8192).ok();
        client.fsstat(room).ok();
        client.fsinfo(room).ok();
        client.pathconf(room).ok();
    }
}
