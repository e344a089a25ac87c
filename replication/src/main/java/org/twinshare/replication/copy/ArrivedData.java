package org.twinshare.replication.copy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.replication.channel.Data;

/**
 * Bytes that came before the records that refer to them: in memory up to a bound, beyond it in a file that nobody needs after
 * a restart. Thread-safe.
 */
final class ArrivedData implements AutoCloseable {
    static final long MAX_MEMORY_BYTES = 32 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(ArrivedData.class);
    private static final String FILE = "arrived.tmp";

    private final Path directory;
    private final NavigableMap<Long, List<Part>> bySequence = new TreeMap<>();
    private long memoryBytes;
    private @Nullable FileChannel file;
    private long fileEnd;
    private int partsInFile;

    /** @param directory for the file */
    ArrivedData(Path directory) {
        this.directory = directory;
    }

    /** Some of the bytes of one record. */
    final class Part {
        private final long object;
        private final long offsetBytes;
        private final int count;
        /** Null when they are in the file. */
        private final byte @Nullable [] inMemory;

        private final long at;

        private Part(long object, long offsetBytes, int count, byte @Nullable [] inMemory, long at) {
            this.object = object;
            this.offsetBytes = offsetBytes;
            this.count = count;
            this.inMemory = inMemory;
            this.at = at;
        }

        long offsetBytes() {
            return offsetBytes;
        }

        int count() {
            return count;
        }

        /**
         * The bytes; null when they cannot be read back, or were given up meanwhile.
         *
         * @param into has room for {@link Data#MAX_BYTES}
         */
        @Nullable ByteBuffer bytes(ByteBuffer into) {
            into.clear().limit(count);
            if (inMemory != null) {
                return into.put(inMemory).flip();
            }
            return readBack(into, at) ? into.flip() : null;
        }
    }

    synchronized void put(long sequence, long object, long offsetBytes, ByteBuffer from) {
        List<Part> parts = bySequence.computeIfAbsent(sequence, unused -> new ArrayList<>());
        if (parts.stream().anyMatch(part -> part.offsetBytes == offsetBytes)) {
            return;
        }
        int count = from.remaining();
        if (memoryBytes + count <= MAX_MEMORY_BYTES) {
            byte[] copy = new byte[count];
            from.duplicate().get(copy);
            parts.add(new Part(object, offsetBytes, count, copy, 0));
            memoryBytes += count;
        } else if (writeDown(from)) {
            parts.add(new Part(object, offsetBytes, count, null, fileEnd - count));
            partsInFile++;
        }
    }

    private boolean writeDown(ByteBuffer from) {
        try {
            FileChannel open = file == null
                    ? FileChannel.open(
                            directory.resolve(FILE),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE)
                    : file;
            file = open;
            ByteBuffer bytes = from.duplicate();
            long at = fileEnd;
            while (bytes.hasRemaining()) {
                at += open.write(bytes, at);
            }
            fileEnd = at;
            return true;
        } catch (IOException e) {
            // The file that they belong to is fetched later.
            LOG.warn("Data that came cannot be kept in {}: {}", directory.resolve(FILE), e.getMessage());
            return false;
        }
    }

    private synchronized boolean readBack(ByteBuffer into, long from) {
        FileChannel open = file;
        if (open == null) {
            return false;
        }
        try {
            long at = from;
            while (into.hasRemaining()) {
                int read = open.read(into, at);
                if (read < 0) {
                    return false;
                }
                at += read;
            }
            return true;
        } catch (IOException e) {
            LOG.warn("Data that came cannot be read back from {}: {}", directory.resolve(FILE), e.getMessage());
            return false;
        }
    }

    /** Those of one record. */
    synchronized List<Part> of(long sequence) {
        return List.copyOf(bySequence.getOrDefault(sequence, List.of()));
    }

    /** How many of one record. */
    synchronized long bytesOf(long sequence) {
        return of(sequence).stream().mapToLong(Part::count).sum();
    }

    /** Those of one file, of records behind this one, that no record was carried out for yet, in order. */
    synchronized List<Part> ofObject(long object, long behind) {
        return bySequence.tailMap(behind, false).values().stream()
                .flatMap(List::stream)
                .filter(part -> part.object == object)
                .toList();
    }

    /** Records up to this one are carried out. */
    synchronized void forget(long sequence) {
        Map<Long, List<Part>> done = bySequence.headMap(sequence, true);
        for (Part part : done.values().stream().flatMap(List::stream).toList()) {
            if (part.inMemory == null) {
                partsInFile--;
            } else {
                memoryBytes -= part.count;
            }
        }
        done.clear();
        giveUpFileIfUnused();
    }

    synchronized void clear() {
        bySequence.clear();
        memoryBytes = 0;
        partsInFile = 0;
        giveUpFileIfUnused();
    }

    private void giveUpFileIfUnused() {
        if (fileEnd == 0 || partsInFile > 0) {
            return;
        }
        try {
            if (file != null) {
                file.truncate(0);
            }
            fileEnd = 0;
        } catch (IOException e) {
            LOG.warn("{} keeps its size: {}", directory.resolve(FILE), e.getMessage());
        }
    }

    /** Bytes that are in the file now. */
    synchronized long fileBytes() {
        return fileEnd;
    }

    @Override
    public synchronized void close() {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            LOG.warn("{} could not be closed: {}", directory.resolve(FILE), e.getMessage());
        }
        file = null;
    }
}
