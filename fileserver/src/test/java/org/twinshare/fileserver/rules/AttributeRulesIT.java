package org.twinshare.fileserver.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.Attributes;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.CreateCalls;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.ListCalls;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.SetAttributes;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.Status;
import org.twinshare.client.probe.Timestamp;
import org.twinshare.client.probe.WccData;
import org.twinshare.fileserver.server.Refused;

/** Rules 7 to 10: attributes, and what tells a client whether its cache is still good. Rule 11 is beside it. */
final class AttributeRulesIT {
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

    private FileHandle file(String name, int mode) throws IOException {
        return client.create(room, name, mode).ok().handle().orElseThrow();
    }

    @Test
    void rule7IdsHandlesAndCookiesAreTheSameAfterARestart() throws IOException, Refused {
        FileHandle file = file("file", 0644);
        for (int i = 0; i < 20; i++) {
            file("entry" + i, 0644);
        }
        Attributes before = client.getattr(file).ok();
        List<ListCalls.EntryPlus> listed = client.list(room);

        serving.restart();
        client = serving.client();

        Attributes after = client.getattr(file).ok();
        assertThat(after.fileid()).isEqualTo(before.fileid());
        assertThat(after.fsid()).isEqualTo(before.fsid());
        assertThat(after.changed()).isEqualTo(before.changed());
        assertThat(client.mount("/localData").ok()).isEqualTo(serving.root());
        assertThat(client.lookup(room, "file").ok().handle()).isEqualTo(file);
        assertThat(withoutAttributes(client.list(room))).isEqualTo(withoutAttributes(listed));
    }

    /** Names, ids, cookies and handles: the access time of a directory that was listed may move. */
    private static List<ListCalls.EntryPlus> withoutAttributes(List<ListCalls.EntryPlus> entries) {
        return entries.stream()
                .map(entry -> new ListCalls.EntryPlus(
                        entry.fileid(), entry.name(), entry.cookie(), Optional.empty(), entry.handle()))
                .toList();
    }

    @Test
    void rule7HardLinksShareOneFileidAndTheListingSaysTheSame() throws IOException {
        FileHandle file = file("one", 0644);
        client.link(file, room, "two").ok();

        long fileid = client.getattr(file).ok().fileid();

        assertThat(client.lookup(room, "two").ok().handle()).isEqualTo(file);
        assertThat(client.list(room))
                .filteredOn(entry -> entry.name().toString().matches("one|two"))
                .hasSize(2)
                .allSatisfy(entry -> assertThat(entry.fileid()).isEqualTo(fileid));
    }

