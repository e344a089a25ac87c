package org.twinshare.filestore.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.Txn;

/**
 * The index on disk: an LMDB environment with one database for each {@link Table}. A commit is one synced transaction, so a
 * crash leaves the index as some commit left it. Any number of threads may read; one writes.
 */
final class IndexFile implements AutoCloseable {
    /** Address space that the file may grow to; disk is only used as it grows. About 500 million objects. */
    private static final long MAP_BYTES = 64L << 30;

    private static final int MAX_KEY_BYTES = 511;

    private final Env<ByteBuffer> env;
    private final Map<Table, Dbi<ByteBuffer>> tables = new EnumMap<>(Table.class);
    private final ConcurrentLinkedQueue<Reader> readers = new ConcurrentLinkedQueue<>();
    private final ByteBuffer writeKey = ByteBuffer.allocateDirect(MAX_KEY_BYTES);
    private final ByteBuffer writeValue = ByteBuffer.allocateDirect(4096);

    IndexFile(Path directory) throws IOException {
        Files.createDirectories(directory);
        env = Env.create()
                .setMapSize(MAP_BYTES)
                .setMaxDbs(Table.values().length)
                .setMaxReaders(1024)
                .open(directory.toFile(), EnvFlags.MDB_NOTLS);
        for (Table table : Table.values()) {
            tables.put(table, env.openDbi(table.name(), DbiFlags.MDB_CREATE));
        }
    }

    private Dbi<ByteBuffer> table(Table table) {
        return Objects.requireNonNull(tables.get(table));
    }

    /**
     * A read transaction with a buffer for keys, and cursors, used again and again: making one costs more than a look-up, and
     * a cursor made by a virtual thread costs the mapping of a page and its unmapping on all processors.
     */
    private final class Reader {
        final Txn<ByteBuffer> transaction = env.txnRead();
        final ByteBuffer key = ByteBuffer.allocateDirect(MAX_KEY_BYTES);
        private final Map<Table, Cursor<ByteBuffer>> cursors = new EnumMap<>(Table.class);

        Cursor<ByteBuffer> cursor(Table table) {
            Cursor<ByteBuffer> known = cursors.get(table);
            if (known != null) {
                known.renew(transaction);
                return known;
            }
            Cursor<ByteBuffer> made = table(table).openCursor(transaction);
            cursors.put(table, made);
            return made;
        }

        void close() {
            cursors.values().forEach(Cursor::close);
            transaction.close();
        }
    }

    /** Turns the bytes of a value, valid during this call only, into something of the caller's. */
    interface Decoder<T> {
        T decode(ByteBuffer value);
    }

    /** The value of a key as the last commit left it, or null. */
    <T> @Nullable T get(Key key, Decoder<T> decoder) {
        Reader reader = take();
        try {
            reader.key.clear().put(key.bytes()).flip();
            ByteBuffer value = table(key.table()).get(reader.transaction, reader.key);
            return value == null ? null : decoder.decode(value);
        } finally {
            give(reader);
        }
    }

    /** Hands all keys that start with a prefix to the consumer, in their order. */
    void scan(Key prefix, BiConsumer<Key, ByteBuffer> consumer) {
        Reader reader = take();
        try {
            reader.key.clear().put(prefix.bytes()).flip();
            Cursor<ByteBuffer> cursor = reader.cursor(prefix.table());
            boolean found = cursor.get(reader.key, GetOp.MDB_SET_RANGE);
            while (found) {
                byte[] bytes = new byte[cursor.key().remaining()];
                cursor.key().duplicate().get(bytes);
                Key key = new Key(prefix.table(), bytes);
                if (!key.startsWith(prefix)) {
                    break;
                }
                consumer.accept(key, cursor.val());
                found = cursor.next();
            }
        } finally {
            give(reader);
        }
    }

    private Reader take() {
        Reader reader = readers.poll();
        if (reader == null) {
            return new Reader();
        }
        reader.transaction.renew();
        return reader;
    }

    private void give(Reader reader) {
        reader.transaction.reset();
        readers.add(reader);
    }

    /** Writes all changes in one transaction, which is on disk when this returns. One thread at a time. */
    void commit(PendingChanges changes) {
        try (Txn<ByteBuffer> transaction = env.txnWrite()) {
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
    private void write(Txn<ByteBuffer> transaction, Key key, Encoder encoder) {
        writeKey.clear().put(key.bytes()).flip();
        writeValue.clear();
        encoder.encode(writeValue);
        writeValue.flip();
        if (writeValue.hasRemaining()) {
            table(key.table()).put(transaction, writeKey, writeValue);
        } else {
            table(key.table()).delete(transaction, writeKey);
        }
    }

    private void writeBytes(Txn<ByteBuffer> transaction, Key key, Optional<byte[]> bytes) {
        writeKey.clear().put(key.bytes()).flip();
        if (bytes.isPresent()) {
            writeValue.clear().put(bytes.get()).flip();
            table(key.table()).put(transaction, writeKey, writeValue);
        } else {
            table(key.table()).delete(transaction, writeKey);
        }
    }

    /** Number of objects in the file. */
    long objects() {
        try (Txn<ByteBuffer> transaction = env.txnRead()) {
            return table(Table.OBJECTS).stat(transaction).entries;
        }
    }

    @Override
    public void close() {
        readers.forEach(Reader::close);
        env.close();
    }
}
