package org.twinshare.replication;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Touched;
import org.twinshare.filestore.local.Decided;
import org.twinshare.replication.namespace.NamespaceChecksum;
import org.twinshare.replication.record.Entry;

/**
 * What was written to files and is not durable yet: the bytes themselves while there are few, so that a COMMIT puts them into
 * the journal and no file has to be synced by itself. Thread-safe.
 */
final class Uncommitted {
    private final int maxFileBytes;
    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong checkpoints = new AtomicLong();
    /** Made since the last checkpoint: the journal names them anyway. */
    private volatile Set<Long> made = ConcurrentHashMap.newKeySet();

    private final ConcurrentHashMap<Long, OfFile> files = new ConcurrentHashMap<>();

    /**
     * @param maxFileBytes kept of one file; with more of them, COMMIT syncs the file
     * @param maxBytes     kept of all files together
     */
    Uncommitted(int maxFileBytes, long maxBytes) {
        this.maxFileBytes = maxFileBytes;
        this.maxBytes = maxBytes;
    }

    /** The bytes of one file, held by one thread; closing lets it go. Its order of writes is that of the file itself. */
    final class OfFile implements AutoCloseable {
        private final ReentrantLock lock = new ReentrantLock();
        private List<Entry.Range> ranges = new ArrayList<>();
        private int kept;
        private boolean needsSync;
        private boolean forgotten;
        private volatile long writes;
        /** The checkpoint before which the journal last said that the file is being written. */
        private long announcedBefore = -1;

        private long modifyNs;
        private long changeNs;
        /** Of the entry that the last bytes which became durable are in. */
        private long committedSequence;
        /** Small synchronous WRITEs that are in the journal, or about to be, and not in the file yet. */
        private int ahead;
        /** Who waits until there is none of these; no more begin meanwhile. */
        private int waiting;

        private final Condition passed = lock.newCondition();

        private OfFile locked() {
            lock.lock();
            return this;
        }

        /**
         * Lets go of the file until everything is in it that is in the journal. What is written down behind that, and was in the
         * file before it, would come over it again on another server, and here after a crash.
         */
        void awaitInOrder() {
            waiting++;
            while (ahead > 0) {
                passed.awaitUninterruptibly();
            }
            waiting--;
            passed.signalAll();
        }

        private void goAhead() {
            while (waiting > 0) {
                passed.awaitUninterruptibly();
            }
            ahead++;
        }

        /** A small synchronous WRITE was done. Where a COMMIT writes older bytes down, these have to come behind them again. */
        void overwritten(long offsetBytes, ByteBuffer data, @Nullable Attributes after) {
            if (isClean()) {
                seen(after);
            } else {
                written(offsetBytes, data, after);
            }
        }

        /** Something was written and will become durable with a COMMIT, or was written over such bytes. */
        @SuppressWarnings("NonAtomicVolatileUpdate") // by whoever holds the file
        void written(long offsetBytes, ByteBuffer data, @Nullable Attributes after) {
            writes++;
            seen(after);
            int count = data.remaining();
            if (needsSync) {
                return;
            }
            if (kept + count > maxFileBytes || bytes.get() + count > maxBytes) {
                clear();
                needsSync = true;
                return;
            }
            byte[] copy = new byte[count];
            data.duplicate().get(copy);
            ranges.add(new Entry.Range(offsetBytes, ByteBuffer.wrap(copy)));
            kept += count;
            bytes.addAndGet(count);
        }

        /** The file has these times since a change of it; what came later may have been told before. */
        void seen(@Nullable Attributes after) {
            if (after != null && after.changeNs() > changeNs) {
                modifyNs = after.modifyNs();
                changeNs = after.changeNs();
            }
        }

        /** The file has this size now: nothing beyond it is to be written again. */
        void truncated(long sizeBytes) {
            List<Entry.Range> left = new ArrayList<>();
            int keeps = 0;
            for (Entry.Range range : ranges) {
                long room = Math.min(range.data().remaining(), sizeBytes - range.offsetBytes());
                if (room > 0) {
                    left.add(new Entry.Range(range.offsetBytes(), range.data().slice(0, (int) room)));
                    keeps += (int) room;
                }
            }
            bytes.addAndGet(keeps - kept);
            kept = keeps;
            ranges = left;
        }

        boolean isClean() {
            return ranges.isEmpty() && !needsSync;
        }

        /** Whether the bytes are too many to be kept: the file itself must be synced. */
        boolean needsSync() {
            return needsSync;
        }

