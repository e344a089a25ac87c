package org.twinshare.fileserver.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.AttributeCalls;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.CreateCalls;
import org.twinshare.client.probe.CreateCalls.How;
import org.twinshare.client.probe.CreateCalls.Node;
import org.twinshare.client.probe.DataCalls;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.ListCalls;
import org.twinshare.client.probe.NameCalls;
import org.twinshare.client.probe.NfsCall;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.Procedure;
import org.twinshare.client.probe.SetAttributes;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.Status;

/** Every procedure with every failure of RFC 1813 that can be provoked from outside: rules 6, 9, 11 and 15 across all of them. */
final class FailureRulesIT {
    private static final Bytes NAME = Bytes.of("name");

    @TempDir
    private static Path base;

    private static Serving serving;
    private static NfsProbe client;
    private static FileHandle room;
    private static FileHandle file;
    private static FileHandle closed;

    @BeforeAll
    static void serve() throws IOException {
        serving = Serving.start(
                base,
                "/localData 127.0.0.0/8(rw,no_root_squash) 127.0.0.2(ro) 127.0.0.3(rw,no_root_squash,nordirplus)");
        client = serving.client();
        room = serving.room("room");
        file = client.create(room, "file", 0600).ok().handle().orElseThrow();
        closed = client.mkdir(room, "closed", 0700).ok().handle().orElseThrow();
        client.create(closed, "name", 0600).ok();
    }

    @AfterAll
    static void stop() throws IOException {
        serving.close();
    }

    /** A call of every procedure but NULL, about these objects. */
    private static List<NfsCall<?, ?>> all(FileHandle object, FileHandle directory) {
        List<NfsCall<?, ?>> calls = new ArrayList<>(changes(object, directory));
        calls.add(AttributeCalls.getattr(object));
        calls.add(AttributeCalls.access(object, 0x3f));
        calls.add(AttributeCalls.fsstat(object));
        calls.add(AttributeCalls.fsinfo(object));
        calls.add(AttributeCalls.pathconf(object));
        calls.add(NameCalls.lookup(directory, NAME));
        calls.add(NameCalls.readlink(object));
        calls.add(DataCalls.read(object, 0, 1));
        calls.add(ListCalls.readdir(directory, 0, 0, 4096));
        calls.add(ListCalls.readdirplus(directory, 0, 0, 4096, 4096));
        return calls;
    }

    /** A call of every procedure that changes something. */
    private static List<NfsCall<?, ?>> changes(FileHandle object, FileHandle directory) {
        List<NfsCall<?, ?>> calls = new ArrayList<>(inDirectory(directory));
        calls.add(AttributeCalls.setattr(object, SetAttributes.ofMode(0600), java.util.Optional.empty()));
        calls.add(DataCalls.write(object, 0, Stability.FILE_SYNC, new byte[1]));
        calls.add(DataCalls.commit(object, 0, 0));
        calls.add(NameCalls.link(object, directory, NAME));
        return calls;
    }

    /** A call of every procedure that changes a directory and needs nothing else. */
    private static List<NfsCall<?, ?>> inDirectory(FileHandle directory) {
        return List.of(
                CreateCalls.create(directory, NAME, new How.Guarded(SetAttributes.NONE)),
                CreateCalls.mkdir(directory, NAME, SetAttributes.NONE),
                CreateCalls.symlink(directory, NAME, NAME, SetAttributes.NONE),
                CreateCalls.mknod(directory, NAME, new Node.Fifo(SetAttributes.NONE)),
                NameCalls.remove(directory, NAME),
                NameCalls.rmdir(directory, NAME),
                NameCalls.rename(directory, NAME, directory, Bytes.of("other")));
    }

    private static void assertAll(NfsProbe probe, List<NfsCall<?, ?>> calls, Status expected) throws IOException {
        for (NfsCall<?, ?> call : calls) {
            assertThat(status(probe, call)).as("%s", call.procedure()).isEqualTo(expected);
        }
    }

    private static Status status(NfsProbe probe, NfsCall<?, ?> call) throws IOException {
        return call.decode(probe.connection().receive(probe.send(call))).status();
    }

    @Test
    void everyProcedureRefusesAHandleThatIsNotOurs() throws IOException {
        FileHandle forged = new FileHandle(Bytes.of(new byte[32]));
        assertAll(client, all(forged, forged), Status.BADHANDLE);
        assertThat(all(file, room)).hasSize(Procedure.values().length - 1);
    }

    @Test
    void everyProcedureSaysStaleOfAnObjectThatIsGone() throws IOException {
        FileHandle gone = client.create(room, "gone", 0600).ok().handle().orElseThrow();
        FileHandle goneDirectory =
                client.mkdir(room, "gone-too", 0700).ok().handle().orElseThrow();
        client.remove(room, "gone").ok();
        client.rmdir(room, "gone-too").ok();

        assertAll(client, all(gone, goneDirectory), Status.STALE);
        assertThat(client.link(file, goneDirectory, "x").status()).isEqualTo(Status.STALE);
        assertThat(client.rename(room, "file", goneDirectory, "x").status()).isEqualTo(Status.STALE);
    }

    @Test
    void everyChangeIsRefusedInAReadOnlyExport() throws IOException {
        assertAll(serving.client("127.0.0.2", Serving.ROOT), changes(file, room), Status.ROFS);
        assertThat(client.getattr(file).ok().mode()).isEqualTo(0600);
    }

