package org.twinshare.replication;

import com.google.common.collect.Lists;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.replication.record.Entry;

/**
 * Files that may differ from the other server's: what a copy lacks, and after a crash what was being written. A standby fetches
 * them; a primary names them in its journal, so that its standby does. A fact of the tree: ids of 8 bytes each, kept with a
 * checkpoint. Functions only.
 */
public final class FilesInDoubt {
    private static final Logger LOG = LoggerFactory.getLogger(FilesInDoubt.class);
    private static final String FACT = "to-fetch";

    private FilesInDoubt() {}

    /** What was kept last. */
    public static Set<Long> of(LocalTree tree) {
        return decode(tree.fact(FACT));
    }

    /** For a checkpoint. */
    public static Map<String, byte[]> fact(Set<Long> files) {
        return Map.of(FACT, encode(files));
    }

    /** More files are in doubt; durable with the next checkpoint. */
    public static void add(LocalTree tree, Set<Long> files) {
        if (!files.isEmpty()) {
            Set<Long> all = of(tree);
            all.addAll(files);
            tree.putFact(FACT, encode(all));
        }
    }

    /** Where it is told; durable when that returns. */
    interface Telling {
        void tell(Entry.InDoubt entry) throws ErrnoException;
    }

    /** This tree is the one that counts: whoever follows it has to look at them, and here none is in doubt any more. */
    static void tell(LocalTree tree, Telling journal) {
        List<Long> all = List.copyOf(of(tree));
        if (all.isEmpty()) {
            return;
        }
        try {
            for (List<Long> some : Lists.partition(all, Entry.MAX_IN_DOUBT)) {
                journal.tell(new Entry.InDoubt(some));
            }
            // With the next checkpoint, which is behind these records.
            tree.putFact(FACT, encode(Set.of()));
            LOG.info("{} files were being written when this server ended: a standby compares them", all.size());
        } catch (ErrnoException e) {
            LOG.warn(
                    "The journal has no room to name {} files that a standby has to compare ({}): the next start does it",
                    all.size(),
                    e.getMessage());
        }
    }

    public static Set<Long> decode(byte @Nullable [] fact) {
        Set<Long> ids = new HashSet<>();
        ByteBuffer bytes = ByteBuffer.wrap(fact == null ? new byte[0] : fact);
        while (bytes.hasRemaining()) {
            ids.add(bytes.getLong());
        }
        return ids;
    }

    public static byte[] encode(Set<Long> ids) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * ids.size());
        ids.forEach(bytes::putLong);
        return bytes.array();
    }
}
