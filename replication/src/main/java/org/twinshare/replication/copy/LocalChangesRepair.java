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
    /** More names than these are not removed without being asked: somebody may have unpacked, or unmounted, the wrong thing. */
    private static final int MAX_REMOVED = 1_000;

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
                    new Verify(tree, apply, questions, limits, new Verify.Options(SumKind.SHA_256, true, MAX_REMOVED));
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

    private static void tell(int changed, Verify.Report report) {
        LOG.info(
                "{} objects that local processes changed on the primary were compared, {} differences found",
                changed,
                report.findings().size());
        if (report.kept() > 0) {
            LOG.warn(
                    "Local processes removed {} names on the primary, more than the {} that are removed here without being asked:"
                            + " they are kept. If they are to go:  twinshare verify --repair",
                    report.kept(),
                    MAX_REMOVED);
        }
    }

    /** Returns when nothing is compared any more, after the connection has ended. */
    @Override
    public void close() {
        Uninterruptibles.joinUninterruptibly(thread);
    }
}
