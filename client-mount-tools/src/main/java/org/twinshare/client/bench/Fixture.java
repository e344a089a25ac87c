package org.twinshare.client.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.twinshare.client.probe.Attributes;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.CreateCalls;
import org.twinshare.client.probe.DataCalls;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.FileType;
import org.twinshare.client.probe.ListCalls;
import org.twinshare.client.probe.NameCalls;
import org.twinshare.client.probe.NfsCall;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.NfsReply;
import org.twinshare.client.probe.SetAttributes;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.WccData;

/**
 * The files that a workload works on: a directory of its own on the server, made before measuring and removed after it,
 * over a connection that measures nothing. Not thread-safe.
 */
final class Fixture implements Closeable {
    static final int BLOCK_BYTES = 1 << 20;

    private static final int IN_FLIGHT = 64;
    private static final int LARGE_IN_FLIGHT = 4;
    private static final int LONGEST_BATCH = 4096;

    private NfsProbe probe;
    private final FileHandle root;
    private final FileHandle directory;
    private final String name;
    private final boolean keep;

    private Fixture(NfsProbe probe, FileHandle root, FileHandle directory, String name, boolean keep) {
        this.probe = probe;
        this.root = root;
        this.directory = directory;
        this.name = name;
        this.keep = keep;
    }

    /** Makes the directory; the name must not be taken. */
    static Fixture make(NfsProbe probe, FileHandle root, String name, boolean keep) throws IOException {
        FileHandle made = probe.mkdir(root, name, 0755).ok().handle().orElseThrow();
        return new Fixture(probe, root, made, name, keep);
    }

    /** A new connection, because the server may have ended the old one meanwhile. */
    void reconnect() throws IOException {
        probe.close();
        probe = probe.again();
    }

    FileHandle directory() {
        return directory;
    }

    NfsProbe probe() {
        return probe;
    }

    /** The handle of a directory below the export's root, named with slashes between its parts. */
    FileHandle existing(String path) throws IOException {
        FileHandle handle = root;
        for (String part : path.split("/", -1)) {
            if (!part.isEmpty()) {
                handle = probe.lookup(handle, part).ok().handle();
            }
        }
        return handle;
    }

    FileHandle makeDirectory(String child) throws IOException {
        return probe.mkdir(directory, child, 0755).ok().handle().orElseThrow();
    }

    /** Makes a symbolic link. */
    FileHandle makeLink(String child, String text) throws IOException {
        return probe.symlink(directory, child, text).ok().handle().orElseThrow();
    }

    /** Makes empty files named by the prefix and a number that begins with 0. */
    List<FileHandle> makeFiles(FileHandle parent, String prefix, int count) throws IOException {
        List<FileHandle> handles = new ArrayList<>(count);
        for (int begin = 0; begin < count; begin += LONGEST_BATCH) {
            List<NfsCall<CreateCalls.Created, WccData>> calls = IntStream.range(
                            begin, Math.min(count, begin + LONGEST_BATCH))
                    .mapToObj(each -> CreateCalls.create(
                            parent, Bytes.of(prefix + each), new CreateCalls.How.Unchecked(SetAttributes.ofMode(0644))))
                    .toList();
            for (NfsReply<CreateCalls.Created, WccData> reply : probe.callAll(calls, IN_FLIGHT)) {
                handles.add(reply.ok().handle().orElseThrow());
            }
        }
        return handles;
    }

    /** Writes a file from its beginning and commits it. */
    void write(FileHandle file, int number, int generation, long sizeBytes) throws IOException {
        long stepBytes = (long) BLOCK_BYTES * LARGE_IN_FLIGHT;
        for (long begin = 0; begin < sizeBytes; begin += stepBytes) {
            List<NfsCall<DataCalls.Written, WccData>> calls = new ArrayList<>();
            long end = Math.min(sizeBytes, begin + stepBytes);
            for (long offset = begin; offset < end; offset += BLOCK_BYTES) {
                byte[] block = new byte[(int) Math.min(BLOCK_BYTES, end - offset)];
                Content.fill(ByteBuffer.wrap(block), new Content.Origin(number, offset, generation), block.length);
                calls.add(DataCalls.write(file, offset, Stability.UNSTABLE, block));
            }
            for (NfsReply<DataCalls.Written, WccData> reply : probe.callAll(calls, LARGE_IN_FLIGHT)) {
                reply.ok();
            }
        }
        probe.commit(file, 0, 0).ok();
    }

    /** Reads a stretch back and counts it as wrong in the tally when a byte of it is. */
    void check(FileHandle file, Content.Origin begin, int lengthBytes, Tally tally) throws IOException {
        check(probe.read(file, begin.offsetBytes(), lengthBytes), begin, lengthBytes, tally);
    }

    private static void check(
            NfsReply<DataCalls.Read, Optional<Attributes>> reply, Content.Origin begin, int lengthBytes, Tally tally)
            throws IOException {
        DataCalls.Read read = reply.ok();
        if (read.countBytes() != lengthBytes) {
            tally.wrong("file " + begin.file() + " has " + read.countBytes() + " bytes instead of " + lengthBytes
                    + " at offset " + begin.offsetBytes());
            return;
        }
        Content.check(ByteBuffer.wrap(read.data().toArray()), 0, begin, lengthBytes)
                .ifPresent(tally::wrong);
        tally.moved(lengthBytes);
    }

    /** Removes everything that was made, with what the workload put there, unless it is to stay. */
    @Override
    public void close() throws IOException {
        try (NfsProbe last = probe) {
            if (!keep) {
                empty(directory);
                last.rmdir(root, name).ok();
            }
        }
    }

    private void empty(FileHandle parent) throws IOException {
        List<NfsCall<WccData, WccData>> removals = new ArrayList<>();
        for (ListCalls.EntryPlus entry : probe.list(parent)) {
            String text = entry.name().toString();
            if (text.equals(".") || text.equals("..")) {
                continue;
            }
            boolean isDirectory = entry.attributes()
                    .map(attributes -> attributes.type() == FileType.DIRECTORY)
                    .orElse(false);
            if (isDirectory) {
                empty(probe.lookup(parent, entry.name()).ok().handle());
                probe.rmdir(parent, entry.name()).ok();
            } else {
                removals.add(NameCalls.remove(parent, entry.name()));
            }
        }
        for (NfsReply<WccData, WccData> reply : probe.callAll(removals, IN_FLIGHT)) {
            reply.ok();
        }
    }
}
