package org.twinshare.filestore.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.lmdb.Environment;
import org.twinshare.filestore.lmdb.LmdbException;
import org.twinshare.filestore.lmdb.ReadTransaction;
import org.twinshare.filestore.lmdb.WriteTransaction;

/**
 * The index on disk: an LMDB environment with one database for each {@link Table}. A commit is one synced transaction, so a
 * crash leaves the index as some commit left it. Any number of threads may read; one writes.
 */
final class IndexFile implements AutoCloseable {
    /** Address space that the file may grow to; disk is only used as it grows. About 500 million objects. */
    private static final long MAP_BYTES = 64L << 30;

    private static final int MAX_READERS = 1024;
    private static final long LOOK_AGAIN_NS = 1_000_000;

    private final Environment environment;
    /** The numbers of the databases. */
    private final Map<Table, Integer> databases = new EnumMap<>(Table.class);
    /**
     * Transactions with their cursors, used again and again: making one costs more than a look-up, and a cursor made by a
     * virtual thread costs the mapping of a page and its unmapping on all processors.
     */
    private final ConcurrentLinkedQueue<ReadTransaction> readers = new ConcurrentLinkedQueue<>();

    private final RoomAhead room;
    private final ByteBuffer writeValue = ByteBuffer.allocate(4096);
    private volatile boolean closing;

    IndexFile(Path directory) throws IOException {
        Files.createDirectories(directory);
        environment = Environment.open(
                directory,
                MAP_BYTES,
                MAX_READERS,
                Arrays.stream(Table.values()).map(Table::name).toList());
        for (Table table : Table.values()) {
            databases.put(table, environment.database(table.name()));
        }
        room = RoomAhead.of(directory.resolve("data.mdb"));
        room.keep();
    }

    private int database(Table table) {
        return Objects.requireNonNull(databases.get(table));
    }

    /** Turns the bytes of a value into something else. */
    interface Decoder<T> {
        T decode(ByteBuffer value);
    }

    /** The value of a key as the last commit left it, or null. */
    <T> @Nullable T get(Key key, Decoder<T> decoder) {
        ReadTransaction reader = take();
        byte[] value;
        try {
            value = reader.get(database(key.table()), key.bytes());
        } finally {
            give(reader);
        }
        return value == null ? null : decoder.decode(ByteBuffer.wrap(value));
    }

    /** Hands all keys that start with a prefix to the consumer, in their order. */
    void scan(Key prefix, Consumer<Key> consumer) {
        ReadTransaction reader = take();
        try {
            reader.scan(database(prefix.table()), prefix.bytes(), bytes -> {
                Key key = new Key(prefix.table(), bytes);
                boolean more = key.startsWith(prefix);
                if (more) {
                    consumer.accept(key);
                }
                return more;
            });
        } finally {
            give(reader);
        }
    }

    private ReadTransaction take() {
        if (closing) {
            throw new IllegalStateException("the index is closed");
        }
        ReadTransaction reader = readers.poll();
        if (reader == null) {
            return environment.read();
        }
        try {
            reader.renew();
            return reader;
        } catch (LmdbException e) {
            reader.close();
            throw e;
        }
    }

    private void give(ReadTransaction reader) {
        reader.reset();
        readers.add(reader);
    }

    /** Writes all changes in one transaction, which is on disk when this returns. One thread at a time. */
    void commit(PendingChanges changes) {
        try (WriteTransaction transaction = environment.write()) {
            // In the order of their keys: what comes together is then written together.
            new TreeMap<>(changes.objects)
                    .forEach((id, record) -> write(
                            transaction, Key.of(Table.OBJECTS, id), value -> record.ifPresent(r -> r.encode(value))));
            new TreeMap<>(changes.inodes)
                    .forEach((inode, id) -> write(
                            transaction,
                            Key.ofInode(inode.volume(), inode.inode()),
                            value -> putUnlessZero(value, id)));
            changes.others.forEach((key, bytes) -> writeBytes(transaction, key, bytes));
            transaction.commit();
        }
        room.keep();
    }

    private static void putUnlessZero(ByteBuffer value, long id) {
        if (id != 0) {
            value.putLong(id);
        }
    }

    private interface Encoder {
        void encode(ByteBuffer to);
    }

    /** A value without bytes removes the key. */
    private void write(WriteTransaction transaction, Key key, Encoder encoder) {
        writeValue.clear();
        encoder.encode(writeValue);
        writeValue.flip();
        if (writeValue.hasRemaining()) {
            transaction.put(database(key.table()), key.bytes(), writeValue);
        } else {
            boolean unusedWas = transaction.delete(database(key.table()), key.bytes());
        }
    }

    private void writeBytes(WriteTransaction transaction, Key key, Optional<byte[]> bytes) {
        if (bytes.isPresent()) {
            transaction.put(database(key.table()), key.bytes(), ByteBuffer.wrap(bytes.get()));
        } else {
            boolean unusedWas = transaction.delete(database(key.table()), key.bytes());
        }
    }

    /** Number of objects in the file. */
    long objects() {
        ReadTransaction reader = take();
        try {
            return reader.entries(database(Table.OBJECTS));
        } finally {
            give(reader);
        }
    }

    /** Waits for whoever reads or writes, because the memory that they look at goes away. */
    @Override
    public void close() {
        closing = true;
        do {
            for (ReadTransaction reader = readers.poll(); reader != null; reader = readers.poll()) {
                reader.close();
            }
            if (environment.closeIfUnused()) {
                room.close();
                return;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NS);
        } while (true);
    }
}
