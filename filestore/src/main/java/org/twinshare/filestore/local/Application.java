package org.twinshare.filestore.local;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Wcc;
import org.twinshare.filestore.WccAttributes;
import org.twinshare.filestore.identity.Link;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/**
 * Carries out changes on the local disk exactly as they were decided, as root, and takes the attributes before and after
 * under the monitor of what changes. Nothing is durable when it returns. Thread-safe.
 */
final class Application {
    /** Each holds a descriptor until its turn comes. */
    private static final int MOST_AHEAD = 128;

    private final Nodes nodes;
    private final Identities identities;
    private final Observer observer;
    private final Directories directories;
    private final Making making;
    private final Contents contents;
    private final Semaphore ahead = new Semaphore(MOST_AHEAD);

    Application(Nodes nodes, Identities identities, Observer observer, Directories directories, Making making) {
        this.nodes = nodes;
        this.identities = identities;
        this.observer = observer;
        this.directories = directories;
        this.making = making;
        this.contents = new Contents(nodes, observer);
    }

    /** An object that waits for its name, and a hold on the directory that it will be in. */
    final class Prepared implements AutoCloseable {
        private final Node directory;
        private final Making.Newborn newborn;

        private Prepared(Change.Made made) throws ErrnoException {
            directory = nodes.pin(made.directory());
            boolean prepared = false;
            try {
                newborn = making.prepare(directory, made);
                prepared = true;
            } finally {
                if (!prepared) {
                    directory.close();
                }
            }
        }

        /** The object is in the tree, or gone. */
        @Override
        public void close() {
            newborn.close();
            directory.close();
        }
    }

    /**
     * Does what nobody sees of a change before its turn comes. Null when that is nothing, when too many wait like this already,
     * and when it fails: all of it is left to {@link #apply} then, which tells of the failure if there still is one.
     */
    @Nullable Prepared prepare(Change change) {
        if (!(change instanceof Change.Made made) || !ahead.tryAcquire()) {
            return null;
        }
        try {
            return new Prepared(made);
        } catch (ErrnoException e) {
            ahead.release();
            return null;
        }
    }

    /** A change that was prepared has been carried out, or will not be. */
    void done(Prepared prepared) {
        prepared.close();
        ahead.release();
    }

    /** Carries out a change; an error means that it is not done, and not half done. */
    Outcome apply(Change change, @Nullable Prepared prepared) throws ErrnoException {
        return prepared != null ? made((Change.Made) change, prepared) : apply(change);
    }

    /** The same of one that was not prepared. */
    Outcome apply(Change change) throws ErrnoException {
        return switch (change) {
            case Change.Made made -> made(made);
            case Change.Linked linked -> linked(linked);
            case Change.Removed removed -> removed(removed);
            case Change.Moved moved -> moved(moved);
            case Change.AttributesSet set -> contents.set(set);
            case Change.Written written -> contents.write(written);
            case Change.Committed committed -> contents.commit(committed);
            case Change.Nothing nothing -> nothing(nothing);
        };
    }

    private Outcome nothing(Change.Nothing nothing) throws ErrnoException {
        try (Node object = nodes.pin(nothing.object())) {
            Attributes attributes = observer.attributes(object);
            return Outcome.done(object.id, attributes, Wcc.unchanged(attributes));
        }
    }

    /** One change of the entries of a directory, between two looks at it. */
    private interface EntryChange {
        void apply(int directoryFd) throws ErrnoException;
    }

    private Wcc changeEntries(
            Node directory, Change change, EntryChange entries, @Nullable Name less, @Nullable Name more)
            throws ErrnoException {
        int fd = nodes.open(directory);
        synchronized (directory) {
            Stat statBefore = Posix.fstat(fd);
            WccAttributes before = WccAttributes.of(observer.attributesNow(directory, statBefore));
            Directories.Noting noting = directories.noting(directory, statBefore);
            entries.apply(fd);
            directory.volume.setModified(fd, change.timeNs());
            if (less != null) {
                noting.removed(less);
            }
            if (more != null) {
                noting.added(more, change.object());
            }
            Stat statAfter = Posix.fstat(fd);
            noting.finish(statAfter);
            return new Wcc(before, observer.attributesAfter(directory, statAfter, change.timeNs()));
        }
    }

    private Outcome made(Change.Made made) throws ErrnoException {
        try (Prepared prepared = new Prepared(made)) {
            return made(made, prepared);
        }
    }

    private Outcome made(Change.Made made, Prepared prepared) throws ErrnoException {
        Wcc wcc = changeEntries(prepared.directory, made, prepared.newborn::name, null, made.name());
        return Outcome.done(made.object(), prepared.newborn.attributes(), wcc);
    }

