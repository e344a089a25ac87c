package org.twinshare.fileserver.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.CreateCalls;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.FileType;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.NfsReply;
import org.twinshare.client.probe.SetAttributes;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.Timestamp;
import org.twinshare.fileserver.lab.CrashTree.Item;

/** Changes one directory with calls of every kind. */
final class CrashWorker extends CrashClient {
    private static final int NAMES = 10;
    /** Above it names only go. */
    private static final int MOST_NAMES = 60;

    private static final int MAX_WRITE_BYTES = 40_000;
    private static final int MAX_OFFSET_BYTES = 60_000;
    /** Some are so many times as large: too large for the journal, and far apart. */
    private static final int LARGE = 8;

    private final Random random;
    private final List<FileHandle> removed = new ArrayList<>();
    private CrashTree tree = CrashTree.empty();
    private @Nullable CrashTree underWay;

    CrashWorker(String server, boolean patient, String directory, long seed) {
        super(directory, server, patient);
        this.random = new Random(seed);
    }

    /** A call that changes something, and tells what the tree is after it. */
    private interface Changing {
        CrashTree call(NfsProbe probe, CrashTree after) throws IOException;
    }

    @Override
    void step() throws IOException {
        if (tree.items().size() > MOST_NAMES) {
            remove();
            removeDirectory();
            return;
        }
        switch (random.nextInt(16)) {
            case 0, 1 -> create();
            case 2 -> makeDirectory();
            case 3 -> makeLink();
            case 4 -> makeNode();
            case 5 -> hardLink();
            case 6, 7 -> rename();
            case 8 -> remove();
            case 9 -> removeDirectory();
            case 10 -> changeMode();
            case 11 -> changeTimes();
            case 12 -> truncate();
            case 13, 14 -> writeStable();
            default -> writeUnstable();
        }
    }

    /** Sends a call; while it is not answered, both the tree before and the tree after are right. */
    private void attempt(CrashTree after, Changing changing) throws IOException {
        underWay = after;
        tree = calls.call(probe -> changing.call(probe, after));
        underWay = null;
        acknowledge();
    }

    private String newPath() {
        List<String> directories = paths(item -> item.type() == FileType.DIRECTORY);
        String parent = directories.isEmpty() || random.nextBoolean()
                ? ""
                : directories.get(random.nextInt(directories.size())) + "/";
        return parent + "n" + random.nextInt(NAMES);
    }

    private List<String> paths(Predicate<Item> wanted) {
        return tree.items().entrySet().stream()
                .filter(entry -> wanted.test(entry.getValue()))
                .map(entry -> entry.getKey())
                .toList();
    }

    private @Nullable String any(Predicate<Item> wanted) {
        List<String> paths = paths(wanted);
        return paths.isEmpty() ? null : paths.get(random.nextInt(paths.size()));
    }

    private static boolean isFile(Item item) {
        return item.type() == FileType.REGULAR;
    }

    private FileHandle parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? calls.root() : handle(path.substring(0, slash));
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private FileHandle handle(String path) {
        return Objects.requireNonNull(tree.at(path).handle());
    }

    private void create() throws IOException {
        String path = newPath();
        if (tree.has(path)) {
            return;
        }
        int how = random.nextInt(3);
        int mode = how == 2 ? CrashTree.UNKNOWN : 0600 + random.nextInt(0100);
        CreateCalls.How kind = switch (how) {
            case 0 -> new CreateCalls.How.Unchecked(SetAttributes.ofMode(mode));
            case 1 -> new CreateCalls.How.Guarded(SetAttributes.ofMode(mode));
            default -> new CreateCalls.How.Exclusive(random.nextLong());
        };
        attempt(
                tree.with(path, Item.of(null, 0, FileType.REGULAR, mode, new byte[0])),
                (probe, after) -> CrashTree.made(
                        path,
                        after,
                        probe.create(parent(path), Bytes.of(name(path)), kind).ok()));
    }

