package org.twinshare.filestore.local;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.posix.Stat;

/**
 * Decides what an operation makes true: existence and permissions, owner and mode of what is made, all before anything is
 * changed. The caller holds the operation's locks, so that the decision stays right until it was carried out. Thread-safe.
 */
final class Decisions {
    private final Look look;
    private final Ticks ticks;
    private final AttributeDecisions attributes;

    Decisions(Look look, Ticks ticks) {
        this.look = look;
        this.ticks = ticks;
        this.attributes = new AttributeDecisions(look, ticks);
    }

    /**
     * What the operation makes true, or the error that POSIX has for it.
     *
     * @param touching is told how what the change touches is before it
     */
    Change decide(Operation operation, Touching touching) throws ErrnoException {
        return switch (operation) {
            case Operation.Create create -> create(create, touching);
            case Operation.MakeDirectory make ->
                make(
                        make.caller(),
                        make.directory(),
                        make.name(),
                        FileType.DIRECTORY,
                        make.attributes(),
                        0,
                        null,
                        touching);
            case Operation.MakeSymlink make ->
                make(
                        make.caller(),
                        make.directory(),
                        make.name(),
                        FileType.SYMLINK,
                        make.attributes(),
                        0,
                        make.target(),
                        touching);
            case Operation.MakeNode make -> makeNode(make, touching);
            case Operation.Remove remove -> remove(remove, touching);
            case Operation.RemoveDirectory remove -> removeDirectory(remove, touching);
            case Operation.Rename rename -> rename(rename, touching);
            case Operation.Link link -> link(link, touching);
            case Operation.SetAttr set -> attributes.set(set, touching);
            case Operation.Write write -> attributes.write(write, touching);
            case Operation.Commit commit -> attributes.commit(commit, touching);
        };
    }

    private Change create(Operation.Create create, Touching touching) throws ErrnoException {
        Caller caller = create.caller();
        try (Parent parent = parent(caller, create.directory(), touching);
                Node existing = lookFor(caller, parent, create.name())) {
            if (existing == null) {
                Long verifier = create.mode() == Operation.CreateMode.EXCLUSIVE ? create.verifier() : null;
                return make(caller, parent, create.name(), FileType.REGULAR, create.attributes(), 0, null, verifier);
            }
            boolean sameCall = create.mode() == Operation.CreateMode.EXCLUSIVE
                    && Objects.equals(existing.verifier, create.verifier());
            if (sameCall) {
                return new Change.Nothing(ticks.next(), existing.id);
            }
            if (create.mode() != Operation.CreateMode.UNCHECKED || existing.type != FileType.REGULAR) {
                throw new ErrnoException(Errno.EEXIST, "create");
            }
            Long size = create.attributes().sizeBytes();
            return size == null
                    ? new Change.Nothing(ticks.next(), existing.id)
                    : attributes.truncate(caller, existing, size, touching);
        }
    }

    private Change makeNode(Operation.MakeNode make, Touching touching) throws ErrnoException {
        boolean device = make.type() == FileType.BLOCK_DEVICE || make.type() == FileType.CHARACTER_DEVICE;
        if (device && !make.caller().isRoot()) {
            throw new ErrnoException(Errno.EPERM, "devices are for root");
        }
        return make(
                make.caller(),
                make.directory(),
                make.name(),
                make.type(),
                make.attributes(),
                make.rdev(),
                null,
                touching);
    }

    private Change make(
            Caller caller,
            long directoryId,
            Name name,
            FileType type,
            SetAttributes wanted,
            long rdev,
            byte @Nullable [] target,
            Touching touching)
            throws ErrnoException {
        try (Parent parent = parent(caller, directoryId, touching);
                Node existing = lookFor(caller, parent, name)) {
            if (existing != null) {
                throw new ErrnoException(Errno.EEXIST, "make");
            }
            return make(caller, parent, name, type, wanted, rdev, target, null);
        }
    }

    private Change make(
            Caller caller,
            Parent parent,
            Name name,
            FileType type,
            SetAttributes wanted,
            long rdev,
            byte @Nullable [] target,
            @Nullable Long verifier)
            throws ErrnoException {
        look.require(caller, parent.node, parent.stat, Permissions.WRITE | Permissions.EXECUTE);
        return attributes.newObject(
                caller,
                parent.node,
                parent.stat,
                name,
                type,
                wanted,
                rdev,
                target == null ? new byte[0] : target,
                verifier);
    }

    private Change remove(Operation.Remove remove, Touching touching) throws ErrnoException {
        look.refuseDots(remove.name(), Errno.EINVAL);
        try (Parent parent = parent(remove.caller(), remove.directory(), touching);
                Node victim = find(remove.caller(), parent, remove.name())) {
            look.requireRemoval(remove.caller(), parent.node, parent.stat, victim);
            if (victim.type == FileType.DIRECTORY) {
                throw new ErrnoException(Errno.EISDIR, "remove");
            }
            return new Change.Removed(ticks.next(), victim.id, remove.directory(), remove.name(), false);
        }
    }