    private Outcome linked(Change.Linked linked) throws ErrnoException {
        try (Node directory = nodes.pin(linked.directory());
                Node object = noticed(nodes.pin(linked.object()));
                Node.Renaming unused = object.beginRenaming()) {
            int fd = nodes.open(object);
            byte[] name = linked.name().bytes();
            Wcc wcc = changeEntries(
                    directory,
                    linked,
                    directoryFd -> directory.volume.linkat(fd, directoryFd, name),
                    null,
                    linked.name());
            identities.named(object, new Link(directory.id, linked.name()));
            return Outcome.done(object.id, changed(object, linked), wcc);
        }
    }

    /** An object that had a name when that was decided, and is held open. A local process may have removed it since. */
    private Node named(long id, Name name) throws ErrnoException {
        Node node = openIfThere(id);
        if (node == null) {
            throw new ErrnoException(Errno.ENOENT, name + " has been taken away by somebody else");
        }
        return noticed(node);
    }

    /** The same object, whose ctime is about to be ours, which would hide what a local process has done. */
    private Node noticed(Node node) {
        try {
            if (nodes.discoveries().wantsLocalChanges()) {
                Attributes unused = observer.attributes(node, Posix.fstat(nodes.open(node)));
            }
        } catch (ErrnoException e) {
            // Whoever changes it is told.
        }
        return node;
    }

    private @Nullable Node openIfThere(long id) throws ErrnoException {
        try {
            Node node = nodes.pin(id);
            boolean open = false;
            try {
                nodes.open(node);
                open = true;
            } finally {
                if (!open) {
                    node.close();
                }
            }
            return node;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ESTALE) {
                return null;
            }
            throw e;
        }
    }

    private Outcome removed(Change.Removed removed) throws ErrnoException {
        try (Node directory = nodes.pin(removed.directory());
                Node victim = named(removed.object(), removed.name());
                Node.Renaming unused = victim.beginRenaming()) {
            byte[] name = removed.name().bytes();
            Wcc wcc = changeEntries(
                    directory,
                    removed,
                    fd -> {
                        if (removed.wasDirectory()) {
                            Posix.rmdirat(fd, name);
                        } else {
                            Posix.unlinkat(fd, name);
                        }
                    },
                    removed.name(),
                    null);
            lostName(victim, new Link(directory.id, removed.name()), removed);
            return Outcome.done(0, null, wcc);
        }
    }

    /** A name of an object went; with its last name it goes itself. */
    private void lostName(Node victim, Link name, Change change) throws ErrnoException {
        Stat stat = Posix.fstat(nodes.open(victim));
        if (stat.links() == 0 || victim.type == FileType.DIRECTORY) {
            identities.removed(victim);
            directories.forget(victim.id);
        } else {
            changed(victim, change);
            identities.unnamed(victim, name);
        }
    }

    /** The object's own attributes after its links or its place changed. */
    private Attributes changed(Node object, Change change) throws ErrnoException {
        synchronized (object) {
            return observer.attributesAfter(object, Posix.fstat(nodes.open(object)), change.timeNs());
        }
    }

    private Outcome moved(Change.Moved moved) throws ErrnoException {
        try (Node from = nodes.pin(moved.fromDirectory());
                Node to = nodes.pin(moved.toDirectory());
                Node object = named(moved.object(), moved.fromName());
                Node replaced = moved.replaced() == 0 ? null : openIfThere(moved.replaced());
                Node.Renaming unused = object.beginRenaming();
                Node.Renaming unusedToo = replaced == null ? null : replaced.beginRenaming()) {
            Outcome outcome = from == to ? movedWithin(from, moved) : movedAcross(from, to, moved);
            Link now = new Link(to.id, moved.toName());
            if (replaced != null) {
                lostName(replaced, now, moved);
            }
            changed(object, moved);
            identities.renamed(object, new Link(from.id, moved.fromName()), now);
            return outcome;
        }
    }

    private Outcome movedWithin(Node directory, Change.Moved moved) throws ErrnoException {
        Wcc wcc = changeEntries(
                directory,
                moved,
                fd -> Posix.renameat2(
                        fd, moved.fromName().bytes(), fd, moved.toName().bytes(), 0),
                moved.fromName(),
                moved.toName());
        return Outcome.renamed(wcc, wcc);
    }

    /** Both monitors, always the one with the smaller id first. */
    private Outcome movedAcross(Node from, Node to, Change.Moved moved) throws ErrnoException {
        Wcc[] wcc = new Wcc[2];
        int fromFd = nodes.open(from);
        int toFd = nodes.open(to);
        EntryChange rename = fd -> Posix.renameat2(
                fromFd, moved.fromName().bytes(), toFd, moved.toName().bytes(), 0);
        if (from.id < to.id) {
            EntryChange inner = fd -> wcc[1] = changeEntries(to, moved, rename, null, moved.toName());
            wcc[0] = changeEntries(from, moved, inner, moved.fromName(), null);
        } else {
            EntryChange inner = fd -> wcc[0] = changeEntries(from, moved, rename, moved.fromName(), null);
            wcc[1] = changeEntries(to, moved, inner, null, moved.toName());
        }
        return Outcome.renamed(wcc[0], wcc[1]);
    }
}
