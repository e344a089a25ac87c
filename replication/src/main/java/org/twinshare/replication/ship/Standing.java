package org.twinshare.replication.ship;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.replication.channel.Pulse;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalFailed;
import org.twinshare.replication.journal.JournalFull;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.role.RoleFile;
import org.twinshare.replication.role.Terms;
import org.twinshare.replication.role.WithoutStandby;

/**
 * Whether the primary answers alone. It is on disk that it does before the first reply given alone, and that it does no
 * longer before the standby can know. Has a thread that counts the silence of the standby.
 */
final class Standing {
    private static final Logger LOG = LoggerFactory.getLogger(Standing.class);
    /** Each try is a record, and a line in the log. */
    private static final int PAUSE = (int) (TimeUnit.SECONDS.toNanos(5) / Pulse.TICK_NS);

    private final Journal journal;
    private final RoleFile roleFile;
    private final Acknowledgement acknowledgement;
    private final Pulse pulse;
    private final Runnable silent;
    private final BooleanSupplier mayAnswer;
    private final DiskWatch disk;
    private final Thread thread;
    private volatile boolean stopped;
    /** Since when the standby says that it lacks something; 0 where it does not. */
    private volatile long lackingSinceNs;
    /** So many looks go by before it is tried again what could not be written down. */
    private int pause;

    /**
     * Begins with {@link #start}.
     *
     * @param silent    is run while nothing is heard for longer than the terms say
     * @param mayAnswer whether this server knows that there is no newer epoch
     * @param disk      is looked at as often
     */
    Standing(
            Journal journal,
            RoleFile roleFile,
            Acknowledgement acknowledgement,
            Pulse pulse,
            Runnable silent,
            BooleanSupplier mayAnswer,
            DiskWatch disk) {
        this.journal = journal;
        this.roleFile = roleFile;
        this.acknowledgement = acknowledgement;
        this.pulse = pulse;
        this.silent = silent;
        this.mayAnswer = mayAnswer;
        this.disk = disk;
        thread = Thread.ofPlatform().daemon().name("standby-watch").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Nothing is changed any more when this returns. */
    void stop() {
        stopped = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!stopped && !acknowledgement.isFenced()) {
            try {
                TimeUnit.NANOSECONDS.sleep(Pulse.TICK_NS);
            } catch (InterruptedException e) {
                return;
            }
            boolean inDoubt = disk.look();
            look(pulse.tick(), inDoubt);
        }
    }

    private void look(long silenceNs, boolean mayBeTheDiskHere) {
        Terms terms = acknowledgement.terms();
        long since = lackingSinceNs;
        long lackingNs = since == 0 ? 0 : System.nanoTime() - since;
        long stillNs = acknowledgement.stillNs();
        if (silenceNs >= terms.aloneAfter().toNanos()) {
            silent.run();
            goAloneIfMay(terms, "nothing was heard from the standby", silenceNs);
        } else if (mayBeTheDiskHere) {
            LOG.debug("a disk here may keep from the standby what it lacks");
        } else if (lackingNs >= terms.aloneAfter().toNanos()) {
            goAloneIfMay(terms, "the standby lacks data, and fetches them", lackingNs);
        } else if (stillNs >= terms.aloneAfter().toNanos()) {
            // It is heard: it connects again and again, perhaps, and fails each time.
            goAloneIfMay(terms, "replies wait, and the standby comes no further", stillNs);
        }
    }

    /** What the standby says of itself: a reply waits for one that lacks something no longer than for a silent one. */
    void complete(boolean now) {
        if (now) {
            lackingSinceNs = 0;
        } else if (lackingSinceNs == 0) {
            lackingSinceNs = System.nanoTime() | 1;
        }
    }

    private void goAloneIfMay(Terms terms, String why, long sinceNs) {
        boolean may = terms.withoutStandby() == WithoutStandby.CONTINUE && mayAnswer.getAsBoolean();
        if (may && !acknowledgement.isAlone() && pause-- <= 0) {
            pause = 0;
            goAlone(why, sinceNs);
        }
    }

    private synchronized void goAlone(String why, long sinceNs) {
        if (stopped || acknowledgement.isFenced()) {
            return;
        }
        try {
            record(true);
            roleFile.update(state -> state.withAlone(true));
            acknowledgement.alone(true);
            LOG.warn(
                    "goes on alone: {} for {} s; look at it and at the link",
                    why,
                    TimeUnit.NANOSECONDS.toSeconds(sinceNs));
        } catch (JournalFull | IOException e) {
            LOG.warn(
                    "cannot go on alone yet, and replies wait: it cannot be written down ({}); make room, or look at the disk of the"
                            + " state directory (dmesg)",
                    e.getMessage());
            pause = PAUSE;
        } catch (JournalFailed e) {
            LOG.error("does not go on alone: {}", e.getMessage());
            stopped = true;
        }
    }

    private void record(boolean alone) throws JournalFull {
        Entry entry = new Entry.Alone(alone);
        long sequence = journal.append(EntryCodec.type(entry), 0, EntryCodec.encode(entry))
                .sequence();
        journal.awaitDurable(sequence);
    }

    /** The standby is near and complete: replies wait for it from now on. */
    synchronized void inStep() throws IOException {
        if (!acknowledgement.isAlone() || acknowledgement.isFenced()) {
            return;
        }
        roleFile.update(state -> state.withAlone(false));
        acknowledgement.alone(false);
        try {
            // With this record the standby may believe that it has everything, so replies must wait before it is there.
            record(false);
            LOG.info(
                    "in step: replies wait for the standby ({})",
                    acknowledgement.terms().ack());
        } catch (JournalFull e) {
            acknowledgement.alone(true);
            roleFile.update(state -> state.withAlone(true));
            LOG.warn("goes on alone: {}", e.getMessage());
        }
    }
}
