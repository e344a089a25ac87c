package org.twinshare.filestore.lmdb;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads what one commit left. It and its cursors can be used again and again, by {@link #reset} and {@link #renew}, because
 * making one costs more than a look-up. Any thread, one at a time.
 */
public final class ReadTransaction implements AutoCloseable {
    /** mdb_txn_begin: it will only read. */
    private static final int MDB_RDONLY = 0x20000;

    /** MDB_cursor_op: the next key. */
    private static final int MDB_NEXT = 8;
    /** MDB_cursor_op: the first key that is not before this one. */
    private static final int MDB_SET_RANGE = 17;

    /** Where ms_entries is in {@code struct MDB_stat}: behind two unsigned ints and three of size_t. */
    private static final int MS_ENTRIES = 32;

    private final Environment environment;
    private final Liblmdb lmdb;
    private final Room room;
    private final long handle;
    /** By database. */
    private final Map<Integer, Long> cursors = new HashMap<>();

    private boolean closed;

    ReadTransaction(Environment environment) {
        this.environment = environment;
        lmdb = environment.lmdb;
        room = Room.ofAnyThread(lmdb);
        try {
            handle = environment.begin(room, MDB_RDONLY);
        } catch (LmdbException e) {
            room.close();
            throw e;
        }
    }

    private long handle() {
        if (closed) {
            throw new IllegalStateException("the transaction is closed");
        }
        return handle;
    }

    /** The value of a key, or null. */
    public byte @Nullable [] get(int database, byte[] key) {
        boolean found = room.found(lmdb.get, handle(), database, room.key(key), room.valueToFind());
        return found ? room.foundValue() : null;
    }

    /** Hands the keys from this one on to the visitor, in their order, until it says false. */
    public void scan(int database, byte[] from, Predicate<byte[]> visitor) {
        long cursor = cursor(database);
        long key = room.key(from);
        boolean found = room.found(lmdb.cursorGet, cursor, key, room.valueToFind(), MDB_SET_RANGE);
        while (found && visitor.test(room.foundKey())) {
            found = room.found(lmdb.cursorGet, cursor, key, room.valueToFind(), MDB_NEXT);
        }
    }

    private long cursor(int database) {
        Long known = cursors.get(database);
        if (known != null) {
            room.run(lmdb.cursorRenew, handle(), known);
            return known;
        }
        room.run(lmdb.cursorOpen, handle(), database, room.resultAddress(), 0, 0);
        long made = room.result(0);
        cursors.put(database, made);
        return made;
    }

    /** How many keys a database has. */
    public long entries(int database) {
        room.run(lmdb.stat, handle(), database, room.resultAddress(), 0, 0);
        return room.result(MS_ENTRIES);
    }

    /** Ends reading, until {@link #renew}: what was deleted since it began can be used for something else. */
    public void reset() {
        room.end(lmdb.txnReset, handle());
    }

    /** Begins to read what the last commit left now. */
    public void renew() {
        room.run(lmdb.txnRenew, handle(), 0);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        cursors.values().forEach(cursor -> room.end(lmdb.cursorClose, cursor));
        room.end(lmdb.txnAbort, handle);
        room.close();
        environment.ended();
    }
}