    private void makeDirectory() throws IOException {
        String path = newPath();
        if (!tree.has(path)) {
            attempt(
                    tree.with(path, Item.of(null, 0, FileType.DIRECTORY, 0750, new byte[0])),
                    (probe, after) -> CrashTree.made(
                            path,
                            after,
                            probe.mkdir(parent(path), name(path), 0750).ok()));
        }
    }

    private void makeLink() throws IOException {
        String path = newPath();
        String text = "to/" + random.nextLong();
        if (!tree.has(path)) {
            attempt(
                    tree.with(
                            path,
                            Item.of(
                                    null,
                                    0,
                                    FileType.SYMBOLIC_LINK,
                                    CrashTree.UNKNOWN,
                                    text.getBytes(StandardCharsets.UTF_8))),
                    (probe, after) -> CrashTree.made(
                            path,
                            after,
                            probe.symlink(parent(path), name(path), text).ok()));
        }
    }

    private void makeNode() throws IOException {
        String path = newPath();
        boolean fifo = random.nextBoolean();
        if (!tree.has(path)) {
            SetAttributes mode = SetAttributes.ofMode(0640);
            attempt(
                    tree.with(path, Item.of(null, 0, fifo ? FileType.FIFO : FileType.SOCKET, 0640, new byte[0])),
                    (probe, after) -> CrashTree.made(
                            path,
                            after,
                            probe.mknod(
                                            parent(path),
                                            name(path),
                                            fifo ? new CreateCalls.Node.Fifo(mode) : new CreateCalls.Node.Socket(mode))
                                    .ok()));
        }
    }

    private void hardLink() throws IOException {
        String file = any(CrashWorker::isFile);
        String path = newPath();
        if (file != null && !tree.has(path)) {
            attempt(tree.with(path, tree.at(file)), (probe, after) -> {
                NfsReply<?, ?> reply = probe.link(handle(file), parent(path), name(path));
                reply.ok();
                return after;
            });
        }
    }

    /** Also over another object: a directory over an empty one, anything else over what is no directory. */
    private void rename() throws IOException {
        String from = any(item -> true);
        if (from == null) {
            return;
        }
        String to = newPath();
        boolean taken = tree.has(to);
        if (from.equals(to) || to.startsWith(from + "/") || taken && !makesWay(to, tree.at(from))) {
            return;
        }
        FileHandle last = taken && tree.namesOf(tree.at(to)) == 1 ? handle(to) : null;
        attempt(tree.moved(from, to), (probe, after) -> {
            probe.rename(parent(from), name(from), parent(to), name(to)).ok();
            gone(last);
            return after;
        });
    }

    private boolean makesWay(String to, Item moved) {
        return (tree.at(to).type() == FileType.DIRECTORY) == (moved.type() == FileType.DIRECTORY)
                && !tree.hasBelow(to)
                && !tree.at(to).isSame(moved);
    }

    private void remove() throws IOException {
        String path = any(item -> item.type() != FileType.DIRECTORY);
        if (path != null) {
            FileHandle last = tree.namesOf(tree.at(path)) == 1 ? handle(path) : null;
            attempt(tree.without(path), (probe, after) -> {
                probe.remove(parent(path), name(path)).ok();
                gone(last);
                return after;
            });
        }
    }

    private void removeDirectory() throws IOException {
        String path = any(item -> item.type() == FileType.DIRECTORY);
        if (path != null && !tree.hasBelow(path)) {
            FileHandle last = handle(path);
            attempt(tree.without(path), (probe, after) -> {
                probe.rmdir(parent(path), name(path)).ok();
                gone(last);
                return after;
            });
        }
    }

    private void gone(@Nullable FileHandle last) {
        if (last != null) {
            removed.add(last);
        }
    }

    private void changeMode() throws IOException {
        String path = any(item -> item.type() != FileType.SYMBOLIC_LINK);
        int mode = 0700 + random.nextInt(0100);
        if (path != null) {
            attempt(tree.update(path, item -> item.mode(mode)), (probe, after) -> {
                probe.setattr(handle(path), SetAttributes.ofMode(mode)).ok();
                return after;
            });
        }
    }

