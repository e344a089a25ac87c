package org.twinshare.filestore.lmdb;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.twinshare.filestore.LibraryMissing;

/**
 * An open LMDB environment: a directory with a file of databases and a file of locks. Transactions are made here, and keep it
 * open. Once in a process for a directory (lmdb.h, "Caveats"). Thread-safe.
 */
public final class Environment {
    /** mdb_env_open: a read transaction belongs to no thread. */
    private static final int MDB_NOTLS = 0x200000;
    /** mdb_dbi_open: make it where it does not exist. */
    private static final int MDB_CREATE = 0x40000;

    private static final int MODE = 0664;
    private static final int CLOSED = Integer.MIN_VALUE;
    private static final int EBADF = 9;

    final Liblmdb lmdb;
    private final long handle;
    private final Map<String, Integer> databases = new HashMap<>();
    /** How many transactions are open; {@link #CLOSED} when none can be opened any more. */
    private final AtomicInteger transactions = new AtomicInteger();

    private Environment(Liblmdb lmdb, long handle) {
        this.lmdb = lmdb;
        this.handle = handle;
    }

    /** Loads the library, which {@link #open} does where this has not been done. */
    public static void loadAhead() throws LibraryMissing {
        Liblmdb unusedLoaded = Liblmdb.load(List.of(temporary()));
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    /**
     * Opens the environment in a directory, which exists, with these databases; makes what of it does not exist.
     *
     * @param mapBytes address space that the file may grow to
     * @param maxReaders how many read transactions there may be at once
     */
    public static Environment open(Path directory, long mapBytes, int maxReaders, List<String> databases)
            throws LibraryMissing, IOException {
        Liblmdb lmdb = Liblmdb.load(List.of(temporary(), directory));
        try (Room room = Room.ofThisThread(lmdb)) {
            room.run(lmdb.envCreate, room.resultAddress(), 0);
            long handle = room.result(0);
            try {
                room.run(lmdb.envSetMapsize, handle, mapBytes);
                room.run(lmdb.envSetMaxdbs, handle, databases.size());
                room.run(lmdb.envSetMaxreaders, handle, maxReaders);
                room.run(lmdb.envOpen, handle, room.string(directory.toString()), MDB_NOTLS, MODE, 0);
                Environment environment = new Environment(lmdb, handle);
                environment.openDatabases(databases);
                return environment;
            } catch (RuntimeException e) {
                room.end(lmdb.envClose, handle);
                throw e;
            }
        } catch (LmdbException e) {
            throw new IOException("the index in " + directory + " cannot be opened: " + e.getMessage(), e);
        }
    }

    private void openDatabases(List<String> names) {
        try (WriteTransaction transaction = write()) {
            names.forEach(name -> databases.put(name, transaction.open(name, MDB_CREATE)));
            transaction.commit();
        }
    }

    /** The number of a database for the methods of transactions. */
    public int database(String name) {
        return Objects.requireNonNull(databases.get(name), name);
    }

    /** Begins to read what the last commit left. */
    public ReadTransaction read() {
        return new ReadTransaction(this);
    }

    /** Begins to write; waits while another thread does. */
    public WriteTransaction write() {
        return new WriteTransaction(this);
    }

    /** The handle of a new transaction, for which {@link #ended} is called once. */
    long begin(Room room, int flags) {
        if (transactions.getAndUpdate(open -> open == CLOSED ? CLOSED : open + 1) == CLOSED) {
            throw new LmdbException(EBADF, "the index is closed");
        }
        try {
            room.run(lmdb.txnBegin, handle, 0, flags, room.resultAddress(), 0);
            return room.result(0);
        } catch (LmdbException e) {
            ended();
            throw e;
        }
    }

    void ended() {
        int unusedLeft = transactions.decrementAndGet();
    }

    /** Closes it unless a transaction is open, which would go on in memory that is not there any more. Whether it is closed. */
    public boolean closeIfUnused() {
        if (!transactions.compareAndSet(0, CLOSED)) {
            return transactions.get() == CLOSED;
        }
        try (Room room = Room.ofThisThread(lmdb)) {
            room.end(lmdb.envClose, handle);
        }
        return true;
    }
}
