package org.twinshare.replication;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.local.LocalTree;

/**
 * Files that may differ from the other server's, so that a standby fetches them: what a copy lacks, and after a crash what was
 * being written. A fact of the tree: ids of 8 bytes each, kept with a checkpoint. Functions only.
 */
public final class FilesInDoubt {
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
    static void add(LocalTree tree, Set<Long> files) {
        if (!files.isEmpty()) {
            Set<Long> all = of(tree);
            all.addAll(files);
            tree.putFact(FACT, encode(all));
        }
    }

    /** None is any more: this tree is the one that counts. */
    static void clear(LocalTree tree) {
        if (!of(tree).isEmpty()) {
            tree.putFact(FACT, encode(Set.of()));
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
