package org.twinshare.replication;

import com.google.common.collect.Lists;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.replication.journal.JournalFailed;
import org.twinshare.replication.journal.JournalFull;
import org.twinshare.replication.record.Entry;

/**
 * What local processes changed in the tree of a server that has a standby, until the journal tells of it. No reply waits for
 * that. Thread-safe.
 */
final class LocalChangesFound {
    private static final Logger LOG = LoggerFactory.getLogger(LocalChangesFound.class);

    /** More than a walk through everything finds in the second until they are told. */
    private static final int MAX_WAITING = 100_000;

    private final BooleanSupplier wanted;
    private final Set<Long> waiting = new LinkedHashSet<>();
    private long found;
    private boolean tooMany;

    /** @param wanted whether there is a standby */
    LocalChangesFound(BooleanSupplier wanted) {
        this.wanted = wanted;
    }

    boolean areWanted() {
        return wanted.getAsBoolean();
    }

    synchronized void found(long object) {
        found++;
        if (!areWanted()) {
            return;
        }
        if (waiting.size() < MAX_WAITING) {
            waiting.add(object);
        } else if (!tooMany) {
            tooMany = true;
            LOG.warn(
                    "Local processes changed more than {} objects within a second, and the standby does not hear of all of them:"
                            + " to compare everything there, run on it  twinshare verify --repair",
                    MAX_WAITING);
        }
    }

    /** Where it is told. */
    interface Telling {
        long note(Entry entry) throws JournalFull;
    }

    synchronized void tell(Telling journal) {
        if (waiting.isEmpty()) {
            return;
        }
        try {
            for (List<Long> some : Lists.partition(List.copyOf(waiting), Entry.MAX_CHANGED_LOCALLY)) {
                long unusedSequence = journal.note(new Entry.ChangedLocally(some));
                some.forEach(waiting::remove);
            }
            tooMany = false;
        } catch (JournalFull | JournalFailed e) {
            LOG.debug("The journal does not take what local processes changed now", e);
        }
    }

    /** How often an object was found to be changed since the start. */
    synchronized long count() {
        return found;
    }
}
