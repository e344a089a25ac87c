package org.twinshare.replication;

import java.nio.ByteBuffer;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileSystemSpace;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.local.LocalTree;

/**
 * The half of {@link JournaledTree} that only looks: what is in the tree is durable, and what is not is of no concern to those
 * who look, so the local tree answers. Thread-safe.
 */
abstract class LooksAtLocalTree implements FileTree {
    final LocalTree tree;

    LooksAtLocalTree(LocalTree tree) {
        this.tree = tree;
    }

    /** What to tell whoever looks; throws {@link org.twinshare.filestore.TreeFailed} where nobody is to be told anything. */
    public abstract ErrnoException unlessTheDiskIsGone(ErrnoException e);

    private interface Looking<T> {
        T look() throws ErrnoException;
    }

    private <T> T look(Looking<T> looking) throws ErrnoException {
        try {
            return looking.look();
        } catch (ErrnoException e) {
            throw unlessTheDiskIsGone(e);
        }
    }

    @Override
    public Attributes attributes(Caller caller, long object) throws ErrnoException {
        return look(() -> tree.attributes(caller, object));
    }

    @Override
    public Found lookup(Caller caller, long directory, Name name) throws ErrnoException {
        return look(() -> tree.lookup(caller, directory, name));
    }

    @Override
    public Granted access(Caller caller, long object, int wanted) throws ErrnoException {
        return look(() -> tree.access(caller, object, wanted));
    }

    @Override
    public LinkTarget readlink(Caller caller, long object) throws ErrnoException {
        return look(() -> tree.readlink(caller, object));
    }

    @Override
    public ReadEnd read(Caller caller, long object, long offsetBytes, ByteBuffer into) throws ErrnoException {
        return look(() -> tree.read(caller, object, offsetBytes, into));
    }

    @Override
    public ListEnd list(Caller caller, long directory, long cookie, boolean withAttributes, EntrySink sink)
            throws ErrnoException {
        return look(() -> tree.list(caller, directory, cookie, withAttributes, sink));
    }

    @Override
    public FileSystemSpace space(Caller caller, long object) throws ErrnoException {
        return look(() -> tree.space(caller, object));
    }

    @Override
    public Limits limits(Caller caller, long object) throws ErrnoException {
        return look(() -> tree.limits(caller, object));
    }

    @Override
    public long writeVerifier() {
        return tree.writeVerifier();
    }

    @Override
    public FileTree cached() {
        return tree.cached();
    }
}
