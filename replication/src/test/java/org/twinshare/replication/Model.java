package org.twinshare.replication;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Operation.CreateMode;
import org.twinshare.filestore.Stability;

/**
 * What a tree should be, worked out in memory from the acts alone: names, types, owners, bytes and errors as POSIX has them
 * for root. Only ids and the moments of changes are learned from the tree itself. Not thread-safe.
 */
final class Model {
    /**
     * What an act did.
     *
     * @param error   why nothing was done, or null
     * @param object  that it was about; null where the path leads nowhere, and nothing can be asked
     * @param changed  things that have another ctime now
     * @param modified those of them that have another mtime now, which nobody has named
     */
    record Effect(@Nullable Errno error, @Nullable Thing object, Set<Thing> changed, Set<Thing> modified) {}

    final Thing root;
    /** Ids of what is gone. */
    final Set<Long> dead;
    /** Changed by the act that is under way: the moment is to be learned. */
    private Set<Thing> changed = new HashSet<>();

    private Set<Thing> modified = new HashSet<>();

    Model() {
        this(new Thing(FileType.DIRECTORY, 0755), new HashSet<>());
    }

    private Model(Thing root, Set<Long> dead) {
        this.root = root;
        this.dead = dead;
    }

    Model copy() {
        return new Model(root.copy(new IdentityHashMap<>()), new HashSet<>(dead));
    }

    @Nullable Thing at(String path) {
        Thing at = root;
        for (String name : path.split("/", -1)) {
            Thing child = at == null ? null : at.children.get(name);
            at = child;
        }
        return at;
    }

