package org.twinshare.filestore.identity;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A key of the index: a table and bytes, in the order in which the file keeps them. */
record Key(Table table, byte[] bytes) implements Comparable<Key> {
    static Key of(Table table, long number) {
        return new Key(table, ByteBuffer.allocate(8).putLong(number).array());
    }

    static Key ofInode(int volume, long inode) {
        return new Key(
                Table.INODES,
                ByteBuffer.allocate(10).putShort((short) volume).putLong(inode).array());
    }

    /** Numbers, and a name behind them. */
    static Key of(Table table, byte[] name, long... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * numbers.length + name.length);
        for (long number : numbers) {
            bytes.putLong(number);
        }
        return new Key(table, bytes.put(name).array());
    }

    boolean startsWith(Key prefix) {
        return table == prefix.table
                && bytes.length >= prefix.bytes.length
                && Arrays.equals(bytes, 0, prefix.bytes.length, prefix.bytes, 0, prefix.bytes.length);
    }

    @Override
    public int compareTo(Key other) {
        int byTable = table.compareTo(other.table);
        return byTable != 0 ? byTable : Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key key && table == key.table && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return table.name().hashCode() + 31 * Arrays.hashCode(bytes);
    }
}
