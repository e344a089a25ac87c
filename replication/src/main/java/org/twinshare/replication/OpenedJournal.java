package org.twinshare.replication;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.local.QuotaPass;
import org.twinshare.replication.journal.Journal;

/**
 * A journal that was opened, and a tree to which everything was done that it says.
 *
 * @param outcomes of the calls that are in the journal
 */
record OpenedJournal(LocalTree tree, Journal journal, SurvivingOutcomes outcomes, Recovery.Done done) {
    private static final Logger LOG = LoggerFactory.getLogger(OpenedJournal.class);

    static OpenedJournal open(
            LocalTree tree, Path directory, TreeSettings settings, InstantSource clock, Step.Listener steps)
            throws IOException, RecoveryRefused {
        Files.createDirectories(directory);
        long checkpoint = Recovery.position(tree);
        Journal journal = RecoveryRefused.translate(
                () -> Journal.open(directory, settings.journal(), clock, tree.clusterId(), checkpoint));
        boolean recovered = false;
        // What is in the journal was decided when there was room for it.
        try (QuotaPass unused = QuotaPass.take()) {
            SurvivingOutcomes outcomes = new SurvivingOutcomes(settings.outcomes());
            OpenedJournal opened = over(tree, journal, checkpoint, outcomes, clock, steps);
            recovered = true;
            return opened;
        } finally {
            if (!recovered) {
                journal.close();
            }
        }
    }

    /** Carries out what an open journal says behind a position. */
    static OpenedJournal over(
            LocalTree tree,
            Journal journal,
            long position,
            SurvivingOutcomes outcomes,
            InstantSource clock,
            Step.Listener steps)
            throws IOException, RecoveryRefused {
        Recovery recovery = new Recovery(tree, journal, clock, steps);
        Recovery.Done done = RecoveryRefused.translate(() -> recovery.run(position, outcomes));
        if (done.records() > 0) {
            LOG.info("Recovered {} records of the journal: {}", done.records(), done.report());
        }
        return new OpenedJournal(tree, journal, outcomes, done);
    }
}
