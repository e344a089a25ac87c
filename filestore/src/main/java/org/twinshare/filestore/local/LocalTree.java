package org.twinshare.filestore.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
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
import org.twinshare.filestore.NetState;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.RootRefused;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.identity.ClusterKey;
import org.twinshare.filestore.identity.ObjectIndex;
import org.twinshare.filestore.posix.OwnProcess;

/**
 * The tree on the local disk. A change is decided, carried out and synced under its locks; a look needs none. Thread-safe.
 */
public final class LocalTree implements FileTree, AutoCloseable {
    /** Of one call; then it is to be tried again later. */
    private static final int MOST_DECISIONS = 10;

    /** What local processes changed, and no client has looked at, is found after this time. */
    private static final Duration LOOK_AGAIN_AFTER = Duration.ofHours(1);

    private final ObjectIndex index;
    private final Nodes nodes;
    private final Roots roots;
    private final Look look;
    private final Reading reading;
    private final ShownAttributes shown;
    private final Application application;
    private final Durability durability;
    private final SoundDisk disk = new SoundDisk();
    private final ChangeLocks locks;
    private final CachedTree cached;
    private final Adoption adoption;
    private final Making making;
    private final long cluster;
    private volatile boolean journaled;
    private final Observer observer;
    private final TreeView view;
    private final TreeCopy copy;
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

