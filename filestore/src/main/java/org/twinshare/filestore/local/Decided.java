package org.twinshare.filestore.local;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Touched;

/** An operation that was decided; until it is closed, by the same thread, nothing that the decision rests on changes. */
public final class Decided implements AutoCloseable {
    private final Operation operation;
    private final ChangeLocks.Decided decided;
    private final Application application;
    private final ShownAttributes shown;
    private Application.@Nullable Prepared prepared;

    Decided(Operation operation, ChangeLocks.Decided decided, Application application, ShownAttributes shown) {
        this.operation = operation;
        this.decided = decided;
        this.application = application;
        this.shown = shown;
    }

    /** What is to become true. */
    public Change change() {
        return decided.change();
    }

    /** How what it touches is when it has been carried out: while this is not closed, no other change of a client touches it. */
    public List<Touched> touched() {
        return decided.touching().after(change());
    }

    /** Does as much as nobody sees of what {@link #apply} is given, to be called once; it may be left out. */
    public void prepare(Change at) {
        prepared = application.prepare(at);
    }

    /**
     * Carries it out, at the moment that {@code at} says; nothing is durable when this returns.
     *
     * @throws ErrnoException EAGAIN where a local process has taken the name since, and who decides anew gets what is there
     */
    public Outcome apply(Change at) throws ErrnoException {
        try {
            return shown.ofDirectories(operation, at, application.apply(at, prepared));
        } catch (ErrnoException e) {
            throw isOvertakenBy(e.errno()) ? new ErrnoException(Errno.EAGAIN, e.getMessage()) : e;
        }
    }

    /** Whoever opens a name has what is there, or else makes it: that somebody else has just made it is no error. */
    private boolean isOvertakenBy(Errno error) {
        return error == Errno.EEXIST
                && operation instanceof Operation.Create create
                && create.mode() == Operation.CreateMode.UNCHECKED;
    }

    @Override
    public void close() {
        if (prepared != null) {
            application.done(prepared);
        }
        decided.held().close();
    }
}
