package org.twinshare.replication.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.twinshare.replication.channel.BootClock;
import org.twinshare.replication.channel.Connection;
import org.twinshare.replication.channel.Hello;
import org.twinshare.replication.journal.CopiedJournal;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.journal.JournalSettings;
import org.twinshare.replication.journal.RecordMark;
import org.twinshare.replication.journal.RecordsReleased;
import org.twinshare.replication.role.AckMode;
import org.twinshare.replication.role.Completeness;
import org.twinshare.replication.role.RoleFile;
import org.twinshare.replication.role.RoleState;
import org.twinshare.replication.role.Terms;
import org.twinshare.replication.role.WithoutStandby;

/** Two servers with journals in two directories, for tests: each half can be made and closed by itself. */
final class Twins {
    static final long CLUSTER = 0x7477_696e_7331L;
    static final byte TYPE = 2;
    static final JournalSettings SETTINGS = new JournalSettings(64 << 10, 16, 16 << 10, Duration.ofMillis(5));
    static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
    static final BootClock CLOCK = new BootClock();
    static final Terms SOON_ALONE =
            new Terms(AckMode.REMOTE_DISK, WithoutStandby.CONTINUE, Duration.ofSeconds(1), Duration.ofMillis(1500));

    private Twins() {}

    /** A primary in a directory, with a tree in memory. */
    static final class Primary implements AutoCloseable {
        final Journal journal;
        final RoleFile roleFile;
        final PrimaryLink link;
        final AtomicLong applied = new AtomicLong();
        volatile byte[] content = new byte[0];
        /** Run before each answer to a question of the standby's. */
        volatile Runnable onQuestion = () -> {};

        Primary(Path directory, Terms terms) throws Exception {
            roleFile = roleFile(directory, RoleState.lone(terms));
            journal = Journal.open(journalIn(directory), SETTINGS, InstantSource.system(), CLUSTER, 0);
            journal.epoch(roleFile.state().epoch());
            PrimaryTree tree = new PrimaryTree() {
                @Override
                public long appliedSequence() {
                    return applied.get();
                }

                @Override
                public void failed(String why) {
                    throw new AssertionError(why);
                }

                @Override
                public ByteBuffer answer(ByteBuffer question) {
                    onQuestion.run();
                    return ByteBuffer.allocate(question.remaining() + 8)
                            .putLong(applied.get())
                            .put(question)
                            .flip();
                }

                @Override
                public int read(long object, long offsetBytes, ByteBuffer into) {
                    int bytes = Math.clamp(content.length - offsetBytes, 0, into.remaining());
                    into.put(content, (int) offsetBytes, bytes);
                    return bytes;
                }
            };
            link = new PrimaryLink(journal, roleFile, tree, terms, CLOCK).start();
        }

        Hello hello() throws IOException {
            return link.hello(CLUSTER, "nas1");
        }

        long append() throws Exception {
            return journal.append(TYPE, 1, ByteBuffer.allocate(100)).sequence();
        }

        /** Appends and waits as a durable reply does. */
        long answer() throws Exception {
            long sequence = append();
            journal.awaitDurable(sequence);
            link.acknowledgement().awaitReplicated(sequence);
            return sequence;
        }

        @Override
        public void close() {
            link.close();
            journal.close();
        }
    }

    /** A standby in a directory, which notes what its tree is told. */
    static final class Standby implements AutoCloseable, StandbyTree {
        final Journal journal;
        final RoleFile roleFile;
        final StandbyLink link;
        final ConcurrentLinkedQueue<String> data = new ConcurrentLinkedQueue<>();
        volatile long mayApply;
        /** What {@link #mayApply} was when the last answer came. */
        volatile long mayApplyAtAnswer;

        final ConcurrentLinkedQueue<byte[]> answers = new ConcurrentLinkedQueue<>();
        volatile @Nullable Way way;
        volatile boolean refusesData;
        volatile boolean lacksData;
        volatile boolean catchesUpFirst;
        /** Run with each piece of data that comes. */
        volatile Runnable onData = () -> {};
        /** Run before each word of how much is on its disk. */
        volatile Runnable onSync = () -> {};

        final AtomicLong applied = new AtomicLong();

        Standby(Path directory) throws Exception {
            this(directory, complete(RoleState.newStandby(1, Terms.DEFAULT)));
        }

