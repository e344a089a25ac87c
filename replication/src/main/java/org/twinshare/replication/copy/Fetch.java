package org.twinshare.replication.copy;

import com.google.common.util.concurrent.RateLimiter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.ObjectDescription;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.local.TreeCopy;

/**
 * Fetches bytes of files: all of a file that has none here, and of others the blocks whose checksums differ. A file gets its
 * times when all its bytes are here, so that one that is not finished differs in size or mtime. {@link #step} is called by
 * the thread that asks; {@link #add} by any.
 */
final class Fetch {
    private static final int BLOCKS_AT_ONCE = Ask.MAX_BLOCKS;

    private final TreeCopy copy;
    private final Questions questions;
    private final CopyProgress progress;
    private final RateLimiter throttle;
    private final LocalTree tree;
    /** For the thread that takes answers in. */
    private final ByteBuffer memory = ByteBuffer.allocateDirect(Ask.MAX_COUNT);

    private final Deque<Stage> stages = new ConcurrentLinkedDeque<>();
    private final Set<Long> underWay = ConcurrentHashMap.newKeySet();
    private final Set<Long> syncFailed = ConcurrentHashMap.newKeySet();

    /**
     * What to ask next about a file.
     *
     * @param offsetBytes from which on nothing was asked yet
     * @param ranges      that are known to differ, before that offset
     * @param fresh       it has no bytes here from the offset on
     */
    private record Stage(ObjectDescription file, long offsetBytes, List<Range> ranges, boolean fresh) {}

    private record Range(long offsetBytes, int count) {}

    Fetch(LocalTree tree, Questions questions, CopyProgress progress, CopyLimits limits) {
        this.tree = tree;
        this.copy = tree.copy();
        this.questions = questions;
        this.progress = progress;
        throttle = RateLimiter.create(limits.bytesPerSecond());
    }

    /** A file is to be fetched; once, when it is asked for again before that is done. */
    void add(ObjectDescription file) throws ErrnoException {
        if (underWay.add(file.id())) {
            progress.toFetch(file.sizeBytes());
            stages.add(new Stage(file, 0, List.of(), copy.sizeBytes(file.id()) == 0));
        }
    }

    /** Asks the next question; false when there is none. */
    boolean step() throws IOException {
        Stage stage = stages.poll();
        if (stage == null) {
            return false;
        }
        long id = stage.file.id();
        for (Range range : stage.ranges) {
            bytes(id, range.offsetBytes, range.count, false);
        }
        long end = stage.file.sizeBytes();
        if (stage.offsetBytes >= end) {
            questions.ask(new Ask.Objects(false, List.of(id)), answer -> finish(stage, answer));
        } else if (stage.fresh) {
            for (long at = stage.offsetBytes; at < end; at += Ask.MAX_COUNT) {
                bytes(id, at, (int) Math.min(Ask.MAX_COUNT, end - at), true);
            }
            stages.addFirst(new Stage(stage.file, end, List.of(), true));
        } else {
            Ask.Sums ask = new Ask.Sums(SumKind.SHA_256, id, stage.offsetBytes, BLOCKS_AT_ONCE);
            questions.ask(ask, answer -> compare(stage, ask, answer));
        }
        return true;
    }

    private void bytes(long id, long offsetBytes, int count, boolean fresh) throws IOException {
        double unusedWaited = throttle.acquire(count);
        questions.ask(new Ask.Bytes(id, offsetBytes, count), answer -> {
            if (answer instanceof Answer.Bytes bytes) {
                ifThere(() -> put(bytes, fresh));
            }
        });
    }

    private interface Step {
        void run() throws ErrnoException;
    }

