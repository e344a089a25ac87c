package org.twinshare.replication.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk that knows what is only in the page cache. A power cut leaves of it what was synced, and of everything else any
 * part that the random numbers choose, sector by sector. Thread-safe.
 */
final class MemoryDisk implements JournalDisk {
    static final int SECTOR_BYTES = 512;

    private Map<String, Content> names = new TreeMap<>();
    private Map<String, Content> durableNames = new TreeMap<>();
    private long capacityBytes = Long.MAX_VALUE;
    private boolean syncsFail;
    private boolean writesFail;
    private long operations;
    private long cutAt = -1;
    private @Nullable Runnable atCut;

    private static final class Content {
        byte[] cached = new byte[0];
        byte[] durable = new byte[0];
        final TreeSet<Integer> dirtySectors = new TreeSet<>();

        Content copy() {
            Content copy = new Content();
            copy.cached = cached.clone();
            copy.durable = durable.clone();
            copy.dirtySectors.addAll(dirtySectors);
            return copy;
        }
    }

    /** What is there after the power was cut now, and has come back. */
    synchronized MemoryDisk afterPowerCut(RandomGenerator random) {
        MemoryDisk after = new MemoryDisk();
        Map<String, Content> chosen = random.nextBoolean() ? names : durableNames;
        chosen.forEach((name, content) -> after.names.put(name, survivorOf(content, random)));
        after.durableNames = new TreeMap<>(after.names);
        return after;
    }

    private static Content survivorOf(Content content, RandomGenerator random) {
        Content survivor = new Content();
        survivor.durable = Arrays.copyOf(content.durable, Math.max(content.durable.length, content.cached.length));
        double chance = random.nextInt(4) / 3.0;
        for (int sector : content.dirtySectors) {
            if (random.nextDouble() < chance) {
                int begin = sector * SECTOR_BYTES;
                int bytes = Math.min(SECTOR_BYTES, content.cached.length - begin);
                System.arraycopy(content.cached, begin, survivor.durable, begin, bytes);
            }
        }
        survivor.cached = survivor.durable.clone();
        return survivor;
    }

    /** What a process finds that starts after another was killed: all of it, and as much synced as before. */
    synchronized MemoryDisk afterKill() {
        MemoryDisk after = new MemoryDisk();
        names.forEach((name, content) -> after.names.put(name, content.copy()));
        durableNames.forEach((name, content) -> {
            Content same = after.names.get(name);
            after.durableNames.put(name, same != null && names.get(name) == content ? same : content.copy());
        });
        return after;
    }

    /** Runs something just before the operation of this number, from 0 on. */
    synchronized void beforeOperation(long number, Runnable run) {
        cutAt = number;
        atCut = run;
    }

    synchronized long operations() {
        return operations;
    }

    synchronized void capacityBytes(long bytes) {
        capacityBytes = bytes;
    }

    synchronized void syncsFail(boolean fail) {
        syncsFail = fail;
    }

    synchronized void writesFail(boolean fail) {
        writesFail = fail;
    }

    /** The bytes of a file themselves, to be damaged; they are durable. */
    synchronized byte[] bytes(String name) {
        Content content = names.get(name);
        if (content == null) {
            throw new IllegalArgumentException(name);
        }
        content.durable = content.cached;
        content.dirtySectors.clear();
        return content.cached;
    }

    synchronized void put(String name, byte[] bytes) {
        Content content = new Content();
        content.cached = bytes;
        content.durable = bytes.clone();
        names.put(name, content);
        durableNames.put(name, content);
    }

    private void count() {
        Runnable run = operations == cutAt ? atCut : null;
        operations++;
        if (run != null) {
            run.run();
        }
    }

    @Override
    public synchronized List<String> names() {
        return List.copyOf(names.keySet());
    }

    @Override
    public synchronized OpenFile create(String name) {
        count();
        names.put(name, new Content());
        return new MemoryFile(content(name));
    }

    private Content content(String name) {
        Content content = names.get(name);
        if (content == null) {
            throw new IllegalStateException(name);
        }
        return content;
    }

    @Override
    public synchronized OpenFile open(String name) throws IOException {
        if (!names.containsKey(name)) {
            throw new NoSuchFileException(name);
        }
        return new MemoryFile(content(name));
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        count();
        Content content = names.remove(from);
        if (content == null) {
            throw new NoSuchFileException(from);
        }
        names.put(to, content);
    }

    @Override
    public synchronized void delete(String name) {
        count();
        names.remove(name);
    }

    @Override
    public synchronized void sync() {
        count();
        durableNames = new TreeMap<>(names);
    }

    @Override
    public void close() {}

    private long usedBytes() {
        return names.values().stream()
                .mapToLong(content -> content.cached.length)
                .sum();
    }

    private final class MemoryFile implements OpenFile {
        private final Content content;

        MemoryFile(Content content) {
            this.content = content;
        }

        @Override
        public long sizeBytes() {
            synchronized (MemoryDisk.this) {
                return content.cached.length;
            }
        }

        @Override
        public int read(ByteBuffer into, long offsetBytes) {
            synchronized (MemoryDisk.this) {
                int bytes = (int) Math.min(into.remaining(), Math.max(content.cached.length - offsetBytes, 0));
                into.put(content.cached, (int) offsetBytes, bytes);
                return bytes;
            }
        }

        @Override
        public void write(ByteBuffer from, long offsetBytes) throws IOException {
            synchronized (MemoryDisk.this) {
                count();
                if (writesFail) {
                    throw new IOException("EIO");
                }
                int begin = (int) offsetBytes;
                int end = begin + from.remaining();
                if (end > content.cached.length) {
                    if (usedBytes() + end - content.cached.length > capacityBytes) {
                        throw new IOException("ENOSPC");
                    }
                    content.cached = Arrays.copyOf(content.cached, end);
                }
                from.get(content.cached, begin, end - begin);
                for (int sector = begin / SECTOR_BYTES; sector * SECTOR_BYTES < end; sector++) {
                    content.dirtySectors.add(sector);
                }
            }
        }

        /** When it fails the pages count as clean, as in Linux. */
        @Override
        public void sync() throws IOException {
            synchronized (MemoryDisk.this) {
                count();
                if (syncsFail) {
                    content.durable = Arrays.copyOf(content.durable, content.cached.length);
                    content.dirtySectors.clear();
                    throw new IOException("EIO");
                }
                content.durable = Arrays.copyOf(content.durable, content.cached.length);
                for (int sector : content.dirtySectors) {
                    int begin = sector * SECTOR_BYTES;
                    int bytes = Math.min(SECTOR_BYTES, content.cached.length - begin);
                    System.arraycopy(content.cached, begin, content.durable, begin, bytes);
                }
                content.dirtySectors.clear();
            }
        }

        @Override
        public void close() {}
    }
}
