package org.twinshare.replication;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.TreeFailed;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalFailed;

/**
 * What a reply waits for: that its record is on this disk, and wherever else it must be. Once that cannot be known any more,
 * or another server answers, nothing is promised again. Thread-safe.
 */
final class Promises {
    private static final Logger LOG = LoggerFactory.getLogger(Promises.class);

    private final Journal journal;
    private final BooleanSupplier diskHasFailed;
    private final Consumer<String> onFailure;
    private volatile Replication replication = Replication.NONE;
    private volatile @Nullable Throwable failed;

    /** @param diskHasFailed whether the disk of the tree takes nothing any more; asks it */
    Promises(Journal journal, BooleanSupplier diskHasFailed, Consumer<String> onFailure) {
        this.journal = journal;
        this.diskHasFailed = diskHasFailed;
        this.onFailure = onFailure;
    }

    /** From now on a durable reply waits for the other server too, as its terms say. */
    void replicateBy(Replication other) {
        replication = other;
    }

    Replication replication() {
        return replication;
    }

    /** Returns when a record may be answered. */
    void awaitDurable(long sequence) {
        try {
            journal.awaitDurable(sequence);
        } catch (JournalFailed e) {
            // Before the caller lets its turn go: a checkpoint must not count what is not durable.
            fail(e);
            throw e;
        }
        try {
            replication.awaitReplicated(sequence);
        } catch (TreeFailed e) {
            failed = e;
            throw e;
        }
    }

    boolean areBroken() {
        return failed != null;
    }

    void checkKept() {
        Throwable cause = failed;
        if (cause != null) {
            throw new TreeFailed("nothing is acknowledged any more", cause);
        }
    }

    /** The end: nothing is answered from now on. */
    void fail(Throwable cause) {
        synchronized (this) {
            if (failed != null) {
                return;
            }
            failed = cause;
        }
        LOG.error(
                "The server stops: {}. Nothing is acknowledged that may be lost; look at the disk (dmesg), then start it"
                        + " again: it goes on from its journal",
                cause.getMessage());
        onFailure.accept(String.valueOf(cause.getMessage()));
    }

    /** The same, and what to throw. */
    TreeFailed failing(String what, Exception cause) {
        fail(cause);
        return new TreeFailed(what, cause);
    }

    /**
     * Bytes that a client has written are not on this disk. Where another server has them, or the client can send them there again,
     * that one answers; otherwise the client is told.
     */
    ErrnoException unlessAnotherAnswers(ErrnoException e) {
        if (e.isDiskFailure() && replication.hasSuccessor()) {
            throw failing("the disk did not take what a client has written", e);
        }
        return e;
    }

    /**
     * An error of the disk may be one of a single file, of which whoever asked is told. Where the disk takes nothing any more, and
     * another server has everything, that one answers.
     */
    ErrnoException unlessTheDiskIsGone(ErrnoException e) {
        if (e.takesNothing() && replication.hasSuccessor() && diskHasFailed.getAsBoolean()) {
            throw failing("the disk has failed", e);
        }
        return e;
    }
}