    /** A record that was carried out meanwhile may have removed the file. */
    private static void ifThere(Step step) throws ErrnoException {
        try {
            step.run();
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ESTALE) {
                throw e;
            }
        }
    }

    /** Where all are zero, nothing is written to a file that has nothing there. */
    private void put(Answer.Bytes bytes, boolean fresh) throws ErrnoException {
        if (bytes.areZero() && fresh) {
            progress.same(bytes.count());
            return;
        }
        memory.clear().limit(bytes.count());
        if (bytes.areZero()) {
            while (memory.remaining() >= Long.BYTES) {
                memory.putLong(0);
            }
            while (memory.hasRemaining()) {
                memory.put((byte) 0);
            }
        } else {
            memory.put(bytes.bytes());
        }
        copy.write(bytes.id(), bytes.offsetBytes(), memory.flip());
        progress.fetched(bytes.count());
    }

    private void compare(Stage stage, Ask.Sums ask, Answer answer) throws ErrnoException {
        if (!(answer instanceof Answer.Sums sums)) {
            underWay.remove(stage.file.id());
            return;
        }
        List<Range> ranges = new ArrayList<>();
        ifThere(() -> {
            List<byte[]> here = Sums.onDisk(tree, ask, memory);
            for (int i = 0; i < sums.sums().size(); i++) {
                boolean same = i < here.size()
                        && Arrays.equals(here.get(i), sums.sums().get(i));
                if (same) {
                    progress.same(Ask.BLOCK_BYTES);
                } else {
                    ranges.add(new Range(ask.offsetBytes() + (long) i * Ask.BLOCK_BYTES, Ask.BLOCK_BYTES));
                }
            }
        });
        long next = ask.offsetBytes() + (long) BLOCKS_AT_ONCE * Ask.BLOCK_BYTES;
        boolean ended = sums.sums().size() < BLOCKS_AT_ONCE;
        stages.addFirst(new Stage(stage.file, ended ? Long.MAX_VALUE : next, ranges, false));
    }

    /** Everything that was asked about the file has come. It may have grown since it was described. */
    private void finish(Stage stage, Answer answer) throws ErrnoException {
        ObjectDescription file = stage.file;
        if (!(answer instanceof Answer.Objects objects) || objects.objects().isEmpty()) {
            underWay.remove(file.id());
            return;
        }
        ObjectDescription now = objects.objects().get(0);
        if (now.sizeBytes() > file.sizeBytes()) {
            progress.toFetch(now.sizeBytes() - file.sizeBytes());
            stages.addFirst(new Stage(now, file.sizeBytes() / Ask.BLOCK_BYTES * Ask.BLOCK_BYTES, List.of(), false));
            return;
        }
        if (!stage.fresh && !isOnDisk(now.id())) {
            stages.addFirst(new Stage(now, 0, List.of(), false));
            return;
        }
        ifThere(() -> copy.dress(now));
        progress.file();
        underWay.remove(now.id());
    }

    /**
     * What was written over older bytes must be on disk before the mtime says that nothing is missing. False at the first error, which
     * may be of what was written before this start: then the file is compared with what the disk has.
     */
    private boolean isOnDisk(long id) throws ErrnoException {
        try {
            ifThere(() -> copy.sync(id));
            return true;
        } catch (ErrnoException e) {
            if (e.takesNothing() && syncFailed.add(id)) {
                return false;
            }
            throw e;
        }
    }

    /** Describes files and fetches what differs of them. Those that are gone are left out. */
    void again(Set<Long> ids) throws IOException {
        List<Long> all = List.copyOf(ids);
        for (int begin = 0; begin < all.size(); begin += Ask.MAX_OBJECTS) {
            List<Long> some = all.subList(begin, Math.min(all.size(), begin + Ask.MAX_OBJECTS));
            questions.ask(new Ask.Objects(false, some), answer -> {
                if (answer instanceof Answer.Objects objects) {
                    for (ObjectDescription object : objects.objects()) {
                        if (object.type() == FileType.REGULAR) {
                            add(object);
                        }
                    }
                }
            });
        }
        run();
    }

    /** Asks until there is nothing to ask and everything is answered. */
    void run() throws IOException {
        do {
            while (step()) {
                // The window of open questions holds it back.
            }
            questions.drain();
        } while (!stages.isEmpty());
    }
}