    @Test
    void rule8EveryOneOfManyWritesInARowRaisesTheCtime() throws IOException {
        FileHandle file = file("file", 0644);
        List<Timestamp> times = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            WccData wcc = client.write(file, 0, Stability.UNSTABLE, new byte[] {(byte) i})
                    .ok()
                    .file();
            times.add(wcc.after().orElseThrow().changed());
        }

        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i)).isGreaterThan(times.get(i - 1));
        }
        assertThat(client.getattr(file).ok().changed()).isEqualTo(times.getLast());
    }

    @Test
    void rule8AChangeBehindTheServersBackIsSeenInTheCtime() throws IOException {
        FileHandle file = file("file", 0644);
        Timestamp before = client.getattr(file).ok().changed();

        Files.writeString(serving.real("room", "file"), "changed here");

        assertThat(client.getattr(file).ok())
                .satisfies(now -> assertThat(now.changed()).isGreaterThan(before))
                .returns(12L, Attributes::sizeBytes);
    }

    @Test
    void rule8TimesKeepTheirNanosecondsAndUsedCountsBlocks() throws IOException {
        FileHandle file = file("file", 0644);
        Timestamp accessed = new Timestamp(1_000_000_001L, 999_999_999L);
        Timestamp modified = new Timestamp(2_000_000_002L, 1);

        client.setattr(
                        file,
                        SetAttributes.ofSize(10 << 20)
                                .times(
                                        new SetAttributes.Time.OfClient(accessed),
                                        new SetAttributes.Time.OfClient(modified)))
                .ok();
        client.write(file, 5 << 20, Stability.FILE_SYNC, new byte[4096]).ok();
        client.setattr(
                        file,
                        SetAttributes.NONE.times(
                                new SetAttributes.Time.OfClient(accessed), new SetAttributes.Time.OfClient(modified)))
                .ok();

        Attributes now = client.getattr(file).ok();
        assertThat(now.accessed()).isEqualTo(accessed);
        assertThat(now.modified()).isEqualTo(modified);
        assertThat(now.sizeBytes()).isEqualTo(10 << 20);
        assertThat(now.usedBytes()).isEqualTo(4096);
        Timestamp delta = client.fsinfo(room).ok().timeDelta();
        assertThat(delta.seconds()).isZero();
        assertThat(delta.nanoseconds()).isBetween(1L, 10_000_000L);
    }

    @Test
    void rule9TheStateBeforeIsTheOneThatTheCallBeforeLeft() throws IOException {
        Attributes directory = client.getattr(room).ok();
        WccData made = client.create(room, "file", 0644).ok().directory();
        assertBefore(made, directory);
        FileHandle file = client.lookup(room, "file").ok().handle();

        Attributes state = client.getattr(file).ok();
        WccData written =
                client.write(file, 0, Stability.UNSTABLE, new byte[100]).ok().file();
        assertBefore(written, state);
        WccData committed = client.commit(file, 0, 0).ok().file();
        assertBefore(committed, written.after().orElseThrow());
        WccData set = client.setattr(file, SetAttributes.ofMode(0600)).ok();
        assertBefore(set, committed.after().orElseThrow());

        WccData linked = client.link(file, room, "link").ok().directory();
        assertBefore(linked, made.after().orElseThrow());
        WccData renamed = client.rename(room, "link", room, "other").ok().from();
        assertBefore(renamed, linked.after().orElseThrow());
        WccData removed = client.remove(room, "other").ok();
        assertBefore(removed, renamed.after().orElseThrow());
        assertThat(client.getattr(room).ok()).isEqualTo(removed.after().orElseThrow());
    }

    private static void assertBefore(WccData wcc, Attributes state) {
        assertThat(wcc.before()).contains(new WccData.Before(state.sizeBytes(), state.modified(), state.changed()));
        assertThat(wcc.after()).isPresent();
    }

    @Test
    void rule9FailuresCarryTheStateToo() throws IOException {
        FileHandle file = file("file", 0600);
        NfsProbe other = client.as(Serving.WWW);
        Attributes directory = client.getattr(room).ok();
        Attributes state = client.getattr(file).ok();
        Bytes tooLong = Bytes.of("x".repeat(256));

        assertUnchanged(client.create(room, "file", 0600).failure(), directory);
        assertUnchanged(client.mkdir(room, "file", 0700).failure(), directory);
        assertUnchanged(client.symlink(room, "file", "x").failure(), directory);
        assertUnchanged(
                client.mknod(room, "file", new CreateCalls.Node.Fifo(SetAttributes.NONE))
                        .failure(),
                directory);
        assertUnchanged(client.remove(room, "absent").failure(), directory);
        assertUnchanged(client.rmdir(room, "file").failure(), directory);
        assertUnchanged(client.rename(room, "absent", room, "x").failure().from(), directory);
        assertUnchanged(client.rename(room, "absent", room, "x").failure().to(), directory);
        assertUnchanged(client.link(file, room, "file").failure().directory(), directory);
        assertUnchanged(other.setattr(file, SetAttributes.ofMode(0666)).failure(), state);
        assertUnchanged(other.write(file, 0, Stability.UNSTABLE, new byte[1]).failure(), state);
        assertUnchanged(client.remove(room, tooLong).failure(), directory);
        assertUnchanged(client.mkdir(room, tooLong, SetAttributes.NONE).failure(), directory);
        assertUnchanged(client.rename(room, tooLong, room, tooLong).failure().to(), directory);
    }

    private static void assertUnchanged(WccData wcc, Attributes state) {
        assertBefore(wcc, state);
        assertThat(wcc.after().orElseThrow().changed()).isEqualTo(state.changed());
    }

    @Test
    void rule10TheGuardComparesTheCtimeToTheNanosecond() throws IOException {
        FileHandle file = file("file", 0644);
        Timestamp changed = client.getattr(file).ok().changed();
        Timestamp almost = new Timestamp(changed.seconds(), changed.nanoseconds() ^ 1);

        assertThat(client.setattr(file, SetAttributes.ofMode(0600), almost).status())
                .isEqualTo(Status.NOT_SYNC);
        assertThat(client.getattr(file).ok()).returns(0644, Attributes::mode).returns(changed, Attributes::changed);
        assertThat(client.setattr(file, SetAttributes.ofMode(0600), changed).status())
                .isEqualTo(Status.OK);
        assertThat(client.setattr(file, SetAttributes.ofMode(0644), changed).status())
                .isEqualTo(Status.NOT_SYNC);
    }

    @Test
    void rule10SizeOwnerAndModeAreSetInTheOrderThatKeepsTheWantedMode() throws IOException {
        FileHandle file = file("file", 0644);
        client.write(file, 0, Stability.UNSTABLE, new byte[100]).ok();

        // Truncation and a new owner both clear the set-id bits, so the mode that was asked for comes last.
        client.setattr(file, SetAttributes.ofSize(10).owner(33, 34).mode(06755)).ok();

        assertThat(client.getattr(file).ok())
                .returns(10L, Attributes::sizeBytes)
                .returns(33L, Attributes::uid)
                .returns(34L, Attributes::gid)
                .returns(06755, Attributes::mode);
    }

    @Test
    void rule10ASetattrThatMayNotDoAllDoesNothing() throws IOException {
        FileHandle file =
                client.as(Serving.WWW).create(room, "file", 0644).ok().handle().orElseThrow();
        client.write(file, 0, Stability.UNSTABLE, new byte[100]).ok();

        assertThat(client.as(Serving.WWW)
                        .setattr(file, SetAttributes.ofSize(0).mode(0600).uid(0))
                        .status())
                .isEqualTo(Status.PERM);

        assertThat(client.getattr(file).ok())
                .returns(100L, Attributes::sizeBytes)
                .returns(0644, Attributes::mode)
                .returns(33L, Attributes::uid);
    }

    @Test
    void rule10AWriteOrTruncationByAnotherUserClearsTheSetIdBits() throws IOException {
        for (String how : List.of("write", "truncate")) {
            FileHandle file = file(how, 0666);
            client.setattr(file, SetAttributes.ofMode(06777)).ok();
            if (how.equals("write")) {
                client.as(Serving.WWW)
                        .write(file, 0, Stability.FILE_SYNC, new byte[1])
                        .ok();
            } else {
                client.as(Serving.WWW).setattr(file, SetAttributes.ofSize(0)).ok();
            }
            assertThat(client.getattr(file).ok().mode()).as(how).isEqualTo(0777);
        }
    }

    @Test
    void rule10AChangeOfOwnerClearsTheSetIdBits() throws IOException {
        FileHandle file = file("file", 06755);

        client.setattr(file, SetAttributes.NONE.uid(33)).ok();

        assertThat(client.getattr(file).ok().mode()).isEqualTo(0755);
    }
}
