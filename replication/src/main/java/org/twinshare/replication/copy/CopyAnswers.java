package org.twinshare.replication.copy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.ObjectDescription;
import org.twinshare.filestore.local.TreeView;

/**
 * Answers what a standby asks of the primary's tree, while clients change it. While it looks, its caller announces no later
 * applied position than that of before the look: so an answer reflects at least every record that was announced before it.
 * Not thread-safe; takes no locks.
 */
public final class CopyAnswers {
    private final TreeView tree;
    private final Supplier<List<TreeView.Root>> roots;
    private final LongSupplier applied;
    private final UnaryOperator<ErrnoException> told;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(Ask.MAX_COUNT);

    /**
     * Answers from a tree.
     *
     * @param roots   the exported directories, by the paths that both servers know them by
     * @param applied the highest sequence below and at which everything is in the tree
     * @param told    what the standby is to be told of an error; throws {@link org.twinshare.filestore.TreeFailed} where it is to
     *                be told nothing
     */
    public CopyAnswers(
            TreeView tree,
            Supplier<List<TreeView.Root>> roots,
            LongSupplier applied,
            UnaryOperator<ErrnoException> told) {
        this.tree = tree;
        this.roots = roots;
        this.applied = applied;
        this.told = told;
    }

    public Answer answer(Ask ask) {
        long at = applied.getAsLong();
        try {
            return switch (ask) {
                case Ask.Roots unused -> new Answer.Roots(at, roots.get());
                case Ask.Directory of -> listing(at, of);
                case Ask.Objects of -> new Answer.Objects(at, objects(of.ids(), of.withPlaces()));
                case Ask.Bytes of -> bytes(at, of);
                case Ask.Names of -> names(at, of);
                case Ask.Sums of -> new Answer.Sums(at, of.id(), of.offsetBytes(), Sums.of(tree, of, chunk));
            };
        } catch (ErrnoException e) {
            long id = idOf(ask);
            return e.errno() == Errno.ESTALE && id != 0
                    ? new Answer.Gone(at, id)
                    : new Answer.Failed(at, words(told.apply(e)));
        }
    }

    private static String words(ErrnoException e) {
        String remedy =
                e.isDiskFailure() ? "; look at the disk (dmesg), and put it back from a backup, or remove it" : "";
        return e.getMessage() + remedy;
    }

    private static long idOf(Ask ask) {
        return switch (ask) {
            case Ask.Roots unused -> 0;
            case Ask.Directory of -> of.id();
            case Ask.Objects unused -> 0;
            case Ask.Bytes of -> of.id();
            case Ask.Names unused -> 0;
            case Ask.Sums of -> of.id();
        };
    }

    private Answer.Listing listing(long at, Ask.Directory of) throws ErrnoException {
        TreeView.Page page = tree.page(of.id(), of.cookie(), Answer.MAX_ENTRIES);
        List<Answer.Entry> entries = new ArrayList<>();
        long cookie = of.cookie();
        for (TreeView.Entry entry : page.entries()) {
            cookie = entry.cookie();
            List<ObjectDescription> object = objects(List.of(entry.id()), false);
            if (!object.isEmpty()) {
                entries.add(new Answer.Entry(entry.name(), object.get(0)));
            }
        }
        return new Answer.Listing(at, page.endOfDirectory(), cookie, tree.describe(of.id(), false), entries);
    }

    private List<ObjectDescription> objects(List<Long> ids, boolean withPlaces) throws ErrnoException {
        List<ObjectDescription> objects = new ArrayList<>();
        for (long id : ids) {
            try {
                objects.add(tree.describe(id, withPlaces));
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ESTALE) {
                    throw e;
                }
                // It is gone, and the record that says so comes.
            }
        }
        return objects;
    }

    private Answer.Bytes bytes(long at, Ask.Bytes of) throws ErrnoException {
        chunk.clear().limit(Math.min(of.count(), chunk.capacity()));
        int count = tree.read(of.id(), of.offsetBytes(), chunk);
        chunk.flip();
        if (Sums.isZero(chunk)) {
            return new Answer.Bytes(at, of.id(), of.offsetBytes(), count, new byte[0]);
        }
        byte[] bytes = new byte[count];
        chunk.get(bytes);
        return new Answer.Bytes(at, of.id(), of.offsetBytes(), count, bytes);
    }

    private Answer.Names names(long at, Ask.Names of) throws ErrnoException {
        List<Long> ids = new ArrayList<>();
        for (var slot : of.slots()) {
            ids.add(tree.find(slot));
        }
        return new Answer.Names(at, ids);
    }
}
