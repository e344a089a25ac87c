package org.twinshare.replication;

import org.twinshare.filestore.CallId;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.TreeFailed;
import org.twinshare.filestore.local.Decided;
import org.twinshare.replication.namespace.NamespaceChecksum;
import org.twinshare.replication.record.Entry;

/**
 * The order of work of every change that has been decided: append it, prepare what nobody sees, wait until the record is
 * durable, carry the change out in its turn; the caller answers then. Thread-safe.
 */
final class OrderOfWork {
    private final Promises promises;
    private final Appender appender;
    private final JournaledDiscoveries discoveries;
    private final Uncommitted uncommitted;
    private final Checkpoints checkpoints;
    private final Step.Listener steps;

    OrderOfWork(
            Promises promises,
            Appender appender,
            JournaledDiscoveries discoveries,
            Uncommitted uncommitted,
            Checkpoints checkpoints,
            Step.Listener steps) {
        this.promises = promises;
        this.appender = appender;
        this.discoveries = discoveries;
        this.uncommitted = uncommitted;
        this.checkpoints = checkpoints;
        this.steps = steps;
    }

    /** How a change is carried out whose turn has come; {@link OrderOfWork#apply} is to be part of it. */
    interface Applying {
        Outcome apply(Appender.Ticket ticket) throws ErrnoException;
    }

    /** Does all of it for one change. Whoever may be answered before anything is durable ({@code async}) waits for no disk. */
    Outcome carryOut(CallId call, Operation operation, Decided decided, long... ordered) throws ErrnoException {
        return carryOut(call, operation, decided, ticket -> apply(decided, ticket), ordered);
    }

    /** The same. {@code ordered} are the objects whose changes must be carried out in the order of the journal. */
    Outcome carryOut(CallId call, Operation operation, Decided decided, Applying applying, long... ordered)
            throws ErrnoException {
        var ticket = append(new Entry.Changed(call, decided.change()), uncommitted.checksum(decided), ordered);
        try {
            steps.at(Step.APPENDED);
            // While others append or the disk is at work, and not in the turn, for which others wait.
            prepare(decided, ticket);
            steps.at(Step.PREPARED);
            if (!operation.caller().async()) {
                promises.awaitDurable(ticket.position.sequence());
                steps.at(Step.DURABLE);
            }
            appender.awaitTurn(ticket);
            Outcome outcome = applying.apply(ticket);
            steps.at(Step.APPLIED);
            return outcome;
        } finally {
            appender.applied(ticket);
        }
    }

    private void prepare(Decided decided, Appender.Ticket ticket) {
        try {
            decided.prepare(decided.change().at(ticket.position.timeNs()));
        } catch (RuntimeException e) {
            throw fault(e);
        }
    }

    private TreeFailed fault(RuntimeException e) {
        return promises.failing("a change could not be carried out, which is a fault of the server", e);
    }

    /** Carries out a change whose turn has come, at the moment of its record; what fails is void. */
    Outcome apply(Decided decided, Appender.Ticket ticket) throws ErrnoException {
        try {
            return decided.apply(decided.change().at(ticket.position.timeNs()));
        } catch (ErrnoException e) {
            if (e.isDiskFailure()) {
                throw promises.failing("the disk failed while a change was carried out", e);
            }
            ErrnoException told = promises.unlessTheDiskIsGone(e);
            voidIt(ticket, told);
            throw told;
        } catch (RuntimeException e) {
            throw fault(e);
        }
    }

    /** Nobody has heard of it: it never became true. Without that in the journal, the next start would carry it out. */
    private void voidIt(Appender.Ticket ticket, ErrnoException why) {
        long sequence;
        try {
            sequence = note(new Entry.Voided(ticket.position.sequence(), why.errno()), NamespaceChecksum.NOTHING);
        } catch (ErrnoException e) {
            throw promises.failing("a change could not be carried out, and the journal has no room to say so", e);
        }
        appender.voided(ticket, sequence);
        steps.at(Step.VOIDED);
        promises.awaitDurable(sequence);
    }

    private Appender.Ticket append(Entry.Changed entry, long checksum, long... ordered) throws ErrnoException {
        return checkpoints.whenThereIsRoom(() -> {
            discoveries.append();
            return appender.append(entry, checksum, ordered);
        });
    }

    /** Appends what is carried out already, or needs not be; returns its sequence. It is not durable yet. */
    long note(Entry entry, long checksum) throws ErrnoException {
        return checkpoints.whenThereIsRoom(() -> {
            discoveries.append();
            return appender.note(entry, checksum);
        });
    }
}
