package org.twinshare.replication;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.identity.Mark;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;

/**
 * Compares a tree with its model, through the tree's own methods and on the disk behind them. Moments that the model cannot
 * know are learned, and so are ids.
 */
final class Comparison {
    private final FileTree tree;
    private final Path export;
    private final Caller admin;
    /** Things whose new moment is to be learned. */
    private final Model.Effect unknown;

    private final Set<Thing> learned = Collections.newSetFromMap(new IdentityHashMap<>());

    private final StringBuilder differences = new StringBuilder();
    private final Set<Thing> seen = new HashSet<>();

    Comparison(FileTree tree, Path export, long root, Model.Effect unknown) {
        this.tree = tree;
        this.export = export;
        this.admin = Caller.root(root);
        this.unknown = unknown;
    }

    /** What differs; empty where nothing does. */
    String differences(Model model) {
        model.root.id = admin.root();
        compare(model.root, "");
        for (long id : model.dead) {
            Errno error = errorOf(id);
            if (id != 0 && error != Errno.ESTALE) {
                differences
                        .append("object ")
                        .append(id)
                        .append(" is gone, and its handle gives ")
                        .append(error)
                        .append('\n');
            }
        }
        return differences.toString();
    }

    private @Nullable Errno errorOf(long id) {
        try {
            Attributes unused = tree.attributes(admin, id);
            return null;
        } catch (ErrnoException e) {
            return e.errno();
        }
    }

    private void compare(Thing thing, String path) {
        try {
            attributes(thing, path, tree.attributes(admin, thing.id));
            if (seen.add(thing)) {
                contents(thing, path);
                mark(thing, path);
            }
            if (thing.isDirectory()) {
                children(thing, path);
            }
        } catch (ErrnoException e) {
            differ(path, "answer", "success", e.getMessage());
        }
    }

    private void children(Thing directory, String path) throws ErrnoException {
        Map<String, Long> listed = new HashMap<>();
        FileTree.ListEnd unusedEnd =
                tree.list(admin, directory.id, 2, false, (cookie, id, names, offset, length, attributes) -> {
                    listed.put(new String(names, offset, length, UTF_8), id);
                    return true;
                });
        if (!listed.keySet().equals(directory.children.keySet())) {
            differ(path, "names", directory.children.keySet(), listed.keySet());
            return;
        }
        for (Map.Entry<String, Thing> each : directory.children.entrySet()) {
            Thing child = each.getValue();
            Attributes found =
                    tree.lookup(admin, directory.id, Name.of(each.getKey())).object();
            if (child.id == 0) {
                child.id = found.id();
                child.mode = child.local ? found.mode() : child.mode;
                child.changeNs = child.local ? found.changeNs() : child.changeNs;
                child.modifyNs = child.local ? found.modifyNs() : child.modifyNs;
            }
            String below = path + "/" + each.getKey();
            same(below, "id", child.id, found.id());
            if (!Objects.equals(listed.get(each.getKey()), found.id())) {
                differ(below, "id in the listing", found.id(), listed.get(each.getKey()));
            }
            if (child.id == found.id()) {
                compare(child, below);
            }
        }
    }

    private void attributes(Thing thing, String path, Attributes found) {
        same(path, "type", thing.type.formatBits(), found.type().formatBits());
        same(path, "mode", thing.mode, found.mode());
        same(path, "owner", thing.owner, found.uid());
        if (thing.isDirectory()) {
            long below =
                    thing.children.values().stream().filter(Thing::isDirectory).count();
            same(path, "links", 2 + below, found.links());
        } else {
            same(path, "links", thing.links, found.links());
            if (thing.type != FileType.FIFO) {
                // Whether an end that nobody committed may be missing is seen with the bytes.
                same(
                        path,
                        "size",
                        thing.uncommitted.isEmpty() ? thing.bytes.length : found.sizeBytes(),
                        found.sizeBytes());
            }
        }
        times(thing, path, found);
    }

    private void times(Thing thing, String path, Attributes found) {
        // Under its second name it is known already.
        boolean learn = unknown.changed().contains(thing) && learned.add(thing);
        if (learn ? found.changeNs() <= thing.changeNs : found.changeNs() < thing.changeNs && !thing.locallyChanged) {
            differ(path, "ctime at least", thing.changeNs + (learn ? 1 : 0), found.changeNs());
        }
        if (!learn && !thing.hot && !thing.locallyChanged) {
            same(path, "ctime", thing.changeNs, found.changeNs());
        }
        if (!unknown.modified().contains(thing) && !thing.locallyChanged && !thing.hot) {
            same(path, "mtime", thing.modifyNs, found.modifyNs());
        }
        if (thing.hot && found.modifyNs() < thing.modifyNs) {
            differ(path, "mtime at least", thing.modifyNs, found.modifyNs());
        }
        thing.changeNs = found.changeNs();
        thing.modifyNs = found.modifyNs();
    }

    private void contents(Thing thing, String path) throws ErrnoException {
        if (thing.type == FileType.REGULAR) {
            ByteBuffer into = ByteBuffer.allocateDirect(thing.bytes.length + 16);
            FileTree.ReadEnd unusedEnd = tree.read(admin, thing.id, 0, into);
            byte[] found = new byte[into.flip().remaining()];
            into.get(found);
            if (!isLeftOf(thing, found)) {
                differ(path, "bytes", Arrays.toString(thing.bytes), Arrays.toString(found));
            }
        } else if (thing.type == FileType.SYMLINK) {
            byte[] target = tree.readlink(admin, thing.id).bytes();
            if (!Arrays.equals(thing.bytes, target)) {
                differ(path, "target", new String(thing.bytes, UTF_8), new String(target, UTF_8));
            }
        }
    }

    /** Whether all that was committed is there; what was not may be there, or not, and is known from now on. */
    private static boolean isLeftOf(Thing thing, byte[] found) {
        boolean all = found.length <= thing.bytes.length;
        for (int i = 0; i < thing.bytes.length; i++) {
            boolean same = i < found.length && found[i] == thing.bytes[i];
            all &= same || thing.uncommitted.get(i);
        }
        thing.bytes = all ? found : thing.bytes;
        return all;
    }

    private void mark(Thing thing, String path) throws ErrnoException {
        if (thing.local) {
            return;
        }
        int fd = Posix.openat(Posix.AT_FDCWD, (export + path).getBytes(UTF_8), OpenFlags.O_PATH, 0);
        try {
            Mark mark = Mark.of(fd);
            if (mark == null
                    || mark.id() != thing.id
                    || mark.inode() != Posix.fstat(fd).inode()) {
                differ(path, "mark", thing.id, mark);
            }
        } finally {
            Posix.close(fd);
        }
    }

    private void same(String path, String what, long wanted, long found) {
        if (wanted != found) {
            differ(path, what, wanted, found);
        }
    }

    private void differ(String path, String what, @Nullable Object wanted, @Nullable Object found) {
        differences
                .append(path.isEmpty() ? "/" : path)
                .append(": ")
                .append(what)
                .append(" should be ")
                .append(wanted)
                .append(", and is ")
                .append(found)
                .append('\n');
    }
}
