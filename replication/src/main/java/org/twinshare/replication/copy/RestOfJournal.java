package org.twinshare.replication.copy;

import java.io.IOException;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.EpochNanos;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.NetState;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.replication.Recovery;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalDamaged;
import org.twinshare.replication.journal.RecordsReleased;
import org.twinshare.replication.record.MalformedRecord;

/**
 * Brings the tree of a server that takes over to the end of its journal, without a primary that could be asked: record by
 * record, and by {@link Recovery} from the first one on that cannot be carried out as the tree is. One thread, which has the tree
 * for itself.
 */
final class RestOfJournal {
    private static final Logger LOG = LoggerFactory.getLogger(RestOfJournal.class);

    private final LocalTree tree;
    private final Journal journal;
    private final RecordRun records;
    private final InstantSource clock;
    private final Set<Long> bytesElsewhere = new HashSet<>();
    private final Set<Long> missing = new TreeSet<>();
    private long reached;

    RestOfJournal(LocalTree tree, Journal journal, RecordRun records, InstantSource clock) {
        this.tree = tree;
        this.journal = journal;
        this.records = records;
        this.clock = clock;
    }

    /**
     * Carries out what is behind a position.
     *
     * @param exact the tree is at that position; otherwise it may be ahead, and repeating records would spoil it
     */
    void carryOut(long position, long end, boolean exact) throws IOException {
        reached = position;
        try {
            if (!exact || !oneByOne(end)) {
                fold(end);
            }
        } catch (ErrnoException e) {
            throw new IOException("the tree cannot be brought to the end of the journal: " + e.getMessage(), e);
        } catch (RecordsReleased | JournalDamaged | MalformedRecord e) {
            throw new IOException("the journal here cannot be read: " + e.getMessage(), e);
        }
    }

    private boolean oneByOne(long end)
            throws IOException, ErrnoException, RecordsReleased, JournalDamaged, MalformedRecord {
        try {
            records.run(reached, end, () -> true, sequence -> reached = sequence);
        } catch (ErrnoException e) {
            if (e.isDiskFailure()) {
                throw e;
            }
            LOG.info("Record {} cannot be carried out as the tree is: {}", reached + 1, e.getMessage());
        }
        return reached == end;
    }

    private void fold(long end) throws IOException, ErrnoException, RecordsReleased, JournalDamaged, MalformedRecord {
        Recovery recovery = new Recovery(tree, journal, clock);
        NetState net = recovery.read(reached, end, unused -> {}, reached);
        lookForMissing(net);
        int unusedGone = tree.copy().clear(net.objects()::containsKey);
        var unusedReport = recovery.reconcile(reached, end);
        bytesElsewhere.addAll(recovery.bytesElsewhere());
        reached = end;
    }

    /** What is neither here, nor made by a record, nor gone in the end. */
    private void lookForMissing(NetState net) throws ErrnoException {
        Set<Long> named = new HashSet<>();
        net.slots().values().forEach(owner -> named.add(owner.object()));
        for (Map.Entry<Long, NetState.ObjectState> each : net.objects().entrySet()) {
            long id = each.getKey();
            boolean wanted = each.getValue().made() == null
                    && (named.contains(id) || !each.getValue().lostName());
            if (wanted && !tree.copy().has(id)) {
                missing.add(id);
            }
        }
    }

    /**
     * Ends following: the tree is as complete as it can be here.
     *
     * @param openFiles   files that are written to, and whose bytes have not all come
     * @param uncommitted files that were written to: what came last for them may have been answered, and not come
     * @return files whose bytes have not all come
     */
    Set<Long> end(KnownGaps gaps, Set<Long> openFiles, Set<Long> uncommitted) throws IOException {
        try {
            Set<Long> files = gaps.files().all();
            files.addAll(bytesElsewhere);
            files.addAll(openFiles);
            Set<Long> incomplete = leaveIncomplete(files);
            showAnew(uncommitted, EpochNanos.now(clock));
            tree.follows(false);
            missing.addAll(gaps.toList());
            if (!missing.isEmpty()) {
                throw new ObjectsMissing(missing, incomplete);
            }
            return incomplete;
        } catch (ErrnoException e) {
            throw new IOException("the disk does not take the end of the journal: " + e.getMessage(), e);
        }
    }

    /** Of files whose bytes have not all come, those that are here; clients are to look at them anew. */
    private Set<Long> leaveIncomplete(Set<Long> files) throws ErrnoException {
        Set<Long> incomplete = new HashSet<>();
        for (long file : files) {
            if (tree.copy().has(file)) {
                incomplete.add(file);
            }
        }
        showAnew(incomplete, EpochNanos.now(clock));
        return incomplete;
    }

    /** Clients are to look at files anew; one that says that it is not finished says when it was left. */
    private void showAnew(Set<Long> files, long nowNs) throws ErrnoException {
        for (long file : files) {
            Attributes attributes = tree.attributesOf(file);
            if (attributes != null && attributes.modifyNs() == NetState.UNFINISHED_NS) {
                tree.copy().settled(file, nowNs, nowNs);
            }
            tree.touch(file, nowNs);
        }
    }
}
