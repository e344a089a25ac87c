package org.twinshare.filestore.local;

import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Wcc;

/** Adds to the outcome of an operation the attributes of what it names, where carrying it out did not take them. Thread-safe. */
final class ShownAttributes {
    private final Reading reading;

    ShownAttributes(Reading reading) {
        this.reading = reading;
    }

    /** CREATE and RENAME answer with their directories, also where only the file was truncated, or nothing was done. */
    Outcome ofDirectories(Operation operation, Change change, Outcome outcome) {
        Caller caller = operation.caller();
        if (operation instanceof Operation.Create create && !(change instanceof Change.Made)) {
            return Outcome.done(outcome.object(), outcome.attributes(), now(caller, create.directory()));
        }
        if (operation instanceof Operation.Rename rename && change instanceof Change.Nothing) {
            return Outcome.renamed(now(caller, rename.fromDirectory()), now(caller, rename.toDirectory()));
        }
        return outcome;
    }

    /** A failure shows the attributes too, which are then those of before and after. */
    Outcome failed(Operation operation, Errno error) {
        Caller caller = operation.caller();
        return switch (operation) {
            case Operation.Create op -> Outcome.failed(error, now(caller, op.directory()), Wcc.NONE);
            case Operation.MakeDirectory op -> Outcome.failed(error, now(caller, op.directory()), Wcc.NONE);
            case Operation.MakeSymlink op -> Outcome.failed(error, now(caller, op.directory()), Wcc.NONE);
            case Operation.MakeNode op -> Outcome.failed(error, now(caller, op.directory()), Wcc.NONE);
            case Operation.Remove op -> Outcome.failed(error, now(caller, op.directory()), Wcc.NONE);
            case Operation.RemoveDirectory op -> Outcome.failed(error, now(caller, op.directory()), Wcc.NONE);
            case Operation.Rename op ->
                Outcome.failed(error, now(caller, op.fromDirectory()), now(caller, op.toDirectory()));
            case Operation.Link op -> Outcome.failed(error, now(caller, op.directory()), now(caller, op.object()));
            case Operation.SetAttr op -> Outcome.failed(error, now(caller, op.object()), Wcc.NONE);
            case Operation.Write op -> Outcome.failed(error, now(caller, op.object()), Wcc.NONE);
            case Operation.Commit op -> Outcome.failed(error, now(caller, op.object()), Wcc.NONE);
        };
    }

    private Wcc now(Caller caller, long object) {
        try {
            return Wcc.unchanged(reading.attributes(caller, object));
        } catch (ErrnoException e) {
            return Wcc.NONE;
        }
    }
}