        /** The entry that makes the kept bytes durable. */
        Entry.Committed entry(long object) {
            return new Entry.Committed(object, modifyNs, changeNs, 0, ranges);
        }

        /** The entry that says that the file was synced. */
        Entry.Committed synced(long object, long upToSequence) {
            return new Entry.Committed(object, modifyNs, changeNs, upToSequence, List.of());
        }

        /** How often something was written, to see whether more was. */
        long writes() {
            return writes;
        }

        /** Everything written so far is in an entry with this sequence, or on disk. */
        void committed(long sequence) {
            clear();
            needsSync = false;
            committedSequence = sequence;
        }

        long committedSequence() {
            return committedSequence;
        }

        /** True for the first who asks since the last checkpoint. */
        boolean announce() {
            long now = checkpoints.get();
            boolean first = announcedBefore != now;
            announcedBefore = now;
            return first;
        }

        private void clear() {
            bytes.addAndGet(-kept);
            kept = 0;
            ranges = new ArrayList<>();
        }

        @Override
        public void close() {
            lock.unlock();
        }
    }

    /** An object is about to be made: where a checkpoint begins before its record, it is announced like any other. */
    void made(long object) {
        made.add(object);
    }

    /** Whether an object was made since the last checkpoint. */
    boolean isNew(long object) {
        return made.contains(object);
    }

    /** What a change adds to the namespace checksum: of files that hold bytes which are not durable, size and mtime do not count. */
    long checksum(Decided decided) {
        List<Touched> touched = decided.touched();
        boolean open = touched.stream().anyMatch(each -> each.settled() != null && isOpen(each.id()));
        return NamespaceChecksum.of(
                open ? touched.stream().map(Touched::unsettled).toList() : touched);
    }

    private boolean isOpen(long object) {
        try (OfFile file = holdIfWritten(object)) {
            return file != null && !file.isClean();
        }
    }

    /** Takes hold of a file. */
    OfFile hold(long object) {
        OfFile file = files.computeIfAbsent(object, unused -> new OfFile()).locked();
        while (file.forgotten) {
            file.close();
            file = files.computeIfAbsent(object, unused -> new OfFile()).locked();
        }
        return file;
    }

    /** Takes hold of a file when everything is in it that is in the journal. */
    OfFile holdInOrder(long object) {
        OfFile file = hold(object);
        file.awaitInOrder();
        return file;
    }

    /** A small synchronous WRITE of a file, from before it is in the journal until it is in the file. */
    static final class Ahead implements AutoCloseable {
        private final OfFile file;

        private Ahead(OfFile file) {
            this.file = file;
        }

        @Override
        public void close() {
            try (OfFile held = file.locked()) {
                held.ahead--;
                held.passed.signalAll();
            }
        }
    }

    /** Begins a small synchronous WRITE. */
    Ahead goAhead(long object) {
        try (OfFile file = hold(object)) {
            file.goAhead();
            return new Ahead(file);
        }
    }

    /** Takes hold of a file that something was written to since the last checkpoint; null for any other. */
    @Nullable OfFile holdIfWritten(long object) {
        return files.containsKey(object) ? hold(object) : null;
    }

    /** What was written up to a moment. */
    record Snapshot(Map<Long, Long> writes) {}

    /**
     * What a checkpoint that begins now will have made durable. Files must be announced anew from now on. Waits for nobody,
     * because whoever holds a file may be waiting for the room that the checkpoint makes.
     */
    Snapshot snapshot() {
        checkpoints.incrementAndGet();
        made = ConcurrentHashMap.newKeySet();
        Map<Long, Long> writes = new HashMap<>();
        files.forEach((object, file) -> writes.put(object, file.writes));
        return new Snapshot(writes);
    }

    /** A checkpoint made everything of a snapshot durable: what was not written to since then is forgotten. */
    void durable(Snapshot snapshot) {
        snapshot.writes.forEach((object, writes) -> {
            OfFile file = files.get(object);
            // One that is held is forgotten after the next checkpoint.
            if (file != null && file.lock.tryLock()) {
                try (file) {
                    forgetUnlessWritten(object, file, writes);
                }
            }
        });
    }

    private void forgetUnlessWritten(long object, OfFile file, long writes) {
        boolean idle = file.ahead == 0 && file.waiting == 0;
        if (idle && file.writes == writes && file.announcedBefore != checkpoints.get()) {
            file.clear();
            file.forgotten = true;
            files.remove(object, file);
        }
    }

    /** Files that something was written to since the last checkpoint but one. */
    int files() {
        return files.size();
    }

    /** Memory that is taken by bytes of files. */
    long bytes() {
        return bytes.get();
    }
}
