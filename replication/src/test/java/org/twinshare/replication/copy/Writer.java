package org.twinshare.replication.copy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.Stability;
import org.twinshare.replication.JournaledTree;

/** A client that changes the primary at random, from a seed. One thread. */
final class Writer implements Runnable {
    private static final int MOST_FILES = 150;
    private static final int MOST_DIRECTORIES = 30;

    private final JournaledTree tree;
    private final Caller admin;
    private final Random random;
    private final CallId call = new CallId(InetAddress.getLoopbackAddress(), 1, 1, 1);
    private final List<Place> files = new ArrayList<>();
    private final List<Place> directories = new ArrayList<>();
    private volatile boolean stopped;
    final AtomicInteger done = new AtomicInteger();
    private int number;

    private record Place(long directory, Name name, long id) {}

    Writer(JournaledTree tree, long root, long seed) {
        this.tree = tree;
        admin = Caller.root(root);
        random = new Random(seed);
        directories.add(new Place(0, Name.of("root"), root));
    }

    /** Goes on with what another one has made, on another server. */
    Writer(Writer other, JournaledTree tree, long root, long seed) {
        this(tree, root, seed);
        directories.clear();
        directories.addAll(other.directories);
        files.addAll(other.files);
        number = other.number + 1000;
    }

    @Override
    public void run() {
        while (!stopped) {
            step();
        }
    }

    void stop() {
        stopped = true;
    }

    void steps(int count) {
        for (int i = 0; i < count; i++) {
            step();
        }
    }

    private Outcome change(Operation operation) {
        done.incrementAndGet();
        return tree.change(call, operation);
    }

    /** A file in the root that the random changes leave alone. */
    long keep(String name, String content) {
        long id = change(new Operation.Create(
                        admin, admin.root(), Name.of(name), Operation.CreateMode.GUARDED, Client.mode(0644), 0))
                .object();
        byte[] bytes = content.getBytes(UTF_8);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        change(new Operation.Write(admin, id, 0, direct, Stability.FILE_SYNC));
        return id;
    }

    private Name newName() {
        return Name.of(random.nextInt(4) == 0 ? "common" + random.nextInt(20) : "n" + number++);
    }

    private Place directory() {
        return directories.get(random.nextInt(directories.size()));
    }

    private int file() {
        return random.nextInt(files.size());
    }

    private void step() {
        boolean full = files.size() > MOST_FILES || directories.size() > MOST_DIRECTORIES;
        int kind = files.size() < 20 ? random.nextInt(30) : full ? 30 + random.nextInt(70) : random.nextInt(100);
        if (kind < 22) {
            create();
        } else if (kind < 30) {
            Name name = newName();
            Place above = directory();
            Outcome made = change(new Operation.MakeDirectory(admin, above.id, name, Client.mode(0755)));
            if (made.error() == null) {
                directories.add(new Place(above.id, name, made.object()));
            }
        } else if (kind < 45) {
            write(files.get(file()).id, random.nextInt(3));
        } else if (kind < 60) {
            renameFile();
        } else if (kind < 66) {
            renameDirectory();
        } else if (kind < 72) {
            Place file = files.get(file());
            Name name = newName();
            Place above = directory();
            Outcome linked = change(new Operation.Link(admin, file.id, above.id, name));
            if (linked.error() == null) {
                files.add(new Place(above.id, name, file.id));
            }
        } else if (kind < 86) {
            int at = file();
            Place file = files.get(at);
            change(new Operation.Remove(admin, file.directory, file.name));
            files.remove(at);
        } else if (kind < 90 && directories.size() > 1) {
            int at = 1 + random.nextInt(directories.size() - 1);
            Place directory = directories.get(at);
            if (change(new Operation.RemoveDirectory(admin, directory.directory, directory.name))
                            .error()
                    == null) {
                directories.remove(at);
            }
        } else {
            set(files.get(file()).id);
        }
    }

    private void create() {
        Name name = newName();
        Place above = directory();
        Outcome made = switch (random.nextInt(12)) {
            case 0 ->
                change(new Operation.MakeSymlink(
                        admin, above.id, name, SetAttributes.NOTHING, ("to-" + number).getBytes(UTF_8)));
            case 1 -> change(new Operation.MakeNode(admin, above.id, name, FileType.FIFO, Client.mode(0600), 0));
            case 2 ->
                change(new Operation.Create(
                        admin, above.id, name, Operation.CreateMode.EXCLUSIVE, SetAttributes.NOTHING, number));
            default ->
                change(new Operation.Create(admin, above.id, name, Operation.CreateMode.GUARDED, Client.mode(0640), 0));
        };
        if (made.error() == null) {
            files.add(new Place(above.id, name, made.object()));
            if (random.nextInt(3) > 0) {
                write(made.object(), random.nextInt(8) == 0 ? 2 : random.nextInt(2));
            }
        }
    }

    /** Small and synchronous, small with COMMIT, or large with COMMIT. */
    private void write(long id, int how) {
        int bytes = how == 2 ? 200_000 + random.nextInt(300_000) : 1 + random.nextInt(9000);
        byte[] data = new byte[bytes];
        random.nextBytes(data);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes).put(data).flip();
        long offset = random.nextInt(3) == 0 ? random.nextInt(100_000) : 0;
        Stability stability = how == 0 ? Stability.FILE_SYNC : Stability.UNSTABLE;
        change(new Operation.Write(admin, id, offset, direct, stability));
        if (how > 0 && random.nextInt(4) == 0) {
            // Between a WRITE and its COMMIT a client may set times, or another one may.
            set(id);
        }
        if (how > 0) {
            change(new Operation.Commit(admin, id, 0, 0));
        }
    }

    /** Bytes that nobody commits. */
    void writeUncommitted(int count) {
        byte[] data = new byte[count];
        random.nextBytes(data);
        ByteBuffer direct = ByteBuffer.allocateDirect(count).put(data).flip();
        change(new Operation.Write(admin, files.get(file()).id, random.nextInt(5000), direct, Stability.UNSTABLE));
    }

    private void renameFile() {
        int at = file();
        Place file = files.get(at);
        Place to = directory();
        Name name = random.nextInt(5) == 0 ? files.get(file()).name : newName();
        if (change(new Operation.Rename(admin, file.directory, file.name, to.id, name))
                        .error()
                == null) {
            files.removeIf(other -> other.directory == to.id && other.name.equals(name));
            files.remove(file);
            files.add(new Place(to.id, name, file.id));
        }
    }

    private void renameDirectory() {
        if (directories.size() < 3) {
            return;
        }
        int at = 1 + random.nextInt(directories.size() - 1);
        Place directory = directories.get(at);
        Place to = directory();
        Name name = newName();
        if (change(new Operation.Rename(admin, directory.directory, directory.name, to.id, name))
                        .error()
                == null) {
            directories.set(at, new Place(to.id, name, directory.id));
        }
    }

    private void set(long id) {
        SetAttributes attributes = switch (random.nextInt(4)) {
            case 0 -> Client.mode(random.nextInt(0777));
            case 1 -> new SetAttributes(null, 1000 + random.nextInt(5), 100, null, null, null);
            case 2 -> new SetAttributes(null, null, null, (long) random.nextInt(5000), null, null);
            default ->
                new SetAttributes(
                        null,
                        null,
                        null,
                        null,
                        null,
                        new SetAttributes.SetTime.ClientTime(1_600_000_000_000_000_000L + random.nextInt()));
        };
        change(new Operation.SetAttr(admin, id, attributes, null));
    }
}