        /** The same with so many descriptors. */
        public Limits open(int fewer) {
            return new Limits(objects, fewer, listingBytes);
        }
    }

    private LocalTree(ObjectIndex index, ClusterKey key, Limits limits, InstantSource clock) {
        this.index = index;
        nodes = new Nodes(index, limits.objects(), limits.descriptors());
        roots = new Roots(nodes, key.clusterId());
        Identities identities = new Identities(nodes);
        observer = new Observer(nodes, clock);
        Containment containment = new Containment(nodes, identities);
        look = new Look(nodes, identities, containment, observer, roots);
        Cookies cookies = new Cookies(key.cookieHash(), index);
        Directories directories = new Directories(nodes, identities, observer, cookies, clock, limits.listingBytes());
        reading = new Reading(nodes, identities, look, observer, directories);
        shown = new ShownAttributes(reading);
        cluster = key.clusterId();
        making = new Making(nodes, cluster);
        application = new Application(nodes, identities, observer, directories, making);
        durability = new Durability(nodes, writeVerifier::incrementAndGet);
        locks = new ChangeLocks(look, new Decisions(look, new Ticks(clock)));
        cached = new CachedTree(this, nodes);
        view = new TreeView(nodes, identities, observer, directories, containment, roots);
        copy = new TreeCopy(nodes, identities, making, roots, cluster, disk);
        adoption = new Adoption(nodes, look, directories, observer);
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
        long root = roots.bind(path, adopt, 0);
        adoption.add(root);
        return root;
    }

    /** Binds a directory that becomes, or is, the copy of one that another server exports; its root has the same id. */
    public void bindAs(byte[] path, long root) throws ErrnoException, RootRefused {
        long unusedSame = roots.bind(path, false, root);
    }

    /** The tree as another server sees it, which copies it. */
    public TreeView view() {
        return view;
    }

    /** The tree as a copy of another server's. */
    public TreeCopy copy() {
        return copy;
    }

    /**
     * Whether changes come from another server, in its order. What has been carried out already is then the same when it is
     * carried out once more.
     */
    public void follows(boolean now) {
        observer.follows(now);
        // The index is written with the checkpoints of whoever follows, and not in between.
        journaled = true;
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
        return decideAndCarryOut(operation, decided -> {
            Outcome outcome = decided.apply(decided.change());
            return operation.caller().async() ? outcome : durable(decided.change(), outcome);
        });
    }

    /** Carries out what was decided; EAGAIN where {@link Decided#apply} says so. */
    public interface CarryingOut {
        Outcome of(Decided decided) throws ErrnoException;
    }

    /** Both halves of {@link #change}: anew where a local process was quicker, and EAGAIN when that happens time after time. */
    public Outcome decideAndCarryOut(Operation operation, CarryingOut carryingOut) {
        for (int times = 1; ; times++) {
            try (Decided decided = decide(operation)) {
                return carryingOut.of(decided);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EAGAIN || times == MOST_DECISIONS) {
                    return failed(operation, e.errno());
                }
            }
        }
    }

    /** Takes the locks of an operation and decides what it makes true; the first half of {@link #change}. */
    public Decided decide(Operation operation) throws ErrnoException {
        return new Decided(operation, locks.decide(operation), application, shown);
    }

    /** From now on somebody else sees to it that ids are kept, and that none is given twice: the next is after {@code lastId}. */
    public void keepIdsBy(Discoveries discoveries, long lastId) {
        index.continueIdsAfter(lastId);
        nodes.discoveries(discoveries);
        journaled = true;
    }

    /**
     * Ids that are given from now on are of this epoch: none that any server of the pair gave in an earlier one comes again,
     * also where nobody has heard of it. To be called before a directory is bound, and by whoever takes over.
     *
     * @param epoch from 1 on; nothing happens in one that has begun
     */
    public void beginEpoch(int epoch) {
        index.beginEpoch(epoch);
    }

    /** Tells the objects of one pair of servers from those of another. */
    public long clusterId() {
        return cluster;
    }

    /**
     * Prepares to bring the tree to a state; to be used before anything else is done with the tree.
     *
     * @param beforeEach is run before each change of the tree, for tests that end it there
     */
    public Reconcile reconcile(NetState wanted, Runnable beforeEach) {
        return new Reconcile(nodes, making, roots.ids(), cluster, wanted, beforeEach);
    }

    /**
     * Puts everything on disk that was carried out before this call, and the facts with it. EIO when the disk has failed: what
     * is there is then not known any more. ENOSPC when the index has no room now: it may be tried again.
     */
    public void checkpoint(Map<String, byte[]> facts) throws ErrnoException {
        for (Volume volume : nodes.volumes()) {
            disk.syncAll(volume::sync);
        }
        facts.forEach(index::putFact);
        index.flush(index.version());
    }

    /** Told in words when a sync has found that the disk did not take what was written, before that throws. */
    public void whenBytesAreLost(Consumer<String> told) {
        disk.whenLost(told);
    }

    /** Whether a file system takes nothing now that it took at the start; asks the disk. */
    public boolean hasFailed() {
        return nodes.volumes().stream().anyMatch(Volume::hasFailed);
    }

    /** Keeps something under a name; durable with the next checkpoint. */
    public void putFact(String name, byte[] value) {
        index.putFact(name, value);
    }

    /** What is kept under a name; null for nothing. */
    public byte @Nullable [] fact(String name) {
        return index.fact(name);
    }

    /** Changes that wait in memory for the next checkpoint. */
    public int pendingChanges() {
        return index.pendingChanges();
    }

    /** Attributes of an object wherever it is; null when it is gone. */
    public @Nullable Attributes attributesOf(long object) {
        try (Node node = nodes.pin(object)) {
            return reading.attributes(node);
        } catch (ErrnoException e) {
            return null;
        }
    }

    /** Our ctime of an object goes ahead to a moment, so that a client looks at it anew. */
    public void touch(long object, long changeNs) {
        try (Node node = nodes.pin(object)) {
            reading.touch(node, changeNs);
        } catch (ErrnoException e) {
            // It is gone, and nobody can look.
        }
    }

    /** Carries out a change that was decided elsewhere; nothing is durable when this returns. */
    public Outcome apply(Change change) throws ErrnoException {
        return application.apply(change);
    }

    /** Makes the bytes of a file durable, by itself. A failure changes the write verifier before this throws EIO. */
    public void syncFile(long object) throws ErrnoException {
        durability.syncFile(object, Stability.DATA_SYNC);
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
    public Outcome failed(Operation operation, Errno error) {
        return shown.failed(operation, error);
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
        if (journaled) {
            // The index is written with the next checkpoint.
            tellLocalChanges();
            return;
        }
        try {
            index.flush(index.version());
        } catch (ErrnoException e) {
            // The index has told why, and tries again with the next change.
        }
    }

    private void tellLocalChanges() {
        Discoveries discoveries = nodes.discoveries();
        discoveries.tidy();
        if (discoveries.wantsLocalChanges()) {
            adoption.lookAgainAfter(LOOK_AGAIN_AFTER);
        }
    }

    /** Looks in the background for what local processes changed, at every object of the exported directories. */
    public void lookForLocalChanges() {
        adoption.lookAgainAfter(Duration.ZERO);
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
