package org.twinshare.replication.copy;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.local.QuotaPass;

/**
 * Compares what local processes changed on the primary, as records name it, and makes it the same here, while the standby follows.
 * A thread of its own, for one connection: what is left when that ends is compared in the next one.
 */
final class LocalChangesRepair implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalChangesRepair.class);
    /** When more than one of so many objects is gone none is removed without being asked: it may have been a mistake. */
    private static final int ONE_OF = 5;
    /** So many are removed in a small tree too. */
    private static final int FEW = 20;

    /** After what could not be compared, or changed each time that it was looked at. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final LocalTree tree;
    private final StandbyApply apply;
    private final Questions questions;
    private final CopyLimits limits;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("local-changes").unstarted(this::run);

    LocalChangesRepair(LocalTree tree, StandbyApply apply, Questions questions, CopyLimits limits) {
        this.tree = tree;
        this.apply = apply;
        this.questions = questions;
        this.limits = limits;
        thread.start();
    }

    private void run() {
        // What was within its quota on the primary is so here.
        QuotaPass unusedForGood = QuotaPass.take();
        try {
            while (apply.awaitToCompare()) {
                compareUnlessHeld();
            }
        } catch (RuntimeException e) {
            LOG.error("What local processes changed cannot be compared; this is a fault of the server", e);
        }
    }

    private void compareUnlessHeld() {
        if (!apply.holds().beginComparing()) {
            return;
        }
        boolean done = false;
        try {
            done = compare();
        } finally {
            apply.holds().endComparing();
        }
        if (!done) {
            apply.awaitEnd(PAUSE);
        }
    }

    /** False when something is left to be compared later. */
    private boolean compare() {
        Backlog toCompare = apply.gaps().toCompare();
        Set<Long> changed = toCompare.begin();
        boolean done = false;
        try {
            Verify verify =
                    new Verify(tree, apply, questions, limits, new Verify.Options(SumKind.SHA_256, true, maxRemoved()));
            tell(changed.size(), verify.run(changed));
            toCompare.addAll(verify.givenUp());
            done = true;
            return verify.givenUp().isEmpty();
        } catch (IOException e) {
            LOG.info("What local processes changed on the primary is compared later: {}", e.getMessage());
            return false;
        } finally {
            toCompare.end(done);
        }
    }

    private long maxRemoved() {
        boolean moreIsAllowed = limits.maxRemoved() > CopyLimits.DEFAULT.maxRemoved();
        long part = Math.max(FEW, tree.objectsKnown() / ONE_OF);
        return moreIsAllowed ? limits.maxRemoved() : Math.min(limits.maxRemoved(), part);
    }

    private static void tell(int changed, Verify.Report report) {
        LOG.info(
                "{} objects that local processes changed on the primary were compared, {} differences found",
                changed,
                report.findings().size());
        if (report.kept() > 0) {
            LOG.warn(
                    "Local processes removed at least {} objects on the primary, more than are removed here without being asked: they"
                            + " are kept. If they are to go:  twinshare verify --repair",
                    report.kept());
        }
    }

    /** Returns when nothing is compared any more, after the connection has ended. */
    @Override
    public void close() {
        Uninterruptibles.joinUninterruptibly(thread);
    }
}
