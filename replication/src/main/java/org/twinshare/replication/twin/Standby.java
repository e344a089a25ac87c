package org.twinshare.replication.twin;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.local.QuotaPass;
import org.twinshare.replication.FilesInDoubt;
import org.twinshare.replication.JournaledTree;
import org.twinshare.replication.RecoveryRefused;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.SurvivingOutcomes;
import org.twinshare.replication.channel.BootClock;
import org.twinshare.replication.channel.Connection;
import org.twinshare.replication.channel.Hello;
import org.twinshare.replication.copy.CannotCatchUp;
import org.twinshare.replication.copy.CopyProgress;
import org.twinshare.replication.copy.Divergences;
import org.twinshare.replication.copy.ObjectsMissing;
import org.twinshare.replication.copy.Questions;
import org.twinshare.replication.copy.StandStill;
import org.twinshare.replication.copy.StandbyApply;
import org.twinshare.replication.copy.StandbyCopy;
import org.twinshare.replication.copy.Verify;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.role.Answer;
import org.twinshare.replication.role.Completeness;
import org.twinshare.replication.role.Knowledge;
import org.twinshare.replication.role.RoleFile;
import org.twinshare.replication.role.Voice;
import org.twinshare.replication.role.Wish;
import org.twinshare.replication.ship.LinkEnd;
import org.twinshare.replication.ship.StandbyLink;
import org.twinshare.replication.ship.StandbyTree;

/**
 * This server while it is the standby: its copy of the journal, and its tree, which is made equal to the primary's and then
 * follows it. {@link #follow} is called by one thread at a time, the rest is thread-safe.
 */
