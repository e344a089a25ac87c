package org.twinshare.replication.copy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.NetState.Slot;
import org.twinshare.filestore.ObjectDescription;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.local.TreeCopy;

/** Looks at names and objects on both servers, once, for {@link Verify}. One thread. */
final class Differences {
    private final LocalTree tree;
    private final TreeCopy copy;
    private final StandbyApply apply;
    private final Questions questions;
    private final Content content;
    private final ByteBuffer memory = ByteBuffer.allocateDirect(Ask.BLOCK_BYTES);
    private long bytes;

    /** Of which files bytes are compared too, and by what; of all others, null, size and mtime tell. */
    interface Content {
        @Nullable SumKind of(ObjectDescription file);
    }

    Differences(LocalTree tree, StandbyApply apply, Questions questions, Content content) {
        this.tree = tree;
        this.copy = tree.copy();
        this.apply = apply;
        this.questions = questions;
        this.content = content;
    }

    /** Bytes that were summed up here. */
    long bytes() {
        return bytes;
    }

    /**
     * How something that differs looked.
     *
     * @param primary state on the primary, which is another one after a change there
     * @param hot     bytes of it are on their way, or may be
     */
    record Seen(Finding finding, long primary, boolean hot) {}

    /** Names of a directory and itself, in one look. */
    record Directory(ObjectDescription itself, Map<Name, ObjectDescription> entries) {}

    /** Null when it is gone. */
    @Nullable Directory list(long id) throws IOException {
        Map<Name, ObjectDescription> entries = new LinkedHashMap<>();
        Answer.Listing[] page = new Answer.Listing[1];
        long cookie = 0;
        do {
            page[0] = null;
            questions.askNow(new Ask.Directory(id, cookie), answer -> {
                if (answer instanceof Answer.Listing listing) {
                    page[0] = listing;
                }
            });
            if (page[0] == null) {
                return null;
            }
            page[0].entries().forEach(entry -> entries.put(entry.name(), entry.object()));
            cookie = page[0].nextCookie();
        } while (!page[0].endOfDirectory());
        return new Directory(page[0].directory(), entries);
    }

    /** Everything that was applied on the primary before this call is so here when it returns. */
    void awaitApplied() throws IOException {
        if (!apply.awaitApplied(questions.position())) {
            throw new IOException("the standby stopped carrying out records while it was compared");
        }
    }

    /** Objects as they are on the primary, without those that are gone. */
    Map<Long, ObjectDescription> describe(Collection<Long> ids) throws IOException {
        Map<Long, ObjectDescription> found = new HashMap<>();
        List<Long> all = List.copyOf(ids);
        for (int begin = 0; begin < all.size(); begin += Ask.MAX_OBJECTS) {
            List<Long> some = all.subList(begin, Math.min(all.size(), begin + Ask.MAX_OBJECTS));
            questions.ask(new Ask.Objects(false, some), answer -> {
                if (answer instanceof Answer.Objects of) {
                    of.objects().forEach(object -> found.put(object.id(), object));
                }
            });
        }
        questions.drain();
        return found;
    }

    /** Whose names are on the primary. */
    Map<Slot, Long> owners(Collection<Slot> slots) throws IOException {
        Map<Slot, Long> found = new HashMap<>();
        List<Slot> all = List.copyOf(slots);
        for (int begin = 0; begin < all.size(); begin += Ask.MAX_OBJECTS) {
            List<Slot> some = all.subList(begin, Math.min(all.size(), begin + Ask.MAX_OBJECTS));
            questions.ask(new Ask.Names(some), answer -> {
                if (answer instanceof Answer.Names of) {
                    for (int i = 0; i < some.size(); i++) {
                        found.put(some.get(i), of.ids().get(i));
                    }
                }
            });
        }
        questions.drain();
        return found;
    }

    /** How a name differs that is somebody's on the primary, or nobody's, 0; null when it does not. */
    @Nullable Seen ofName(Slot slot, long primary) throws ErrnoException {
        long here = copy.at(slot);
        if (primary != 0) {
            return primary == here ? null : new Seen(new Finding.WrongName(slot, primary, here), primary, false);
        }
        return copy.isTaken(slot) ? new Seen(new Finding.SurplusName(slot), primary, false) : null;
    }

    /** How an object that is here differs; null when it does not, or is not here. */
    @Nullable Seen ofObject(ObjectDescription wanted) throws IOException, ErrnoException {
        Finding finding = switch (copy.difference(wanted)) {
            case MISSING -> null;
            case BYTES -> new Finding.WrongBytes(wanted.id());
            case ATTRIBUTES ->
                differsInContent(wanted)
                        ? new Finding.WrongBytes(wanted.id())
                        : new Finding.WrongAttributes(wanted.id(), copy.differingAttributes(wanted));
            case NONE -> differsInContent(wanted) ? new Finding.WrongBytes(wanted.id()) : null;
        };
        // Each change of an object gives it another ctime.
        return finding == null ? null : new Seen(finding, wanted.changeNs(), apply.isHot(wanted.id()));
    }

    /**
     * Looks once at objects that are suspected.
     *
     * @param described as the primary has them now, without those that are gone
     * @return by id, how those differ of which that is sure now
     */
    Map<Long, Finding> look(Suspects<Long> suspects, Map<Long, ObjectDescription> described)
            throws IOException, ErrnoException {
        Map<Long, Finding> sure = new LinkedHashMap<>();
        for (long id : suspects.all()) {
            ObjectDescription now = described.get(id);
            Finding finding = suspects.seen(id, now == null ? null : ofObject(now));
            if (finding != null) {
                sure.put(id, finding);
            }
        }
        return sure;
    }

    /** Gives an object here the owner, mode, size and times that it has on the primary. */
    void dress(long id) throws IOException {
        questions.askNow(new Ask.Objects(false, List.of(id)), answer -> {
            if (answer instanceof Answer.Objects of && !of.objects().isEmpty()) {
                copy.dress(of.objects().getFirst());
            }
        });
    }

    private boolean differsInContent(ObjectDescription file) throws IOException, ErrnoException {
        SumKind kind = content.of(file);
        if (kind == null || file.type() != FileType.REGULAR) {
            return false;
        }
        boolean[] differs = new boolean[1];
        long step = (long) Ask.BLOCK_BYTES * Ask.MAX_BLOCKS;
        for (long at = 0; at < file.sizeBytes() && !differs[0]; at += step) {
            Ask.Sums ask = new Ask.Sums(kind, file.id(), at, Ask.MAX_BLOCKS);
            List<byte[]> here = Sums.onDisk(tree, ask, memory);
            questions.askNow(ask, answer -> {
                if (answer instanceof Answer.Sums of) {
                    differs[0] = !Arrays.deepEquals(of.sums().toArray(), here.toArray());
                }
            });
            bytes += Math.min(step, file.sizeBytes() - at);
        }
        return differs[0];
    }
}