    private void changeTimes() throws IOException {
        String path = any(item -> item.type() != FileType.SYMBOLIC_LINK && item.type() != FileType.DIRECTORY);
        Timestamp time = new Timestamp(random.nextInt(Integer.MAX_VALUE), random.nextInt(1_000_000_000));
        if (path != null) {
            SetAttributes.Time set = new SetAttributes.Time.OfClient(time);
            attempt(tree.update(path, item -> item.modified(time)), (probe, after) -> {
                probe.setattr(handle(path), SetAttributes.NONE.times(set, set)).ok();
                return after;
            });
        }
    }

    private void truncate() throws IOException {
        String path = any(CrashWorker::isFile);
        if (path != null) {
            byte[] content = Arrays.copyOf(tree.at(path).content(), offset());
            attempt(tree.update(path, item -> item.content(content)), (probe, after) -> {
                probe.setattr(handle(path), SetAttributes.ofSize(content.length))
                        .ok();
                return after;
            });
        }
    }

    private void writeStable() throws IOException {
        String path = any(CrashWorker::isFile);
        if (path != null) {
            int offset = offset();
            byte[] data = bytes();
            Stability how = random.nextBoolean() ? Stability.FILE_SYNC : Stability.DATA_SYNC;
            attempt(tree.update(path, item -> item.doubtful(offset, data)), (probe, after) -> {
                saw(probe.write(handle(path), offset, how, data).ok().verifier());
                return after.update(path, item -> item.content(item.content()));
            });
        }
    }

    private void writeUnstable() throws IOException {
        String path = any(CrashWorker::isFile);
        if (path == null) {
            return;
        }
        Map<Integer, byte[]> writes = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            writes.put(offset(), bytes());
        }
        boolean committed = false;
        while (!committed) {
            committed = writeAndCommit(path, writes);
        }
    }

    /** False when the server became another one in between: everything is to be sent again. */
    private boolean writeAndCommit(String path, Map<Integer, byte[]> writes) throws IOException {
        Set<Long> seen = new HashSet<>();
        for (Map.Entry<Integer, byte[]> write : writes.entrySet()) {
            int offset = write.getKey();
            byte[] data = write.getValue();
            attempt(tree.update(path, item -> item.doubtful(offset, data)), (probe, after) -> {
                seen.add(probe.write(handle(path), offset, Stability.UNSTABLE, data)
                        .ok()
                        .verifier());
                return after;
            });
        }
        attempt(tree, (probe, after) -> {
            seen.add(probe.commit(handle(path), 0, 0).ok().verifier());
            return seen.size() > 1 ? after : after.update(path, item -> item.content(item.content()));
        });
        seen.forEach(this::saw);
        return seen.size() == 1;
    }

    @Override
    void commit() throws IOException {
        for (String path : paths(CrashWorker::isFile)) {
            long unused = calls.probe().commit(handle(path), 0, 0).ok().verifier();
        }
    }

    private int offset() {
        return random.nextInt(sometimesLarge(MAX_OFFSET_BYTES));
    }

    private int sometimesLarge(int bytes) {
        return random.nextInt(2 * LARGE) == 0 ? LARGE * bytes : bytes;
    }

    private byte[] bytes() {
        byte[] data = new byte[1 + random.nextInt(sometimesLarge(MAX_WRITE_BYTES))];
        random.nextBytes(data);
        return data;
    }

    @Override
    List<String> compare() throws IOException {
        CrashTree actual = calls.read();
        List<String> wrong = tree.differencesTo(actual);
        if (!wrong.isEmpty()
                && underWay != null
                && underWay.differencesTo(actual).isEmpty()) {
            wrong = List.of();
        }
        List<String> all = new ArrayList<>();
        wrong.forEach(each -> all.add("/" + each));
        all.addAll(calls.stillValid(removed));
        removed.clear();
        underWay = null;
        tree = actual;
        return all;
    }

    @Override
    int objects() {
        return tree.items().size();
    }
}
