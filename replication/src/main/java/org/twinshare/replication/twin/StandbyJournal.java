package org.twinshare.replication.twin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.replication.Recovery;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.copy.LostChanges;
import org.twinshare.replication.journal.CopiedJournal;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalDamaged;
import org.twinshare.replication.journal.JournalReader;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.journal.JournalRefused;
import org.twinshare.replication.journal.JournalSettings;
import org.twinshare.replication.journal.LostTail;
import org.twinshare.replication.journal.RecordsReleased;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.record.MalformedRecord;

/** The standby's journal on disk: opened, cut where it parts from the primary's, or begun anew. Not thread-safe. */
final class StandbyJournal {
    private static final Logger LOG = LoggerFactory.getLogger(StandbyJournal.class);

    private final LocalTree tree;
    private final Path directory;
    private final JournalSettings settings;
    private final InstantSource clock;

    StandbyJournal(LocalTree tree, Path directory, JournalSettings settings, InstantSource clock) {
        this.tree = tree;
        this.directory = directory;
        this.settings = settings;
        this.clock = clock;
    }

    /** Where to go back to, and what may differ there. */
    record Rewind(long position, LostChanges lost) {}

    Journal open() throws IOException, RefusedException {
        Files.createDirectories(directory);
        long position = Recovery.position(tree);
        try {
            return position > 0 && !CopiedJournal.isIn(directory)
                    ? CopiedJournal.begin(directory, settings, clock, tree.clusterId(), position + 1)
                    : CopiedJournal.open(directory, settings, clock, tree.clusterId(), position);
        } catch (JournalRefused e) {
            throw refused(e);
        }
    }

    /**
     * Begins anew with a record of the primary's, in place of a journal that is not open; nothing of the tree is known to be
     * right then. After a crash in between there is a part of that journal, or none, and it can be opened.
     *
     * @param oldest record of the journal that is there
     */
    void beginAt(long firstSequence, long oldest) throws IOException, RefusedException {
        // What a crash leaves of it begins there.
        position(oldest - 1);
        try {
            CopiedJournal.discard(directory);
        } catch (JournalRefused e) {
            throw refused(e);
        }
        position(firstSequence - 1);
    }

    private static RefusedException refused(JournalRefused e) {
        return new RefusedException(String.valueOf(e.getMessage()), e.why(), e.remedy());
    }

    private void position(long sequence) throws IOException {
        try {
            tree.checkpoint(Recovery.positionFact(sequence));
        } catch (ErrnoException e) {
            throw new IOException("the disk of this server does not take a checkpoint: " + e.getMessage(), e);
        }
    }

    /**
     * Files that are hot in an open journal up to a sequence: written since they were last durable, by bytes that it has not.
     */
    static Set<Long> hot(Journal journal, long upTo) throws IOException {
        Set<Long> hot = new HashSet<>();
        try (JournalReader reader = journal.read(journal.statistics().oldestSequence())) {
            for (JournalRecord record = reader.next();
                    record != null && record.sequence() <= upTo;
                    record = reader.next()) {
                switch (EntryCodec.decode(record)) {
                    case Entry.Hot of -> hot.add(of.object());
                    case Entry.Referenced of -> hot.add(of.object());
                    case Entry.Committed of -> hot.remove(of.object());
                    default -> {}
                }
            }
        } catch (RecordsReleased | JournalDamaged | MalformedRecord e) {
            throw new IOException("the journal here cannot be read: " + e.getMessage(), e);
        }
        return hot;
    }

    /**
     * Cuts off what the primary has not, from a journal that is not open, and keeps it.
     *
     * @param common the last record that both have
     * @param hot    files that were hot then
     */
    Rewind cutAfter(long common, Set<Long> hot) throws IOException, RefusedException {
        long position = Math.min(common, Recovery.position(tree));
        // Before the records go: the tree must not count as further than its journal.
        position(position);
        LostChanges lost = new LostChanges();
        hot.forEach(file -> lost.add(new Entry.Hot(file)));
        try {
            @Nullable LostTail tail = CopiedJournal.cutAfter(directory, tree.clusterId(), common);
            if (tail != null) {
                CopiedJournal.readLostTail(directory, tail, record -> add(record, lost));
                LOG.warn(
                        "{} records behind record {} were never on the other server and are undone here; they are kept in"
                                + " {}",
                        tail.records(),
                        common,
                        directory.resolve(tail.file()));
            }
        } catch (JournalRefused e) {
            throw refused(e);
        }
        return new Rewind(position, lost);
    }

    private static void add(JournalRecord record, LostChanges lost) {
        try {
            lost.add(EntryCodec.decode(record));
        } catch (MalformedRecord e) {
            throw new IllegalStateException("record " + record.sequence() + " of a lost tail", e);
        }
    }
}
