package org.twinshare.fileserver.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
import org.twinshare.fileserver.lab.CrashTree.Item;

/** A connection to the server that crashes, and one directory of it read as a whole. Handles outlive connections. */
final class CrashCalls {
    static final String SERVER = "10.213.77.50";

    private static final int READ_BYTES = 1 << 17;

    private final String directory;
    private volatile @Nullable NfsProbe probe;
    private @Nullable FileHandle root;

    CrashCalls(String directory) {
        this.directory = directory;
    }

    static NfsProbe open() throws IOException {
        return NfsProbe.connect(
                Target.at(SERVER, 2049).as(Credential.of(33, 33)).timeout(Duration.ofSeconds(40)));
    }

    static FileHandle export(NfsProbe probe) throws IOException {
        if (probe.mount("/localData") instanceof MountReply.Mounted mounted) {
            return mounted.handle();
        }
        throw new IOException("the mount was refused");
    }

    /** Connects; the directory is made at the first time, and its handle kept for ever. */
    void connect() throws IOException {
        NfsProbe opened = open();
        probe = opened;
        if (root == null) {
            root = opened.mkdir(export(opened), directory, 0755).ok().handle().orElseThrow();
        }
    }

    void cut() {
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
                wrong.add(directory + ": the handle of an object that was removed answers " + status);
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
            tree = tree.with(
                    prefix + name,
                    Item.of(found.handle(), attributes.fileid(), attributes.type(), attributes.mode(), content));
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
