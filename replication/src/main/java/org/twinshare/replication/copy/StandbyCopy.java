package org.twinshare.replication.copy;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.local.TreeView;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalDamaged;
import org.twinshare.replication.journal.JournalReader;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.journal.RecordsReleased;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.record.MalformedRecord;

/**
 * The standby's side of one connection as far as its tree is concerned: copies it, or brings it back from a fork, then lets
 * the records be carried out, and fetches what is missing meanwhile. {@link #copyAll} and the others block until the connection
 * ends; an exception ends it, and the next connection goes on.
 *
 * <p>The rule that makes this right without locks: there is one stream from the primary, in which the applied position A is
 * announced; then somebody looks at the tree, and what was seen is sent; only then a later A' is announced. So what is sent
 * reflects at least all records announced before it. It is put into the tree here when it comes, and records are carried out
 * here only when they are announced; one that is announced behind it comes over it again, and repeating the changes of one
 * file in their order ends where they end.
 */
public final class StandbyCopy {
    private final LocalTree tree;
    private final StandbyApply apply;
    private final Questions questions;
    private final Fetch fetch;
    private final InitialCopy copy;
    private final CopyProgress progress = new CopyProgress();
    private final Journal journal;
    private final CopyLimits limits;
    private final InstantSource clock;
    private volatile @Nullable LocalChangesRepair localChanges;

    public StandbyCopy(
            LocalTree tree,
            Journal journal,
            StandbyApply apply,
            Questions questions,
            CopyLimits limits,
            InstantSource clock) {
        this.tree = tree;
        this.journal = journal;
        this.apply = apply;
        this.questions = questions;
        this.limits = limits;
        this.clock = clock;
        apply.connected(true);
        fetch = new Fetch(tree, questions, progress, limits);
        copy = new InitialCopy(tree, questions, fetch, limits, progress);
    }

    public CopyProgress progress() {
        return progress;
    }

    /** Which directories the primary exports, to bind their copies with the same ids. */
    public List<TreeView.Root> roots() throws IOException {
        List<TreeView.Root> roots = new ArrayList<>();
        questions.askNow(new Ask.Roots(), answer -> {
            if (answer instanceof Answer.Roots of) {
                roots.addAll(of.roots());
            }
        });
        return roots;
    }

    /** The connection has ended, and everything that works for it ends with an exception. */
    public void end(IOException why) {
        questions.ended(why);
        apply.connected(false);
        LocalChangesRepair begun = localChanges;
        if (begun != null) {
            begun.close();
        }
    }

    /**
     * Makes the tree, whose directories are bound, a copy of the primary's; until it returns it is inconsistent.
     *
     * @param journalFrom the first record that comes: the copy begins when the primary's tree has all before it
     */
    public void copyAll(long journalFrom) throws IOException {
        apply.beginCopy();
        apply.awaitMayApply(journalFrom - 1);
        long begin = questions.position();
        List<Long> roots = tree.view().roots().stream().map(TreeView.Root::id).toList();
        copy.walkAll(roots);
        apply.gaps().allListed();
        catchUp(begin, new CatchUp.Extra(copy.notPlaced(), Set.of()), new Placed());
    }

    /**
     * Brings the tree back to where the other server's journal and ours part, and to where that server is now.
     *
     * @param fork up to which both journals say the same; ours has nothing behind it any more
     * @param tail what the records behind it were about
     */
    public void rewind(long fork, LostChanges tail) throws IOException {
        apply.beginCopy();
        apply.fetch(tail.files());
        apply.gaps().toCompare().addAll(tail.changedLocally());
        catchUp(fork, new CatchUp.Extra(tail.objects(), tail.names()), new Everything());
    }

    /** Lets records be carried out, and fetches what is missing, until the connection ends. */
    public void follow() throws IOException {
        boolean first = apply.catchesUpFirst();
        if (!first && !apply.isStreaming()) {
            apply.stream(apply.appliedSequence());
        }
        localChanges = new LocalChangesRepair(tree, apply, questions, limits);
        DivergenceRepair repair = new DivergenceRepair(tree, apply, questions);
        while (first || apply.awaitNeed(repair.untilNext())) {
            if (first || apply.isStopped()) {
                first = false;
                CatchUp.Extra also = apply.isStopped() ? ofRecord(apply.appliedSequence() + 1) : CatchUp.Extra.NONE;
                apply.pause();
                catchUp(apply.appliedSequence(), also, new Everything());
            }
            fetchMissing();
            repair.look();
        }
    }

    /** What a record is about that cannot be carried out as the tree is here: the primary says how it is there. */
    private CatchUp.Extra ofRecord(long sequence) throws IOException {
        LostChanges about = new LostChanges();
        try (JournalReader reader = journal.read(sequence)) {
            JournalRecord record = reader.next();
            if (record != null) {
                about.add(EntryCodec.decode(record));
            }
        } catch (RecordsReleased | JournalDamaged | MalformedRecord e) {
            throw new IOException("the journal here cannot be read: " + e.getMessage(), e);
        }
        return new CatchUp.Extra(about.objects(), about.names());
    }

    /** Fetches what differs of the files that are known to miss something. */
    void fetchMissing() throws IOException {
        boolean done = false;
        try {
            fetch.again(apply.beginFetch());
            done = true;
        } finally {
            apply.endFetch(done);
        }
    }

    /** After a walk: only what it has placed, because what a copy that was cut has left is of no moment. */
    private final class Placed implements CatchUp.Here {
        @Override
        public boolean has(long id) throws ErrnoException {
            return copy.isPlaced(id);
        }

        @Override
        public Set<Long> list(List<Long> directories) throws IOException {
            copy.walk(directories);
            return copy.notPlaced();
        }
    }

    /** Where the tree has been the primary's. */
    private final class Everything implements CatchUp.Here {
        @Override
        public boolean has(long id) throws ErrnoException {
            return tree.copy().has(id);
        }

        @Override
        public Set<Long> list(List<Long> directories) {
            throw new IllegalStateException("everything that is here was listed");
        }
    }

    private void catchUp(long begin, CatchUp.Extra extra, CatchUp.Here first) throws IOException {
        apply.holds().repair(() -> catchUpAlone(begin, extra, first));
    }

    private void catchUpAlone(long begin, CatchUp.Extra extra, CatchUp.Here first) throws IOException {
        long position = begin;
        CatchUp.Extra also = extra;
        CatchUp.Here here = first;
        Set<Long> toFetch = new HashSet<>();
        while (true) {
            CatchUp.Done done = new CatchUp(tree, journal, questions, apply.gaps(), apply::awaitMayApply, clock)
                    .run(position, also, here);
            here = new Everything();
            position = done.position();
            toFetch.addAll(done.toFetch());
            List<Long> toList = apply.gaps().toList();
            if (toList.isEmpty()) {
                break;
            }
            copy.walk(toList);
            also = new CatchUp.Extra(copy.notPlaced(), Set.of());
            apply.gaps().listed(toList);
        }
        apply.fetch(toFetch);
        apply.stream(position);
        fetchMissing();
        try {
            apply.checkpoint();
        } catch (ErrnoException e) {
            throw new IOException("the disk here does not take the copy: " + e.getMessage(), e);
        }
    }
}
