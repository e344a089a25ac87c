package org.twinshare.replication.copy;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.ObjectDescription;
import org.twinshare.filestore.local.LocalTree;

/**
 * Looks at what records showed to differ until that is sure, and makes it the same, while the standby goes on following. The
 * primary's tree may be ahead of the record, so a difference is one only when it stays ({@link Suspects}). One thread, on one
 * connection.
 */
final class DivergenceRepair {
    private static final Logger LOG = LoggerFactory.getLogger(DivergenceRepair.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    /** More are counted and not told: something is wrong with the disk then, and not with one file. */
    private static final int TOLD = 20;

    private final LocalTree tree;
    private final StandbyApply apply;
    private final Questions questions;
    private final Differences differences;
    private final Suspects<Long> suspects = new Suspects<>();
    private final Map<Long, Long> records = new HashMap<>();

    DivergenceRepair(LocalTree tree, StandbyApply apply, Questions questions) {
        this.tree = tree;
        this.apply = apply;
        this.questions = questions;
        differences = new Differences(tree, apply, questions, file -> null);
    }

    /** How long nothing needs to be done. */
    Duration untilNext() {
        return suspects.isEmpty() ? Duration.ofDays(1) : BETWEEN_LOOKS;
    }

    /** Looks once at everything that is in doubt. */
    void look() throws IOException {
        apply.divergences().take().forEach((object, sequence) -> {
            suspects.add(object);
            records.putIfAbsent(object, sequence);
        });
        if (suspects.isEmpty()) {
            return;
        }
        Map<Long, ObjectDescription> described = differences.describe(suspects.all());
        if (!apply.awaitAppliedUnlessStopped(questions.position())) {
            return;
        }
        try {
            for (Map.Entry<Long, Finding> each :
                    differences.look(suspects, described).entrySet()) {
                long id = each.getKey();
                found(id, Objects.requireNonNull(records.get(id)), each.getValue());
            }
        } catch (ErrnoException e) {
            throw new IOException("what differs here cannot be looked at: " + e.getMessage(), e);
        }
        records.keySet().retainAll(suspects.all());
    }

    private void found(long id, long sequence, Finding finding) throws IOException {
        String how = nameOf(id) + ": " + (finding instanceof Finding.WrongAttributes of ? of.how() : "size or mtime");
        apply.divergences().found(sequence, how);
        if (apply.divergences().state().found() <= TOLD) {
            LOG.warn(
                    "Record {} showed that the tree here differed from the primary's at {}. It is made the same. A process has"
                            + " changed one of both trees, or a disk has; to compare the rest:  twinshare verify --content",
                    sequence,
                    how);
        }
        if (finding instanceof Finding.WrongBytes) {
            apply.fetch(Set.of(id));
        } else {
            differences.dress(id);
        }
    }

    private String nameOf(long id) {
        try {
            return "object " + id + ", "
                    + tree.view().describe(id, true).places().stream()
                            .map(slot -> slot.name().toString())
                            .findFirst()
                            .orElse("without a name");
        } catch (ErrnoException e) {
            return "object " + id;
        }
    }
}
