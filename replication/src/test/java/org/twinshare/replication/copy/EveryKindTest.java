package org.twinshare.replication.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;

/** What a tree can hold reaches the standby as it is, by a copy and by records. */
@Timeout(120)
class EveryKindTest {
    private static final long TIME_NS = 1_234_567_890_123_456_789L;

    private Twin twin;
    private Client client;
    private final List<Long> ids = new ArrayList<>();

    @BeforeEach
    void begin() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        twin = new Twin();
        client = new Client(twin.primary, twin.root);
    }

    @AfterEach
    void end() throws Exception {
        twin.close();
    }

    private long kept(long id) {
        ids.add(id);
        return id;
    }

    private static Name bytes(int... bytes) throws ErrnoException {
        byte[] name = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            name[i] = (byte) bytes[i];
        }
        return Name.of(name, 0, name.length);
    }

    private void makeEveryKind(Name at) throws Exception {
        long sticky = kept(client.directory(twin.root, at, 0755));
        long shared = kept(client.directory(sticky, Name.of("setgid"), 0755));

        long setuid = kept(client.file(sticky, Name.of("setuid"), 0644));
        client.write(setuid, 0, "program".getBytes(UTF_8), Stability.FILE_SYNC);
        client.set(setuid, new SetAttributes(null, 1000, 100, null, null, null));
        client.set(setuid, Client.mode(06755));

        long linked = kept(client.file(sticky, Name.of("linked"), 0600));
        client.link(linked, shared, Name.of("linked too"));
        client.link(linked, sticky, bytes(0xff, 0xfe, 'x', 0x80));
        client.write(linked, 0, "one of three".getBytes(UTF_8), Stability.UNSTABLE);
        client.commit(linked);

        kept(client.symlink(sticky, Name.of("symlink"), new byte[] {'.', '.', '/', (byte) 0xff, 1}));
        kept(client.symlink(sticky, bytes(0xc3), "x".repeat(1000).getBytes(UTF_8)));
        kept(client.node(sticky, Name.of("fifo"), FileType.FIFO, 0620, 0));
        kept(client.node(sticky, Name.of("socket"), FileType.SOCKET, 0777, 0));
        kept(client.node(sticky, Name.of("device"), FileType.CHARACTER_DEVICE, 0640, 4L << 32 | 300));
        byte[] longest = new byte[Name.MAX_BYTES];
        Arrays.fill(longest, (byte) 0xfd);
        kept(client.exclusive(sticky, Name.of(longest, 0, longest.length), 0x1234_5678_9abc_def0L));

        long sparse = kept(client.file(sticky, Name.of("sparse"), 0644));
        client.set(sparse, new SetAttributes(null, null, null, 5L << 20, null, null));
        client.write(sparse, 4 << 20, "end".getBytes(UTF_8), Stability.FILE_SYNC);
        client.set(sparse, Client.times(1, TIME_NS));

        byte[] large = new byte[300_000];
        Arrays.fill(large, (byte) 7);
        long synced = kept(client.file(sticky, Name.of("synced by itself"), 0644));
        client.write(synced, 10, large, Stability.UNSTABLE);
        client.set(synced, Client.times(TIME_NS + 1, TIME_NS + 2));
        client.commit(synced);

        client.set(shared, new SetAttributes(02775, 33, 33, null, null, null));
        client.set(sticky, Client.mode(01777));
        client.set(shared, Client.times(TIME_NS, TIME_NS + 1));
    }

    private static Attributes without(Attributes of, long usedBytes) {
        boolean directory = of.type() == FileType.DIRECTORY;
        return new Attributes(
                of.id(),
                of.type(),
                of.mode(),
                of.links(),
                of.uid(),
                of.gid(),
                directory ? 0 : of.sizeBytes(),
                usedBytes,
                of.rdev(),
                0,
                of.modifyNs(),
                of.changeNs());
    }

    /** All that a client sees but atime and used blocks, and the size of directories, which is the file system's own. */
    private static Attributes seen(LocalTree tree, long id) {
        return without(Objects.requireNonNull(tree.attributesOf(id)), 0);
    }

    private void assertEqual() throws Exception {
        Trees.assertEqual(twin);
        for (long id : ids) {
            assertThat(seen(twin.standbyTree, id)).isEqualTo(seen(twin.primaryTree, id));
        }
    }

    @Test
    void everyKindOfObjectIsEqualAfterACopyAndByRecords() throws Exception {
        makeEveryKind(Name.of("copied"));
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.copy.copyAll(1);
            assertEqual();
            stream.follow();
            makeEveryKind(Name.of("by records"));
            stream.awaitCaughtUp();
            assertEqual();
            assertThat(stream.apply.divergences().state().suspected()).isZero();
            assertThat(seen(twin.standbyTree, client.lookup(twin.root, Name.of("by records")))
                            .mode())
                    .isEqualTo(01777);
        }
        twin.restartStandby();
        assertEqual();
    }

    @Test
    void aFileThatALocalProcessMadeReachesTheStandby() throws Exception {
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.copy.copyAll(1);
            stream.follow();
            Path export = twin.export("p");
            Files.createDirectories(export.resolve("upload/deep"));
            Files.writeString(export.resolve("upload/deep/file"), "made locally");
            Files.createLink(export.resolve("upload/link"), export.resolve("upload/deep/file"));
            Files.createSymbolicLink(export.resolve("upload/symlink"), Path.of("deep/file"));
            long upload = kept(client.lookup(twin.root, Name.of("upload")));
            long deep = kept(client.lookup(upload, Name.of("deep")));
            long file = kept(client.lookup(deep, Name.of("file")));
            // By a listing, and what nobody has asked for by the copy of the directory.
            assertThat(twin.primaryTree.view().page(upload, 0, 100).entries()).hasSize(3);
            stream.awaitCaughtUp();
            assertEqual();
            client.write(file, 5, "changed".getBytes(UTF_8), Stability.FILE_SYNC);
            client.rename(deep, Name.of("file"), twin.root, Name.of("elsewhere"));
            stream.awaitCaughtUp();
            assertEqual();
        }
    }

    @Test
    void aSingleFileThatALocalProcessMadeReachesTheStandby() throws Exception {
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.copy.copyAll(1);
            stream.follow();
            Files.writeString(twin.export("p").resolve("upload"), "made locally");
            kept(client.lookup(twin.root, Name.of("upload")));
            stream.awaitCaughtUp();
            assertEqual();
        }
    }

    @Test
    void whatALocalProcessPutInThePlaceOfARemovedObjectReachesTheStandby() throws Exception {
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.copy.copyAll(1);
            client.file(twin.root, Name.of("upload"), 0644);
            client.remove(twin.root, Name.of("upload"));
            Files.createDirectory(twin.export("p").resolve("upload"));
            long upload = kept(client.lookup(twin.root, Name.of("upload")));
            client.rename(twin.root, Name.of("upload"), twin.root, Name.of("moved"));
            kept(client.file(upload, Name.of("file"), 0644));
            stream.follow();
            stream.awaitCaughtUp();
            assertEqual();
        }
    }

    /** The directory is made before its entries are asked for: that they are to be asked for must outlive the connection. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDirectoryIsListedThoughTheConnectionEndedBeforeThat(boolean restarts) throws Exception {
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.copy.copyAll(1);
            stream.beforeAsk = ask -> {
                if (ask instanceof Ask.Directory) {
                    stream.cut();
                }
            };
            Files.createDirectories(twin.export("p").resolve("upload/deep"));
            Files.writeString(twin.export("p").resolve("upload/deep/file"), "made locally");
            kept(client.lookup(twin.root, Name.of("upload")));
            assertThatExceptionOfType(IOException.class).isThrownBy(stream.copy::follow);
        }
        assertThat(twin.export("s").resolve("upload")).as("made").exists();
        if (restarts) {
            twin.restartStandby();
        }
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.follow();
            stream.awaitCaughtUp();
            Trees.assertEqual(twin);
        }
    }

    @Test
    void aRecordThatIsVoidIsNotCarriedOut() throws Exception {
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.copy.copyAll(1);
            stream.follow();
            long victim = client.file(twin.root, Name.of("victim"), 0644);
            Journal journal = twin.primary.journal();
            Change never = new Change.Removed(1, victim, twin.root, Name.of("victim"), false);
            Entry changed = new Entry.Changed(null, never);
            long sequence = journal.append(EntryCodec.type(changed), 0, EntryCodec.encode(changed))
                    .sequence();
            Entry voided = new Entry.Voided(sequence, Errno.EDQUOT);
            journal.append(EntryCodec.type(voided), 0, EntryCodec.encode(voided));
            client.write(victim, 0, "still here".getBytes(UTF_8), Stability.FILE_SYNC);
            stream.awaitCaughtUp();
            assertThat(twin.standbyTree.attributesOf(victim)).isNotNull();
            Trees.assertEqual(twin);
        }
    }
}