    private Change removeDirectory(Operation.RemoveDirectory remove, Touching touching) throws ErrnoException {
        look.refuseDots(remove.name(), remove.name().isDot() ? Errno.EINVAL : Errno.ENOTEMPTY);
        try (Parent parent = parent(remove.caller(), remove.directory(), touching);
                Node victim = find(remove.caller(), parent, remove.name())) {
            look.requireRemoval(remove.caller(), parent.node, parent.stat, victim);
            if (victim.type != FileType.DIRECTORY) {
                throw new ErrnoException(Errno.ENOTDIR, "rmdir");
            }
            look.requireEmptyAndFree(victim);
            return new Change.Removed(ticks.next(), victim.id, remove.directory(), remove.name(), true);
        }
    }

    private Change link(Operation.Link link, Touching touching) throws ErrnoException {
        try (Node object = look.object(link.caller(), link.object());
                Parent parent = parent(link.caller(), link.directory(), touching);
                Node existing = lookFor(link.caller(), parent, link.name())) {
            if (existing != null) {
                throw new ErrnoException(Errno.EEXIST, "link");
            }
            if (object.volume != parent.node.volume) {
                throw new ErrnoException(Errno.EXDEV, "link");
            }
            look.require(link.caller(), parent.node, parent.stat, Permissions.WRITE | Permissions.EXECUTE);
            if (object.type == FileType.DIRECTORY) {
                throw new ErrnoException(Errno.EPERM, "hard link to a directory");
            }
            touching.add(object, look.stat(object));
            return new Change.Linked(ticks.next(), object.id, link.directory(), link.name());
        }
    }

    private Change rename(Operation.Rename rename, Touching touching) throws ErrnoException {
        Caller caller = rename.caller();
        look.refuseDots(rename.fromName(), Errno.EINVAL);
        look.refuseDots(rename.toName(), Errno.EINVAL);
        try (Parent from = parent(caller, rename.fromDirectory(), touching);
                Parent to = rename.fromDirectory() == rename.toDirectory()
                        ? from.again()
                        : parent(caller, rename.toDirectory(), touching);
                Node moved = find(caller, from, to, rename.fromName());
                Node replaced = lookFor(caller, to, rename.toName())) {
            if (from.node.volume != to.node.volume) {
                throw new ErrnoException(Errno.EXDEV, "rename");
            }
            if (moved == replaced) {
                return new Change.Nothing(ticks.next(), moved.id);
            }
            look.requireRemoval(caller, from.node, from.stat, moved);
            requireRoom(caller, to, replaced, moved);
            if (moved.type == FileType.DIRECTORY && from.node != to.node) {
                look.require(caller, moved, look.stat(moved), Permissions.WRITE);
            }
            // The file system's own question, which Linux asks last.
            if (replaced != null && replaced.type == FileType.DIRECTORY) {
                look.requireEmptyAndFree(replaced);
            }
            touching.add(moved, look.stat(moved));
            long replacedId = replaced == null ? 0 : replaced.id;
            return new Change.Moved(
                    ticks.next(), moved.id, from.node.id, rename.fromName(), to.node.id, rename.toName(), replacedId);
        }
    }

    /** May the object come to this directory, in place of what has the name there now? */
    private void requireRoom(Caller caller, Parent to, @Nullable Node replaced, Node moved) throws ErrnoException {
        boolean directory = moved.type == FileType.DIRECTORY;
        if (directory && look.isBelow(caller, to.node, moved)) {
            throw new ErrnoException(Errno.EINVAL, "rename into its own subtree");
        }
        if (replaced == null) {
            look.require(caller, to.node, to.stat, Permissions.WRITE | Permissions.EXECUTE);
            return;
        }
        look.requireRemoval(caller, to.node, to.stat, replaced);
        if (directory && replaced.type != FileType.DIRECTORY) {
            throw new ErrnoException(Errno.ENOTDIR, "rename of a directory over something else");
        }
        if (!directory && replaced.type == FileType.DIRECTORY) {
            throw new ErrnoException(Errno.EISDIR, "rename of something else over a directory");
        }
    }

    /** A directory that a name is looked for in, as it was when the decision began. */
    private record Parent(Node node, Stat stat) implements AutoCloseable {
        /** The same, to be closed too. */
        Parent again() {
            boolean unusedPinned = node.pin();
            return this;
        }

        @Override
        public void close() {
            node.close();
        }
    }

    private Parent parent(Caller caller, long id, Touching touching) throws ErrnoException {
        Node node = look.directory(caller, id);
        try {
            Stat stat = look.stat(node);
            touching.add(node, stat);
            return new Parent(node, stat);
        } catch (ErrnoException e) {
            node.close();
            throw e;
        }
    }

    /** The object of a name that must not be {@code .} or {@code ..}, pinned; null when there is none. */
    private @Nullable Node lookFor(Caller caller, Parent parent, Name name) throws ErrnoException {
        look.require(caller, parent.node, parent.stat, Permissions.EXECUTE);
        look.refuseDots(name, Errno.EEXIST);
        return look.child(parent.node, name);
    }

    /** As {@link #find}, where another directory must be searchable too before anything is said about names. */
    private Node find(Caller caller, Parent parent, Parent other, Name name) throws ErrnoException {
        look.require(caller, parent.node, parent.stat, Permissions.EXECUTE);
        look.require(caller, other.node, other.stat, Permissions.EXECUTE);
        return find(caller, parent, name);
    }

    /** The object of a name, pinned; ENOENT when there is none. */
    private Node find(Caller caller, Parent parent, Name name) throws ErrnoException {
        Node found = lookFor(caller, parent, name);
        if (found == null) {
            throw new ErrnoException(Errno.ENOENT, "no such name");
        }
        return found;
    }
}
