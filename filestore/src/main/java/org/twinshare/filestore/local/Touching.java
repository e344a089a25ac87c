package org.twinshare.filestore.local;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Touched;
import org.twinshare.filestore.posix.Stat;

/** What a decision saw of the objects that it rests on. One thread. */
final class Touching {
    private final List<Touched> seen = new ArrayList<>(3);

    static Touched of(long id, Stat stat) {
        Touched.Settled settled =
                stat.type() == FileType.REGULAR ? new Touched.Settled(stat.sizeBytes(), stat.modifyNs()) : null;
        return new Touched(id, stat.type(), stat.mode(), stat.uid(), stat.gid(), stat.rdev(), settled);
    }

    void add(Node node, Stat stat) {
        seen.add(of(node.id, stat));
    }

    /** What the change touches as it is afterwards, in the order of {@link Touched#idsOf}. */
    List<Touched> after(Change change) {
        List<Touched> all = new ArrayList<>(3);
        for (long id : Touched.idsOf(change)) {
            Touched before = change instanceof Change.Made made && made.object() == id ? Touched.of(made) : find(id);
            if (before == null) {
                throw new IllegalStateException("object " + id + " was not looked at for " + change);
            }
            all.add(before.after(change));
        }
        return all;
    }

    private @Nullable Touched find(long id) {
        for (Touched each : seen) {
            if (each.id() == id) {
                return each;
            }
        }
        return null;
    }
}
