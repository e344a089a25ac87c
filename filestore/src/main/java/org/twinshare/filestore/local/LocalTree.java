package org.twinshare.filestore.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileSystemSpace;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.RootRefused;
import org.twinshare.filestore.Wcc;
import org.twinshare.filestore.identity.ClusterKey;
import org.twinshare.filestore.identity.ObjectIndex;
import org.twinshare.filestore.posix.OwnProcess;

/**
 * The tree on the local disk. A change is decided, carried out and synced under its locks; a look needs none. Thread-safe.
 */
public final class LocalTree implements FileTree, AutoCloseable {
    private final ObjectIndex index;
    private final Nodes nodes;
    private final Roots roots;
    private final Look look;
    private final Reading reading;
    private final Decisions decisions;
    private final Application application;
    private final Durability durability;
    private final ChangeLocks locks;
    private final CachedTree cached;
    private final Adoption adoption;
    private final AtomicLong writeVerifier = new AtomicLong(new SecureRandom().nextLong());

    /**
     * Bounds on what the tree keeps in memory.
     *
     * @param objects      objects that are known by id without asking the index
     * @param descriptors  open descriptors
     * @param listingBytes memory for the entries of directories
     */
    public record Limits(int objects, int descriptors, long listingBytes) {
        /** For a heap of 256 MB. */
        public static final Limits DEFAULT = new Limits(100_000, 4096, 48L << 20);
    }

    private LocalTree(ObjectIndex index, ClusterKey key, Limits limits, InstantSource clock) {
        this.index = index;
        nodes = new Nodes(index, limits.objects(), limits.descriptors());
        roots = new Roots(nodes, key.clusterId());
        Identities identities = new Identities(nodes);
        Observer observer = new Observer(nodes, clock);
        look = new Look(nodes, identities, new Containment(nodes, identities), observer, roots);
        Cookies cookies = new Cookies(key.cookieHash(), index);
        Directories directories = new Directories(nodes, identities, observer, cookies, clock, limits.listingBytes());
        reading = new Reading(nodes, identities, look, observer, directories);
        decisions = new Decisions(look, new Ticks(clock));
        application = new Application(nodes, identities, observer, directories, new Making(nodes, key.clusterId()));
        durability = new Durability(nodes, writeVerifier::incrementAndGet);
        locks = new ChangeLocks(look);
        cached = new CachedTree(this, nodes);
        adoption = new Adoption(nodes, look, directories);
        // The modes of new objects are decided here, not by the mask that the server was started with.
        int ignored = OwnProcess.umask(0);
    }

    /** Opens the tree whose identities are kept in a state directory; it is empty until directories are bound. */
    public static LocalTree open(Path stateDirectory, ClusterKey key, Limits limits, InstantSource clock)
            throws IOException {
        return new LocalTree(ObjectIndex.open(stateDirectory.resolve("index")), key, limits, clock);
    }

    /**
     * Begins to serve an exported directory and returns the id of its root.
     *
     * @param adopt serve it also when it is not the directory that the state knows
     */
    public long bind(byte[] path, boolean adopt) throws ErrnoException, RootRefused {
        long root = roots.bind(path, adopt);
        adoption.add(root);
        return root;
    }

    /** Begins to give ids, in the background, to what has none yet in the directories that are bound, now and later. */
    public void beginAdoption() {
        adoption.start();
    }

    @Override
    public Attributes attributes(Caller caller, long object) throws ErrnoException {
        return reading.attributes(caller, object);
    }

    @Override
    public Found lookup(Caller caller, long directory, Name name) throws ErrnoException {
        return reading.lookup(caller, directory, name);
    }

    @Override
    public Granted access(Caller caller, long object, int wanted) throws ErrnoException {
        return reading.access(caller, object, wanted);
    }

    @Override
    public LinkTarget readlink(Caller caller, long object) throws ErrnoException {
        return reading.readlink(caller, object);
    }

    @Override
    public ReadEnd read(Caller caller, long object, long offsetBytes, ByteBuffer into) throws ErrnoException {
        return reading.read(caller, object, offsetBytes, into);
    }

    @Override
    public ListEnd list(Caller caller, long directory, long cookie, boolean withAttributes, EntrySink sink)
            throws ErrnoException {
        return reading.list(caller, directory, cookie, withAttributes, sink);
    }

