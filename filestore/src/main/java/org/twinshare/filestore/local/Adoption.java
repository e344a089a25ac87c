package org.twinshare.filestore.local;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;

/**
 * Walks through exported directories in the background and gives ids to what has none yet, so that clients seldom wait for
 * that; and again to find what local processes changed meanwhile. Nothing waits for a walk. Takes a fifth of one processor at
 * most. One thread of its own.
 */
final class Adoption implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);
    private static final int SLICE = 256;
    private static final int PAUSES_PER_SLICE = 4;
    private static final Duration END_WITHIN = Duration.ofSeconds(5);

    private final Nodes nodes;
    private final Look look;
    private final Directories directories;
    private final Observer observer;
    private final Set<Long> roots = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Walk> walks = new LinkedBlockingQueue<>();
    private final AtomicInteger left = new AtomicInteger();
    private volatile long lastEndNs = System.nanoTime();
    private final Thread thread = Thread.ofPlatform().name("adoption").daemon().unstarted(this::run);
    private long sliceBeganNs;
    private int sliced;

    /**
     * Through one exported directory.
     *
     * @param looks at each object too, which tells whether it was changed
     */
    private record Walk(long root, boolean looks) {}

    Adoption(Nodes nodes, Look look, Directories directories, Observer observer) {
        this.nodes = nodes;
        this.look = look;
        this.directories = directories;
        this.observer = observer;
    }

    /** An exported directory is to be walked through. */
    void add(long root) {
        roots.add(root);
        add(new Walk(root, false));
    }

    private void add(Walk walk) {
        left.incrementAndGet();
        walks.add(walk);
    }

    /** Walks through everything once more, and looks at it, when the last walk ended so long ago. */
    void lookAgainAfter(Duration pause) {
        if (left.get() == 0 && System.nanoTime() - lastEndNs >= pause.toNanos()) {
            roots.forEach(root -> add(new Walk(root, true)));
        }
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                walk(walks.take());
                lastEndNs = System.nanoTime();
                left.decrementAndGet();
            }
        } catch (InterruptedException e) {
            LOG.debug("The walk through the exports ends with the server");
        } catch (RuntimeException e) {
            LOG.error(
                    "The walk through the exports failed; this is a fault of the server, and files are given their ids"
                            + " when clients ask for them",
                    e);
        }
    }

    private void walk(Walk walk) throws InterruptedException {
        Deque<Long> pending = new ArrayDeque<>();
        pending.push(walk.root);
        sliceBeganNs = System.nanoTime();
        while (!pending.isEmpty()) {
            long id = pending.pop();
            try (Node directory = look.directory(Caller.root(walk.root), id)) {
                if (walk.looks) {
                    Attributes unused = observer.attributes(directory);
                }
                adopt(directory, walk, pending);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ESTALE) {
                    LOG.warn("Directory {} of the export cannot be walked through: {}", id, e.getMessage());
                }
            }
            // Many small directories are work too.
            pace();
        }
    }

    private void adopt(Node directory, Walk walk, Deque<Long> pending) throws ErrnoException, InterruptedException {
        long cookie = Cookies.LAST_RESERVED;
        while (cookie != 0) {
            cookie = directories.identify(directory, cookie, id -> {
                sliced++;
                if (isDirectory(id)) {
                    pending.push(id);
                } else if (walk.looks) {
                    lookAt(id);
                }
            });
            pace();
        }
    }

    private void lookAt(long id) {
        try (Node node = nodes.pin(id)) {
            Attributes unused = observer.attributes(node);
        } catch (ErrnoException e) {
            // Gone since it was listed.
        }
    }

    private boolean isDirectory(long id) {
        Node known = nodes.peek(id);
        if (known != null) {
            return known.type == FileType.DIRECTORY;
        }
        try (Node node = nodes.pin(id)) {
            return node.type == FileType.DIRECTORY;
        } catch (ErrnoException e) {
            // Gone since it was listed.
            return false;
        }
    }

    private void pace() throws InterruptedException {
        if (++sliced >= SLICE) {
            Thread.sleep(Duration.ofNanos(PAUSES_PER_SLICE * (System.nanoTime() - sliceBeganNs)));
            sliceBeganNs = System.nanoTime();
            sliced = 0;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            if (thread.isAlive() && !thread.join(END_WITHIN)) {
                LOG.warn("The walk through the exports does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
