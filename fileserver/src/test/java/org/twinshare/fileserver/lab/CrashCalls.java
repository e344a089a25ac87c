package org.twinshare.fileserver.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.Attributes;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.DataCalls;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.FileType;
import org.twinshare.client.probe.ListCalls;
import org.twinshare.client.probe.MountReply;
import org.twinshare.client.probe.NameCalls;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.Status;
import org.twinshare.client.probe.Target;
import org.twinshare.client.probe.UnexpectedStatusException;
import org.twinshare.fileserver.lab.CrashTree.Item;

/** A connection to the server that crashes, and one directory of it read as a whole. Handles outlive connections. */
final class CrashCalls {
    static final String SERVER = "10.213.77.50";

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int READ_BYTES = 1 << 17;

    private final String server;
    private final boolean patient;
    private final String directory;
    private volatile @Nullable NfsProbe probe;
    private volatile boolean ending;
    private int xid = ThreadLocalRandom.current().nextInt();
    private @Nullable FileHandle root;

    /** @param patient sends a call again, as a hard mount does, until it is answered */
    CrashCalls(String server, boolean patient, String directory) {
        this.server = server;
        this.patient = patient;
        this.directory = directory;
    }

    static NfsProbe open() throws IOException {
        return open(SERVER, Duration.ofSeconds(40));
    }

    private static NfsProbe open(String server, Duration atMost) throws IOException {
        return NfsProbe.connect(
                Target.at(server, 2049).as(Credential.of(33, 33)).timeout(atMost));
    }

    private NfsProbe opened() throws IOException {
        return open(server, Duration.ofSeconds(patient ? 5 : 40));
    }

    /** One call. */
    interface Call<T> {
        T on(NfsProbe probe) throws IOException;
    }

    /** Makes a call; a patient one is sent again with its xid on another connection until it is answered or cut. */
    <T> T call(Call<T> call) throws IOException {
        if (!patient) {
            return call.on(probe());
        }
        xid++;
        while (true) {
            try {
                return call.on(probe().withXid(xid));
            } catch (UnexpectedStatusException e) {
                throw e;
            } catch (IOException e) {
                if (ending) {
                    throw e;
                }
                connectAgain();
            }
        }
    }

    private void connectAgain() throws IOException {
        long endNs = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                probe().close();
                probe = opened();
                return;
            } catch (IOException e) {
                if (ending || System.nanoTime() > endNs) {
                    throw e;
                }
                // Nobody answers: the next attempt waits in the kernel, or is refused at once.
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    static FileHandle export(NfsProbe probe) throws IOException {
        if (probe.mount("/localData") instanceof MountReply.Mounted mounted) {
            return mounted.handle();
        }
        throw new IOException("the mount was refused");
    }

    /** Connects; the directory is made at the first time, and its handle kept for ever. */
    void connect() throws IOException {
        ending = false;
        NfsProbe opened = opened();
        probe = opened;
        if (root == null) {
            root = opened.mkdir(export(opened), directory, 0755).ok().handle().orElseThrow();
        }
    }

    void cut() {
        ending = true;
        try {
            probe().close();
        } catch (IOException e) {
            throw new IllegalStateException("a connection that cannot be closed", e);
        }
    }

    NfsProbe probe() {
        return Objects.requireNonNull(probe);
    }

    FileHandle root() {
        return Objects.requireNonNull(root);
    }

    /** Handles that should be stale and are not. */
    List<String> stillValid(List<FileHandle> removed) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (FileHandle handle : removed) {
            Status status = probe().getattr(handle).status();
            if (status != Status.STALE) {
                wrong.add(": the handle of an object that was removed answers " + status);
            }
        }
        return wrong;
    }

    CrashTree read() throws IOException {
        return read(root(), "", CrashTree.empty());
    }

    private CrashTree read(FileHandle from, String prefix, CrashTree begun) throws IOException {
        CrashTree tree = begun;
        for (ListCalls.EntryPlus entry : probe().list(from)) {
            String name = new String(entry.name().toArray(), StandardCharsets.UTF_8);
            if (name.equals(".") || name.equals("..")) {
                continue;
            }
            NameCalls.Found found = probe().lookup(from, entry.name()).ok();
            Attributes attributes = probe().getattr(found.handle()).ok();
            byte[] content = switch (attributes.type()) {
                case REGULAR -> content(found.handle());
                case SYMBOLIC_LINK ->
                    probe().readlink(found.handle()).ok().text().toArray();
                default -> new byte[0];
            };
            Item item = Item.of(found.handle(), attributes.fileid(), attributes.type(), attributes.mode(), content);
            // That of a directory changes with its names.
            boolean keepsTime = attributes.type() != FileType.DIRECTORY;
            tree = tree.with(prefix + name, keepsTime ? item.modified(attributes.modified()) : item);
            if (attributes.type() == FileType.DIRECTORY) {
                tree = read(found.handle(), prefix + name + "/", tree);
            }
        }
        return tree;
    }

    private byte[] content(FileHandle file) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        boolean atEnd = false;
        while (!atEnd) {
            DataCalls.Read read = probe().read(file, all.size(), READ_BYTES).ok();
            all.writeBytes(read.data().toArray());
            atEnd = read.atEnd();
        }
        return all.toByteArray();
    }
}
