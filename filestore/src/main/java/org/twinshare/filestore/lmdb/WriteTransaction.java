package org.twinshare.filestore.lmdb;

import java.nio.ByteBuffer;

/**
 * Changes that become durable together, with {@link #commit}, or are dropped when this is closed without. Used by the thread
 * that began it, because LMDB's lock belongs to a thread; another one gets {@link WrongThreadException}.
 */
public final class WriteTransaction implements AutoCloseable {
    private final Environment environment;
    private final Liblmdb lmdb;
    private final Room room;
    private final long handle;
    private boolean over;
    private boolean closed;

    WriteTransaction(Environment environment) {
        this.environment = environment;
        lmdb = environment.lmdb;
        room = Room.ofThisThread(lmdb);
        try {
            handle = environment.begin(room, 0);
        } catch (LmdbException e) {
            room.close();
            throw e;
        }
    }

    private long handle() {
        if (over) {
            throw new IllegalStateException("the transaction is over");
        }
        return handle;
    }

    /** Opens a database; its number is good in all transactions after the commit. */
    int open(String name, int flags) {
        room.run(lmdb.dbiOpen, handle(), room.string(name), flags, room.resultAddress(), 0);
        return (int) room.result(0);
    }

    /** Puts what remains in a buffer under a key, in the place of what was there. */
    public void put(int database, byte[] key, ByteBuffer value) {
        room.run(lmdb.put, handle(), database, room.key(key), room.value(value), 0);
    }

    /** Removes a key; whether there was one. */
    public boolean delete(int database, byte[] key) {
        return room.found(lmdb.del, handle(), database, room.key(key), 0);
    }

    /** Makes the changes durable. Whether it does or fails, the transaction is over (mdb_txn_commit). */
    public void commit() {
        try {
            room.run(lmdb.txnCommit, handle(), 0);
            over = true;
        } catch (LmdbException e) {
            over = true;
            throw e;
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (!over) {
            room.end(lmdb.txnAbort, handle());
            over = true;
        }
        room.close();
        closed = true;
        environment.ended();
    }
}