    @Nullable Thing above(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? root : at(path.substring(0, slash));
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The same bytes for the same salt, never zero. */
    static byte[] bytes(int length, int salt) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (1 + (salt * 31 + i) % 255);
        }
        return bytes;
    }

    /** Carries out an act; null when its path leads nowhere, so that it cannot even be asked for. */
    @Nullable Effect apply(Act act) {
        changed = new HashSet<>();
        modified = new HashSet<>();
        return switch (act) {
            case Act.Create create -> create(create);
            case Act.MakeDirectory make -> make(make.path(), new Thing(FileType.DIRECTORY, make.permissions()));
            case Act.MakeSymlink make -> {
                Thing link = new Thing(FileType.SYMLINK, 0777);
                link.bytes = make.target().getBytes(UTF_8);
                yield make(make.path(), link);
            }
            case Act.MakeFifo make -> make(make.path(), new Thing(FileType.FIFO, make.permissions()));
            case Act.Remove remove -> remove(remove.path(), false);
            case Act.RemoveDirectory remove -> remove(remove.path(), true);
            case Act.Rename rename -> rename(rename);
            case Act.Link link -> link(link);
            case Act.Set set -> set(set);
            case Act.Write write -> write(write);
            case Act.Commit commit -> commit(commit);
            case Act.MakeLocally make -> makeLocally(make);
            case Act.Look look -> look(look);
            case Act.Checkpoint unused -> done(root);
        };
    }

    private Effect done(@Nullable Thing object) {
        return new Effect(null, object, changed, modified);
    }

    private void modified(Thing thing) {
        changed.add(thing);
        modified.add(thing);
    }

    private static Effect failed(Errno error) {
        return new Effect(error, null, new HashSet<>(), new HashSet<>());
    }

    private @Nullable Effect create(Act.Create create) {
        Thing above = above(create.path());
        Thing existing = at(create.path());
        if (existing == null || above == null) {
            boolean exclusive = create.mode() == CreateMode.EXCLUSIVE;
            Thing file = new Thing(FileType.REGULAR, exclusive ? 0 : create.permissions());
            file.bytes = new byte[create.size() == null ? 0 : create.size().intValue()];
            file.verifier = exclusive ? create.verifier() : null;
            return make(create.path(), file);
        }
        if (create.mode() == CreateMode.EXCLUSIVE && Objects.equals(existing.verifier, create.verifier())) {
            return done(existing);
        }
        if (create.mode() != CreateMode.UNCHECKED || existing.type != FileType.REGULAR) {
            return failed(Errno.EEXIST);
        }
        if (create.size() != null) {
            resize(existing, create.size());
            existing.verifier = null;
            modified(existing);
        }
        return done(existing);
    }

    private @Nullable Effect make(String path, Thing thing) {
        Thing above = above(path);
        if (above == null) {
            return null;
        }
        if (!above.isDirectory()) {
            return failed(Errno.ENOTDIR);
        }
        if (above.children.putIfAbsent(name(path), thing) != null) {
            return failed(Errno.EEXIST);
        }
        modified(above);
        modified(thing);
        return done(thing);
    }

    private @Nullable Effect remove(String path, boolean directory) {
        Thing above = above(path);
        if (above == null) {
            return null;
        }
        if (!above.isDirectory()) {
            return failed(Errno.ENOTDIR);
        }
        Thing victim = above.children.get(name(path));
        if (victim == null) {
            return failed(Errno.ENOENT);
        }
        if (victim.isDirectory() != directory) {
            return failed(directory ? Errno.ENOTDIR : Errno.EISDIR);
        }
        if (!victim.children.isEmpty()) {
            return failed(Errno.ENOTEMPTY);
        }
        above.children.remove(name(path));
        modified(above);
        lostName(victim);
        return done(victim);
    }

    private void lostName(Thing victim) {
        victim.links--;
        if (victim.links == 0) {
            dead.add(victim.id);
            changed.remove(victim);
            modified.remove(victim);
        } else {
            changed.add(victim);
        }
    }

    private @Nullable Effect rename(Act.Rename rename) {
        Thing from = above(rename.from());
        Thing to = above(rename.to());
        if (from == null || to == null) {
            return null;
        }
        if (!from.isDirectory() || !to.isDirectory()) {
            return failed(Errno.ENOTDIR);
        }
        Thing moved = from.children.get(name(rename.from()));
        Thing replaced = to.children.get(name(rename.to()));
        if (moved == null) {
            return failed(Errno.ENOENT);
        }
        if (moved == replaced) {
            return done(moved);
        }
        Errno error = refusedRename(to, moved, replaced);
        if (error != null) {
            return failed(error);
        }
        from.children.remove(name(rename.from()));
        to.children.put(name(rename.to()), moved);
        changed.add(moved);
        modified(from);
        modified(to);
        if (replaced != null) {
            lostName(replaced);
        }
        return done(moved);
    }

    private static @Nullable Errno refusedRename(Thing to, Thing moved, @Nullable Thing replaced) {
        if (moved.isDirectory() && isBelow(to, moved)) {
            return Errno.EINVAL;
        }
        if (replaced == null) {
            return null;
        }
        if (moved.isDirectory() != replaced.isDirectory()) {
            return moved.isDirectory() ? Errno.ENOTDIR : Errno.EISDIR;
        }
        return replaced.children.isEmpty() ? null : Errno.ENOTEMPTY;
    }

    private static boolean isBelow(Thing directory, Thing above) {
        return directory == above || above.children.values().stream().anyMatch(child -> isBelow(directory, child));
    }

    private @Nullable Effect link(Act.Link link) {
        Thing object = at(link.object());
        Thing above = above(link.path());
        if (object == null || above == null) {
            return null;
        }
        if (!above.isDirectory()) {
            return failed(Errno.ENOTDIR);
        }
        if (above.children.containsKey(name(link.path()))) {
            return failed(Errno.EEXIST);
        }
        if (object.isDirectory()) {
            return failed(Errno.EPERM);
        }
        above.children.put(name(link.path()), object);
        object.links++;
        modified(above);
        changed.add(object);
        return done(object);
    }

    private @Nullable Effect set(Act.Set set) {
        Thing object = at(set.path());
        if (object == null) {
            return null;
        }
        if (set.size() != null && object.type != FileType.REGULAR) {
            return failed(object.isDirectory() ? Errno.EISDIR : Errno.EINVAL);
        }
        boolean nothing =
                set.permissions() == null && set.owner() == null && set.size() == null && set.modifyNs() == null;
        if (nothing) {
            return done(object);
        }
        if (set.permissions() != null && object.type != FileType.SYMLINK) {
            object.mode = set.permissions();
        }
        object.owner = set.owner() == null ? object.owner : set.owner();
        if (set.size() != null) {
            resize(object, set.size());
            modified(object);
        }
        if (set.modifyNs() != null) {
            object.modifyNs = set.modifyNs();
            modified.remove(object);
        }
        object.verifier = null;
        changed.add(object);
        return done(object);
    }

    private static void resize(Thing file, long size) {
        file.bytes = Arrays.copyOf(file.bytes, (int) size);
        file.uncommitted.clear((int) size, Math.max((int) size, file.uncommitted.length()));
    }

    private @Nullable Effect write(Act.Write write) {
        Thing object = at(write.path());
        if (object == null) {
            return null;
        }
        if (object.type != FileType.REGULAR) {
            return failed(object.isDirectory() ? Errno.EISDIR : Errno.EINVAL);
        }
        int end = write.offset() + write.length();
        if (write.stability() == Stability.UNSTABLE) {
            object.uncommitted.set(Math.min(object.bytes.length, write.offset()), end);
        } else if (write.length() > Served.BY_VALUE_BYTES) {
            object.uncommitted.clear();
        } else {
            object.uncommitted.clear(write.offset(), end);
        }
        byte[] bytes = Arrays.copyOf(object.bytes, Math.max(object.bytes.length, write.offset() + write.length()));
        System.arraycopy(bytes(write.length(), write.salt()), 0, bytes, write.offset(), write.length());
        object.bytes = bytes;
        object.hot |= write.stability() == Stability.UNSTABLE || write.length() > Served.BY_VALUE_BYTES;
        modified(object);
        return done(object);
    }

    private @Nullable Effect commit(Act.Commit commit) {
        Thing object = at(commit.path());
        if (object == null) {
            return null;
        }
        object.uncommitted.clear();
        return object.type == FileType.REGULAR
                ? done(object)
                : failed(object.isDirectory() ? Errno.EISDIR : Errno.EINVAL);
    }

    private @Nullable Effect makeLocally(Act.MakeLocally make) {
        Thing above = above(make.path());
        if (above == null || !above.isDirectory() || above.children.containsKey(name(make.path()))) {
            return null;
        }
        Thing file = new Thing(FileType.REGULAR, 0640);
        file.bytes = bytes(make.length(), make.salt());
        file.local = true;
        file.locallyChanged = true;
        above.children.put(name(make.path()), file);
        above.locallyChanged = true;
        modified(above);
        return done(file);
    }

    private @Nullable Effect look(Act.Look look) {
        Thing above = above(look.path());
        if (above == null) {
            return null;
        }
        if (!above.isDirectory()) {
            return failed(Errno.ENOTDIR);
        }
        Thing found = above.children.get(name(look.path()));
        return found == null ? failed(Errno.ENOENT) : done(found);
    }
}
