package org.twinshare.filestore.local;

import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;

/**
 * The locks of every kind of operation. Which objects an operation is about is looked up before the locks are taken, and what
 * was decided under them says which it is about now: when another one has come between, everything is let go and taken anew.
 * Thread-safe.
 */
final class ChangeLocks {
    private final Look look;
    private final Decisions decisions;
    private final LockTable table = new LockTable();

    ChangeLocks(Look look, Decisions decisions) {
        this.look = look;
        this.decisions = decisions;
    }

    /** Ids of the objects behind the names of an operation; 0 for none. */
    private record Named(long first, long second) {}

    private static final Named NOTHING = new Named(0, 0);

    /**
     * An operation that was decided.
     *
     * @param touching how what it touches was then
     * @param held     the locks under which it was
     */
    record Decided(Change change, Touching touching, LockTable.Held held) {}

    /** Takes the locks of an operation and decides it under them; none is held where it is refused. */
    Decided decide(Operation operation) throws ErrnoException {
        return look.again(() -> decideNow(operation), () -> requireDirectories(operation));
    }

    /** ESTALE where the operation itself is about what is gone, and not only a name in it. */
    private void requireDirectories(Operation operation) throws ErrnoException {
        for (long directory : directories(operation)) {
            look.directory(operation.caller(), directory).close();
        }
    }

    private static long[] directories(Operation operation) throws ErrnoException {
        return switch (operation) {
            case Operation.Create op -> new long[] {op.directory()};
            case Operation.Remove op -> new long[] {op.directory()};
            case Operation.RemoveDirectory op -> new long[] {op.directory()};
            case Operation.Rename op -> new long[] {op.fromDirectory(), op.toDirectory()};
            case Operation.MakeDirectory op -> new long[] {op.directory()};
            case Operation.MakeSymlink op -> new long[] {op.directory()};
            case Operation.MakeNode op -> new long[] {op.directory()};
            case Operation.Link op -> throw gone();
            case Operation.SetAttr op -> throw gone();
            case Operation.Write op -> throw gone();
            case Operation.Commit op -> throw gone();
        };
    }

    private static ErrnoException gone() {
        return new ErrnoException(Errno.ESTALE, "the object is gone");
    }

    private Decided decideNow(Operation operation) throws ErrnoException {
        Named locked = named(operation);
        while (true) {
            LockTable.Held held = table.acquire(claims(operation, locked));
            boolean right = false;
            try {
                Touching touching = new Touching();
                Change change = decisions.decide(operation, touching);
                Named found = named(operation, change);
                right = found.equals(locked);
                if (right) {
                    return new Decided(change, touching, held);
                }
                locked = found;
            } finally {
                if (!right) {
                    held.close();
                }
            }
        }
    }

    /** The objects whose names the decision has looked at. */
    private static Named named(Operation operation, Change change) {
        return switch (change) {
            case Change.Made made -> NOTHING;
            case Change.Removed removed -> new Named(removed.object(), 0);
            case Change.Moved moved -> new Named(moved.object(), moved.replaced());
            case Change.AttributesSet set -> ofCreate(operation, set.object());
            case Change.Nothing nothing
            when operation instanceof Operation.Rename -> new Named(nothing.object(), nothing.object());
            case Change.Nothing nothing -> ofCreate(operation, nothing.object());
            case Change.Linked linked -> NOTHING;
            case Change.Written written -> NOTHING;
            case Change.Committed committed -> NOTHING;
        };
    }

    /** CREATE found what it was to make; other operations name their object by its id. */
    private static Named ofCreate(Operation operation, long object) {
        return operation instanceof Operation.Create ? new Named(object, 0) : NOTHING;
    }

    /** Only what takes a name away, or puts something in place of one, must know whose it is. */
    private Named named(Operation operation) throws ErrnoException {
        return switch (operation) {
            // What is to be made is mostly not there yet.
            case Operation.Create op -> NOTHING;
            case Operation.Remove op -> new Named(id(op.caller(), op.directory(), op.name()), 0);
            case Operation.RemoveDirectory op -> new Named(id(op.caller(), op.directory(), op.name()), 0);
            case Operation.Rename op ->
                new Named(
                        id(op.caller(), op.fromDirectory(), op.fromName()),
                        id(op.caller(), op.toDirectory(), op.toName()));
            case Operation.MakeDirectory op -> NOTHING;
            case Operation.MakeSymlink op -> NOTHING;
            case Operation.MakeNode op -> NOTHING;
            case Operation.Link op -> NOTHING;
            case Operation.SetAttr op -> NOTHING;
            case Operation.Write op -> NOTHING;
            case Operation.Commit op -> NOTHING;
        };
    }

    private long id(Caller caller, long directoryId, Name name) throws ErrnoException {
        if (name.isDots()) {
            return 0;
        }
        try (Node directory = look.directory(caller, directoryId);
                @Nullable Node child = look.child(directory, name)) {
            return child == null ? 0 : child.id;
        }
    }

    private static LockTable.Claims claims(Operation operation, Named named) {
        LockTable.Claims claims = new LockTable.Claims();
        switch (operation) {
            case Operation.Create op -> entry(claims, op.directory(), op.name(), named.first);
            case Operation.MakeDirectory op -> entry(claims, op.directory(), op.name(), 0);
            case Operation.MakeSymlink op -> entry(claims, op.directory(), op.name(), 0);
            case Operation.MakeNode op -> entry(claims, op.directory(), op.name(), 0);
            case Operation.Remove op -> entry(claims, op.directory(), op.name(), named.first);
            case Operation.RemoveDirectory op -> entry(claims, op.directory(), op.name(), named.first);
            case Operation.Rename op -> {
                entry(claims, op.fromDirectory(), op.fromName(), named.first);
                entry(claims, op.toDirectory(), op.toName(), named.second);
                if (op.fromDirectory() != op.toDirectory()) {
                    claims.takeTreeShape();
                }
            }
            case Operation.Link op -> entry(claims, op.directory(), op.name(), op.object());
            case Operation.SetAttr op -> claims.takeObject(op.object());
            case Operation.Write op -> claims.shareObject(op.object());
            case Operation.Commit op -> claims.shareObject(op.object());
        }
        return claims;
    }

    private static void entry(LockTable.Claims claims, long directory, Name name, long object) {
        claims.shareDirectory(directory).takeName(directory, name);
        if (object != 0) {
            claims.takeObject(object);
        }
    }
}