    @Override
    public FileSystemSpace space(Caller caller, long object) throws ErrnoException {
        return reading.space(caller, object);
    }

    @Override
    public FileTree.Limits limits(Caller caller, long object) throws ErrnoException {
        return reading.limits(caller, object);
    }

    @Override
    public Outcome change(CallId call, Operation operation) {
        try (LockTable.Held held = locks.acquire(operation)) {
            Change change = decisions.decide(operation);
            Outcome outcome = ofDirectories(operation, change, application.apply(change));
            return operation.caller().async() ? outcome : durable(change, outcome);
        } catch (ErrnoException e) {
            return failed(operation, e.errno());
        }
    }

    /** CREATE and RENAME answer with their directories, also where only the file was truncated, or nothing was done. */
    private Outcome ofDirectories(Operation operation, Change change, Outcome outcome) {
        Caller caller = operation.caller();
        if (operation instanceof Operation.Create create && !(change instanceof Change.Made)) {
            return Outcome.done(outcome.object(), outcome.attributes(), now(caller, create.directory()));
        }
        if (operation instanceof Operation.Rename rename && change instanceof Change.Nothing) {
            return Outcome.renamed(now(caller, rename.fromDirectory()), now(caller, rename.toDirectory()));
        }
        return outcome;
    }

    private Outcome durable(Change change, Outcome outcome) throws ErrnoException {
        try {
            return durability.sync(change, outcome);
        } catch (ErrnoException e) {
            // What is in the page cache may be lost: clients must send again what was not committed.
            writeVerifier.incrementAndGet();
            throw e;
        }
    }

    /** A failure shows the attributes too, which are then those of before and after. */
    private Outcome failed(Operation operation, Errno error) {
        Caller caller = operation.caller();
        return switch (operation) {
            case Operation.Create op -> Outcome.failed(error, now(caller, op.directory()), Wcc.NONE);
            case Operation.MakeDirectory op -> Outcome.failed(error, now(caller, op.directory()), Wcc.NONE);
            case Operation.MakeSymlink op -> Outcome.failed(error, now(caller, op.directory()), Wcc.NONE);
            case Operation.MakeNode op -> Outcome.failed(error, now(caller, op.directory()), Wcc.NONE);
            case Operation.Remove op -> Outcome.failed(error, now(caller, op.directory()), Wcc.NONE);
            case Operation.RemoveDirectory op -> Outcome.failed(error, now(caller, op.directory()), Wcc.NONE);
            case Operation.Rename op ->
                Outcome.failed(error, now(caller, op.fromDirectory()), now(caller, op.toDirectory()));
            case Operation.Link op -> Outcome.failed(error, now(caller, op.directory()), now(caller, op.object()));
            case Operation.SetAttr op -> Outcome.failed(error, now(caller, op.object()), Wcc.NONE);
            case Operation.Write op -> Outcome.failed(error, now(caller, op.object()), Wcc.NONE);
            case Operation.Commit op -> Outcome.failed(error, now(caller, op.object()), Wcc.NONE);
        };
    }

    private Wcc now(Caller caller, long object) {
        try {
            return Wcc.unchanged(attributes(caller, object));
        } catch (ErrnoException e) {
            return Wcc.NONE;
        }
    }

    /** Without a journal nothing of the calls before a restart is remembered. */
    @Override
    public @Nullable Outcome outcomeOf(CallId call) {
        return null;
    }

    @Override
    public long writeVerifier() {
        return writeVerifier.get();
    }

    @Override
    public FileTree cached() {
        return cached;
    }

    /** What has to be done now and then: closes what was removed behind our back, and writes what can wait. */
    public void tidy() {
        int unusedClosed = nodes.closeRemoved();
        nodes.volumes().forEach(volume -> volume.watchedDirectories.drain());
        try {
            index.flush(index.version());
        } catch (ErrnoException e) {
            // The index has told why, and tries again with the next change.
        }
    }

    /** Objects that the index knows, or is about to. */
    public long objectsKnown() {
        return index.objects();
    }

    /** Memory that listings of directories take, in bytes. */
    public long listingBytes() {
        return reading.listingBytes();
    }

    @Override
    public void close() {
        adoption.close();
        index.close();
        nodes.close();
    }
}
