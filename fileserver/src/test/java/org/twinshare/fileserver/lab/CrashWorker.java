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
import java.util.concurrent.atomic.AtomicLong;
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
import org.twinshare.client.probe.UnexpectedStatusException;
import org.twinshare.fileserver.lab.CrashTree.Item;

/**
 * Changes one directory with random calls, one at a time, until its connection is cut, and knows what must be there then:
 * everything acknowledged, and the last call or not.
 */
final class CrashWorker implements Runnable {
    private static final int NAMES = 10;
    private static final int MAX_WRITE_BYTES = 40_000;
    private static final int MAX_OFFSET_BYTES = 60_000;

    private final String directory;
    private final Random random;
    private final CrashCalls calls;
    private final Set<Long> verifiers = new HashSet<>();
    private final List<FileHandle> removed = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private volatile boolean finishing;
    private CrashTree tree = CrashTree.empty();
    private @Nullable CrashTree underWay;
    private final AtomicLong acknowledged = new AtomicLong();

    /** @param patient goes on with the server that comes, instead of ending with the one that goes */
    CrashWorker(String server, boolean patient, String directory, long seed) {
        this.directory = directory;
        this.random = new Random(seed);
        this.calls = new CrashCalls(server, patient, directory);
    }

    /** A call that changes something, and tells what the tree is after it. */
    private interface Changing {
        CrashTree call(NfsProbe probe, CrashTree after) throws IOException;
    }

    void connect() throws IOException {
        finishing = false;
        calls.connect();
        verifiers.clear();
    }

    void cut() {
        calls.cut();
    }

    /** Ends after the call that is under way, which must be answered. */
    void finish() {
        finishing = true;
    }

    @Override
    public void run() {
        try {
            while (!finishing) {
                step();
            }
        } catch (UncheckedFault fault) {
            faults.add(directory + ": " + fault.getMessage());
        } catch (IOException expected) {
            // The server is dead, or the connection was cut because it is about to be.
        }
    }

    private static final class UncheckedFault extends RuntimeException {
        UncheckedFault(String message) {
            super(message);
        }
    }

    private void step() throws IOException {
        switch (random.nextInt(14)) {
            case 0, 1 -> create();
            case 2 -> makeDirectory();
            case 3 -> makeLink();
            case 4 -> hardLink();
            case 5, 6 -> rename();
            case 7 -> remove();
            case 8 -> removeDirectory();
            case 9 -> changeMode();
            case 10 -> truncate();
            case 11, 12 -> writeStable();
            default -> writeUnstable();
        }
    }

    /** Sends a call; while it is not answered, both the tree before and the tree after are right. */
    private void attempt(CrashTree after, Changing changing) throws IOException {
        underWay = after;
        CrashTree done;
        try {
            done = calls.call(probe -> changing.call(probe, after));
        } catch (UnexpectedStatusException e) {
            throw new UncheckedFault(e.getMessage() + ", for a call that should work");
        }
        tree = done;
        underWay = null;
        acknowledged.incrementAndGet();
    }

    private String newPath() {
        List<String> directories = paths(item -> item.type() == FileType.DIRECTORY);
        String parent = directories.isEmpty() || random.nextBoolean()
                ? ""
                : directories.get(random.nextInt(directories.size())) + "/";
        // Directories lie in the top one only.
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
        String path = "n" + random.nextInt(NAMES);
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

    /** A directory to a free name of the top one, anything else also over another such object. */
    private void rename() throws IOException {
        String from = any(item -> true);
        if (from == null) {
            return;
        }
        boolean directory = tree.at(from).type() == FileType.DIRECTORY;
        String to = directory ? "n" + random.nextInt(NAMES) : newPath();
        boolean taken = tree.has(to);
        if (from.equals(to)
                || taken
                        && (directory
                                || tree.at(to).type() == FileType.DIRECTORY
                                || tree.at(to).isSame(tree.at(from)))) {
            return;
        }
        FileHandle last = taken && tree.namesOf(tree.at(to)) == 1 ? handle(to) : null;
        attempt(tree.moved(from, to), (probe, after) -> {
            probe.rename(parent(from), name(from), parent(to), name(to)).ok();
            gone(last);
            return after;
        });
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

    private void truncate() throws IOException {
        String path = any(CrashWorker::isFile);
        if (path != null) {
            byte[] content = Arrays.copyOf(tree.at(path).content(), random.nextInt(MAX_OFFSET_BYTES));
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
            int offset = random.nextInt(MAX_OFFSET_BYTES);
            byte[] data = bytes();
            Stability how = random.nextBoolean() ? Stability.FILE_SYNC : Stability.DATA_SYNC;
            attempt(tree.update(path, item -> item.doubtful(offset, data)), (probe, after) -> {
                verifiers.add(probe.write(handle(path), offset, how, data).ok().verifier());
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
            writes.put(random.nextInt(MAX_OFFSET_BYTES), bytes());
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
        verifiers.addAll(seen);
        return seen.size() == 1;
    }

    /** Commits every file, so that both trees of a pair must be the same. */
    void commitAll() throws IOException {
        calls.connect();
        for (String path : paths(CrashWorker::isFile)) {
            long unused = calls.probe().commit(handle(path), 0, 0).ok().verifier();
        }
        calls.cut();
    }

    private byte[] bytes() {
        byte[] data = new byte[1 + random.nextInt(MAX_WRITE_BYTES)];
        random.nextBytes(data);
        return data;
    }

    long acknowledged() {
        return acknowledged.get();
    }

    /** Write verifiers that were seen since the last connection; one server start has one. */
    Set<Long> verifiers() {
        return verifiers;
    }

    /** Compares with what is there now, and goes on from that; returns what is wrong. */
    List<String> verify() throws IOException {
        calls.connect();
        CrashTree actual = calls.read();
        List<String> wrong = tree.differencesTo(actual);
        if (!wrong.isEmpty()
                && underWay != null
                && underWay.differencesTo(actual).isEmpty()) {
            wrong = List.of();
        }
        List<String> all = new ArrayList<>(faults);
        wrong.forEach(each -> all.add(directory + "/" + each));
        all.addAll(calls.stillValid(removed));
        removed.clear();
        faults.clear();
        underWay = null;
        tree = actual;
        calls.cut();
        return all;
    }

    int objects() {
        return tree.items().size();
    }
}