final class Standby implements StandbyTree, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Standby.class);

    private final LocalTree tree;
    private final TwinSettings settings;
    private final TwinServer server;
    private final RoleFile roleFile;
    private final BootClock bootClock;
    private final InstantSource clock;
    private final StandbyJournal onDisk;
    private volatile Open open;
    private volatile @Nullable TreeWork work;
    private StandbyJournal.@Nullable Rewind rewind;
    private final Contradiction contradiction = new Contradiction();
    /** Closed, or the primary now: what is on disk is no longer changed from here. Guarded by this. */
    private boolean ended;

    /** What is replaced together when the journal is. */
    private record Open(
            Journal journal,
            StandbyApply apply,
            StandbyLink link,
            SurvivingOutcomes outcomes,
            StandbyCheckpoints checkpoints) {}

    Standby(
            LocalTree tree,
            TwinSettings settings,
            TwinServer server,
            RoleFile roleFile,
            BootClock bootClock,
            InstantSource clock)
            throws IOException, RefusedException {
        this.tree = tree;
        this.settings = settings;
        this.server = server;
        this.roleFile = roleFile;
        this.bootClock = bootClock;
        this.clock = clock;
        onDisk = new StandbyJournal(tree, settings.journal(), settings.tree().journal(), clock);
        open = open();
    }

    private Open open() throws IOException, RefusedException {
        Journal journal = onDisk.open();
        StandbyApply apply = new StandbyApply(tree, journal, settings.state(), server::failed).start();
        SurvivingOutcomes outcomes = new SurvivingOutcomes(settings.tree().outcomes());
        return new Open(
                journal,
                apply,
                new StandbyLink(journal, roleFile, this, bootClock, clock),
                outcomes,
                new StandbyCheckpoints(journal, apply, outcomes, settings.tree(), server::failed));
    }

    private void closeOpen() {
        open.link.close();
        open.checkpoints.close();
        open.apply.close();
        open.journal.close();
    }

    /** Not while the journal is being cut or begun anew: what it says of its end is read from the files. */
    synchronized Hello hello() throws IOException {
        return open.link.hello(tree.clusterId(), settings.name());
    }

    /** Follows a primary on one connection until that ends; true when this server is to be the primary. */
    boolean follow(Connection connection, Hello theirs) throws IOException, RefusedException {
        return goOnAfter(open.link.follow(connection, theirs), theirs);
    }

    /** Not once this was closed meanwhile: the journal on disk may be open again already, for the next start. */
    private synchronized boolean goOnAfter(LinkEnd end, Hello theirs) throws IOException, RefusedException {
        if (ended) {
            return false;
        }
        switch (end) {
            case LinkEnd.Closed unused -> {}
            case LinkEnd.HandedOver unused -> {
                return true;
            }
            case LinkEnd.Forked forked -> goBackTo(forked.lastCommonSequence());
            case LinkEnd.TooFarBehind unused -> beginAt(theirs.lastSequence() + 1);
            case LinkEnd.NoRoom full -> goOnWithoutRoom(full.why());
        }
        return false;
    }

    /** A copy needs all records since it began: it begins anew, and finds here what it has fetched. Else room may come. */
    private void goOnWithoutRoom(String why) throws IOException, RefusedException {
        if (roleFile.state().completeness() != Completeness.INCONSISTENT) {
            throw new IOException("the journal of this server takes no more records: " + why);
        }
        LOG.warn(
                "The journal was full before the tree was equal to the primary's, and both trees are compared anew: with a larger"
                        + " --journal-size that takes less time. It is {} MiB now",
                settings.tree().journal().maxBytes() >> 20);
        beginAt(open.journal.lastSequence() + 1);
    }

    private void beginAt(long firstSequence) throws IOException, RefusedException {
        closeOpen();
        // Where there was a fork to go back to, its records are gone.
        rewind = null;
        try {
            onDisk.beginAt(firstSequence, open.journal.statistics().oldestSequence());
        } finally {
            openAgain();
        }
    }

    private void goBackTo(long common) throws IOException, RefusedException {
        // What is in the tree then never was the primary's.
        roleFile.update(state -> state.with(Completeness.INCONSISTENT));
        Set<Long> hot = StandbyJournal.hot(open.journal, common);
        closeOpen();
        try {
            rewind = onDisk.cutAfter(common, hot);
        } finally {
            openAgain();
        }
    }

    /** Also when the work on it failed: the next connection tries again. */
    private void openAgain() {
        try {
            open = open();
        } catch (IOException | RefusedException e) {
            server.failed("the journal of this standby cannot be opened: " + e.getMessage());
        }
    }

    @Override
    public Session begin(Way way) {
        Open now = open;
        Questions questions = new Questions(ask -> way.ask(ByteBuffer.wrap(ask.encode())));
        StandbyCopy copy = new StandbyCopy(tree, now.journal, now.apply, questions, settings.copy(), clock);
        TreeWork begun = new TreeWork(copy, questions, way, this::keepEqual, server::failed);
        work = begun;
        return begun.start();
    }

    private void keepEqual(StandbyCopy copy) throws IOException, RefusedException {
        server.bind(copy.roots());
        try {
            if (roleFile.state().completeness() == Completeness.INCONSISTENT) {
                makeEqual(copy);
            }
            copy.follow();
        } catch (CannotCatchUp e) {
            if (contradiction.at(open.apply.appliedSequence())) {
                copyAnew(e);
            }
            throw e;
        }
    }

    /** In the next connection: what is here and the same is not fetched again. */
    private void copyAnew(CannotCatchUp why) throws IOException {
        LOG.warn("the tree is compared with the primary's as a whole, because {}", why.getMessage());
        roleFile.update(state -> state.with(Completeness.INCONSISTENT));
        rewind = null;
    }

    private void makeEqual(StandbyCopy copy) throws IOException {
        StandbyJournal.Rewind back = rewind;
        if (back == null) {
            // Also where going back was not finished before a restart.
            copy.copyAll(open.journal.statistics().oldestSequence());
        } else {
            copy.rewind(back.position(), back.lost());
        }
        rewind = null;
        roleFile.update(state -> state.with(Completeness.COMPLETE));
    }

    @Override
    public void data(long sequence, long object, long offsetBytes, ByteBuffer bytes) throws IOException {
        open.apply.data(sequence, object, offsetBytes, bytes);
    }

    @Override
    public void syncData(long sequence) throws IOException {
        open.apply.syncData(sequence);
    }

    @Override
    public long dataSyncedSequence() {
        return open.apply.dataSyncedSequence();
    }

    @Override
    public boolean hasWhatWasPromised() {
        return open.apply.hasWhatWasPromised();
    }

    @Override
    public boolean catchesUpFirst() {
        return roleFile.state().completeness() == Completeness.INCONSISTENT || open.apply.catchesUpFirst();
    }

    @Override
    public void mayApply(long sequence) {
        open.apply.mayApply(sequence);
    }

    @Override
    public void failed(String why) {
        server.failed(why);
    }

    @Override
    public void makeRoom() {
        open.checkpoints.makeRoom();
    }

    @Override
    public long appliedSequence() {
        return open.apply.appliedSequence();
    }

    Knowledge knowledge() {
        return open.link.knowledge();
    }

    /** The same, and sure about whether the primary answers. */
    Knowledge listen() {
        return open.link.listen();
    }

    Journal journal() {
        return open.journal;
    }

    /** How far the copy of this connection is; null before the first connection. */
    CopyProgress.@Nullable Moment copying() {
        TreeWork current = work;
        return current == null ? null : current.copy().progress().now();
    }

    /** Where records showed the tree to differ from the primary's. */
    Divergences.State divergences() {
        return open.apply.divergences().state();
    }

    /**
     * Compares the tree with the primary's, while clients change that.
     *
     * @throws RefusedException when it does not follow the primary now
     */
    Verify.Report verify(Verify.Options options) throws IOException, RefusedException {
        TreeWork current = work;
        if (current == null || !current.isGoingOn() || roleFile.state().completeness() == Completeness.INCONSISTENT) {
            throw new RefusedException(
                    "the trees cannot be compared now",
                    "this server does not follow the primary, or its tree is still being made equal",
                    "wait until  twinshare status  says that it is in step");
        }
        return new Verify(tree, open.apply, current.questions(), settings.copy(), options).run();
    }

    /**
     * Keeps the tree at one position until that is closed.
     *
     * @throws RefusedException when it is at none
     */
    StandStill standStill() throws RefusedException {
        try {
            return open.apply.standStill();
        } catch (IOException e) {
            throw new RefusedException(
                    "the tree is at no position now",
                    String.valueOf(e.getMessage()),
                    "wait until  twinshare status  says that it is in step");
        }
    }

    /** Asks whether this server may become the primary, and if so makes it one in the role file: it must then be so. */
    synchronized Answer promote(Voice voice, Wish wish) throws IOException {
        if (ended) {
            throw new IOException("this server stops");
        }
        Answer answer = open.link.promote(voice, wish, settings.terms());
        ended |= answer instanceof Answer.Go;
        return answer;
    }

    /**
     * The tree as the primary's, after {@link #promote}: everything that is in the journal is in it.
     *
     * @param onFailure told in words when nothing can be promised any more
     */
    JournaledTree lead(Consumer<String> onFailure) throws IOException, RefusedException {
        Open last = open;
        last.checkpoints.close();
        last.apply.close();
        if (last.apply.isCopying()) {
            // The operator takes it as it is, and has said so twice.
            LOG.warn("the copy of the primary's tree was not finished: files may be missing, old or half copied");
        } else {
            carryOutRest(last.apply);
        }
        try {
            return JournaledTree.promoted(
                    tree, last.journal, last.journal.lastSequence(), last.outcomes, settings.tree(), clock, onFailure);
        } catch (RecoveryRefused e) {
            throw new RefusedException(String.valueOf(e.getMessage()), e.why(), e.remedy());
        }
    }

    private void carryOutRest(StandbyApply apply) throws IOException {
        try {
            Set<Long> incomplete = carryOutRestPassingQuotas(apply);
            FilesInDoubt.add(tree, incomplete);
            if (!incomplete.isEmpty()) {
                LOG.info("{} files were being written; what was not committed is sent again", incomplete.size());
            }
        } catch (ObjectsMissing e) {
            FilesInDoubt.add(tree, e.incomplete());
            LOG.warn("what a process on the old primary made without this server is not here: {}", e.getMessage());
        }
    }

    /** On a thread of its own, because that of a command is a virtual one, and quotas are a matter of threads. */
    private Set<Long> carryOutRestPassingQuotas(StandbyApply apply) throws IOException {
        FutureTask<Set<Long>> task = new FutureTask<>(() -> {
            try (QuotaPass unused = QuotaPass.take()) {
                return apply.carryOutRest(clock);
            }
        });
        Thread unusedThread = Thread.ofPlatform().name("take-over").start(task);
        try {
            return Objects.requireNonNull(Uninterruptibles.getUninterruptibly(task));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e);
        }
    }

    @Override
    public synchronized void close() {
        ended = true;
        closeOpen();
    }
}