    @Test
    void everyProcedureOnADirectorySaysNotdirOfAFile() throws IOException {
        assertAll(client, inDirectory(file), Status.NOTDIR);
        assertThat(client.lookup(file, "x").status()).isEqualTo(Status.NOTDIR);
        assertThat(client.readdir(file, 0, 0, 4096).status()).isEqualTo(Status.NOTDIR);
        assertThat(client.readdirplus(file, 0, 0, 4096, 4096).status()).isEqualTo(Status.NOTDIR);
        assertThat(client.link(file, file, "x").status()).isEqualTo(Status.NOTDIR);
    }

    @Test
    void everyProcedureAsksWhetherTheUserMay() throws IOException {
        NfsProbe user = client.as(Serving.WWW);
        assertAll(user, inDirectory(closed), Status.ACCES);
        assertThat(user.lookup(closed, "name").status()).isEqualTo(Status.ACCES);
        assertThat(user.readdir(closed, 0, 0, 4096).status()).isEqualTo(Status.ACCES);
        assertThat(user.readdirplus(closed, 0, 0, 4096, 4096).status()).isEqualTo(Status.ACCES);
        assertThat(user.read(file, 0, 1).status()).isEqualTo(Status.ACCES);
        assertThat(user.write(file, 0, Stability.UNSTABLE, new byte[1]).status())
                .isEqualTo(Status.ACCES);
        assertThat(user.link(file, closed, "x").status()).isEqualTo(Status.ACCES);
        assertThat(user.setattr(file, SetAttributes.ofMode(0666)).status()).isEqualTo(Status.PERM);
        assertThat(user.setattr(file, SetAttributes.ofSize(0)).status()).isEqualTo(Status.ACCES);
        assertThat(user.setattr(
                                file,
                                SetAttributes.NONE.times(
                                        new SetAttributes.Time.OfServer(), new SetAttributes.Time.OfServer()))
                        .status())
                .isEqualTo(Status.ACCES);
        assertThat(user.setattr(closed, SetAttributes.NONE.uid(33)).status()).isEqualTo(Status.PERM);
    }

    @Test
    void whatIsNotThereIsNoentAndWhatIsThereExists() throws IOException {
        assertThat(client.lookup(room, "absent").status()).isEqualTo(Status.NOENT);
        assertThat(client.remove(room, "absent").status()).isEqualTo(Status.NOENT);
        assertThat(client.rmdir(room, "absent").status()).isEqualTo(Status.NOENT);
        assertThat(client.rename(room, "absent", room, "x").status()).isEqualTo(Status.NOENT);
        assertThat(client.create(room, "closed", 0600).status()).isEqualTo(Status.EXIST);
        assertThat(client.mkdir(room, "file", 0700).status()).isEqualTo(Status.EXIST);
        assertThat(client.symlink(room, "file", "x").status()).isEqualTo(Status.EXIST);
        assertThat(client.mknod(room, "file", new Node.Socket(SetAttributes.NONE))
                        .status())
                .isEqualTo(Status.EXIST);
        assertThat(client.link(file, room, "closed").status()).isEqualTo(Status.EXIST);
    }

    @Test
    void aDirectoryIsNoFileAndAFileIsNoDirectory() throws IOException {
        assertThat(client.read(room, 0, 1).status()).isEqualTo(Status.ISDIR);
        assertThat(client.write(room, 0, Stability.UNSTABLE, new byte[1]).status())
                .isIn(Status.ISDIR, Status.INVAL);
        assertThat(client.setattr(room, SetAttributes.ofSize(1)).status()).isIn(Status.ISDIR, Status.INVAL);
        assertThat(client.remove(room, "closed").status()).isIn(Status.ISDIR, Status.PERM);
        assertThat(client.rmdir(room, "file").status()).isEqualTo(Status.NOTDIR);
        assertThat(client.rmdir(room, "closed").status()).isEqualTo(Status.NOTEMPTY);
        assertThat(client.readlink(file).status()).isEqualTo(Status.INVAL);
        assertThat(client.readlink(room).status()).isEqualTo(Status.INVAL);
        assertThat(client.link(closed, room, "second").status()).isIn(Status.PERM, Status.ISDIR, Status.INVAL);
        assertThat(client.create(room, Bytes.of("closed"), new How.Unchecked(SetAttributes.NONE))
                        .status())
                .isIn(Status.EXIST, Status.ISDIR);
    }

    @Test
    void readdirplusIsRefusedWhereTheExportSaysSo() throws IOException {
        NfsProbe other = serving.client("127.0.0.3", Serving.ROOT);

        assertThat(other.readdirplus(room, 0, 0, 4096, 4096).status()).isEqualTo(Status.NOTSUPP);
        assertThat(other.readdir(room, 0, 0, 4096).status()).isEqualTo(Status.OK);
    }

    @Test
    void theTextOfALinkHasItsLimits() throws IOException {
        assertThat(client.symlink(room, Bytes.of("l"), Bytes.of("x".repeat(4096)), SetAttributes.NONE)
                        .status())
                .isEqualTo(Status.NAMETOOLONG);
        assertThat(client.symlink(room, Bytes.of("l"), Bytes.ofHex("61 00"), SetAttributes.NONE)
                        .status())
                .isEqualTo(Status.INVAL);
        assertThat(client.lookup(room, "l").status()).isEqualTo(Status.NOENT);
    }
}