        Standby(Path directory, RoleState first) throws Exception {
            roleFile = roleFile(directory, first);
            journal = CopiedJournal.open(journalIn(directory), SETTINGS, InstantSource.system(), CLUSTER, 0);
            link = new StandbyLink(journal, roleFile, this, CLOCK, InstantSource.system());
        }

        Hello hello() throws IOException {
            return link.hello(CLUSTER, "nas2");
        }

        @Override
        public void data(long sequence, long object, long offsetBytes, ByteBuffer bytes) throws IOException {
            onData.run();
            if (refusesData) {
                throw new IOException("no room");
            }
            data.add(sequence + ": " + bytes.remaining() + " bytes at " + offsetBytes + " of " + object
                    + ", journal at " + journal.lastSequence());
        }

        @Override
        public void syncData(long sequence) {
            onSync.run();
        }

        @Override
        public long dataSyncedSequence() {
            return journal.durableSequence();
        }

        @Override
        public void failed(String why) {
            throw new AssertionError(why);
        }

        @Override
        public boolean hasWhatWasPromised() {
            return !lacksData;
        }

        @Override
        public boolean catchesUpFirst() {
            return catchesUpFirst;
        }

        @Override
        public void mayApply(long sequence) {
            mayApply = sequence;
        }

        @Override
        public Session begin(Way to) {
            way = to;
            return new Session() {
                @Override
                public void answered(ByteBuffer answer) {
                    byte[] copy = new byte[answer.remaining()];
                    answer.get(copy);
                    mayApplyAtAnswer = mayApply;
                    answers.add(copy);
                }

                @Override
                public void ended(IOException why) {
                    way = null;
                }
            };
        }

        @Override
        public void makeRoom() {
            journal.releaseUpTo(applied.get(), 0);
        }

        @Override
        public long appliedSequence() {
            return applied.get();
        }

        @Override
        public void close() {
            link.close();
            journal.close();
        }
    }

    static RoleState complete(RoleState state) {
        return state.with(Completeness.COMPLETE);
    }

    private static RoleFile roleFile(Path directory, RoleState first) throws Exception {
        RoleFile there = RoleFile.open(directory, CLUSTER);
        return there == null ? RoleFile.create(directory, CLUSTER, first) : there;
    }

    static RoleFile roleFile(Path directory) throws Exception {
        return Objects.requireNonNull(RoleFile.open(directory, CLUSTER));
    }

    static Path journalIn(Path directory) throws IOException {
        return Files.createDirectories(directory.resolve("journal"));
    }

    /** Two ends of one connection over the loopback. */
    record Wire(Connection primary, Connection standby, Socket primarySocket) {
        static Wire connect() throws IOException {
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Socket here = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket there = server.accept();
                return new Wire(new Connection(here, here), new Connection(there, there), here);
            }
        }
    }

    /** One connection between the two, until it ends. */
    static CompletableFuture<LinkEnd> connect(Primary primary, Standby standby, Wire wire) {
        var unused = CompletableFuture.runAsync(
                () -> {
                    try {
                        Hello theirs = Meeting.exchange(wire.primary(), primary.hello());
                        assertThat(primary.link.serve(wire.primary(), theirs)).isNotNull();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                THREADS);
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        Hello theirs = Meeting.exchange(wire.standby(), standby.hello());
                        return standby.link.follow(wire.standby(), theirs);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                THREADS);
    }

    /** Marks of all durable records. */
    static List<RecordMark> marks(Journal journal) throws Exception {
        List<RecordMark> marks = new ArrayList<>();
        try (var reader = journal.read(journal.statistics().oldestSequence())) {
            for (JournalRecord record = reader.next(); record != null; record = reader.next()) {
                marks.add(RecordMark.of(record));
            }
        } catch (RecordsReleased e) {
            throw new AssertionError(e);
        }
        return marks;
    }

    /** Returns when both have said that the standby has everything. */
    static void inStep(Primary primary, Standby standby) {
        await().until(() -> !primary.link.acknowledgement().isAlone());
        await().until(() -> !standby.roleFile.state().alone());
    }

    static void sameRecords(Primary primary, Standby standby) throws Exception {
        List<RecordMark> marks = marks(primary.journal);
        await().until(() -> standby.journal.durableSequence() >= marks.getLast().sequence());
        assertThat(marks(standby.journal).subList(0, marks.size())).isEqualTo(marks);
    }
}
