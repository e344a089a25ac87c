package org.twinshare.filestore.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.RootRefused;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.identity.ClusterKey;
import org.twinshare.filestore.posix.OwnProcess;

/**
 * A {@link LocalTree} over an empty directory of the build's own file system, made for each test and taken away after it.
 * Needs root, because only root may mark files and act for other users: without, the test is skipped.
 */
final class TestTree implements BeforeEachCallback, AfterEachCallback {
    final SettableClock clock = new SettableClock();
    private final LocalTree.Limits limits;
    private final boolean durable;
    private final List<LocalTree> opened = new ArrayList<>();
    private final CallId call = new CallId(InetAddress.getLoopbackAddress(), 1, 1, 1);
    private int crashes;

    /** Holds the export and the state. */
    Path base = Path.of("");

    private Path state = Path.of("");
    LocalTree tree;
    long root;
    Caller admin;

    TestTree() {
        this(LocalTree.Limits.DEFAULT, true);
    }

    /** @param durable otherwise the state is kept in memory, for tests with very many small changes */
    @SuppressWarnings("NullAway.Init") // every test begins with beforeEach
    TestTree(LocalTree.Limits limits, boolean durable) {
        this.limits = limits;
        this.durable = durable;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        requireRoot();
        Path trees = Files.createDirectories(Path.of("target", "trees").toAbsolutePath());
        base = Files.createTempDirectory(trees, "t");
        Files.createDirectory(export());
        Path memory = Path.of("/dev/shm");
        state = durable || !Files.isWritable(memory)
                ? Files.createDirectory(base.resolve("state"))
                : Files.createTempDirectory(memory, "twinshare-test");
        open();
    }

    static void requireRoot() {
        Assumptions.assumeTrue(OwnProcess.geteuid() == 0, "needs root, to mark files and to act for other users");
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        opened.forEach(LocalTree::close);
        opened.clear();
        if (!base.toString().isEmpty()) {
            delete(base);
            if (Files.exists(state)) {
                delete(state);
            }
        }
    }

    static void delete(Path tree) throws IOException {
        try (Stream<Path> below = Files.walk(tree)) {
            below.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    /** The exported directory as the rest of the system sees it. */
    Path export() {
        return base.resolve("export");
    }

    Path stateDirectory() {
        return state;
    }

    /** A file of the export as the rest of the system sees it. */
    Path path(String name) {
        return export().resolve(name);
    }

    /** Moves something as another process does it. */
    static void move(Path from, Path to) throws IOException, InterruptedException {
        Shell.Result unusedResult = Shell.run("mv", "-T", from, to);
    }

    private void open() throws Exception {
        tree = LocalTree.open(state, ClusterKey.in(state), limits, clock);
        opened.add(tree);
        root = bind(export());
        admin = Caller.root(root);
    }

    long bind(Path directory) throws ErrnoException, RootRefused {
        return tree.bind(directory.toString().getBytes(UTF_8), false);
    }

    /** Stops and starts the server. */
    void reopen() throws Exception {
        close();
        open();
    }

    /** Stops the server in good order. */
    void close() {
        tree.close();
        opened.remove(tree);
    }

    /** Starts the server anew with the state as it is on disk now: nothing that waits in memory gets there. */
    void crash() throws Exception {
        Path after = Files.createDirectory(base.resolve("state-after-crash-" + ++crashes));
        copy(state, after);
        state = after;
        open();
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> below = Files.walk(from)) {
            for (Path source : below.toList()) {
                Path target = to.resolve(from.relativize(source).toString());
                if (!Files.exists(target)) {
                    Files.copy(source, target);
                }
            }
        }
    }

    /** Someone who is not root. */
    Caller user(int uid, int gid, int... groups) {
        return new Caller(root, uid, gid, groups, false);
    }

    Outcome change(Operation operation) {
        return tree.change(call, operation);
    }

    /** Why an operation fails; null when it does not. */
    @Nullable Errno errorOf(Operation operation) {
        return change(operation).error();
    }

    /** What an outcome says of its object, where it must say something. */
    static Attributes of(Outcome outcome) {
        return Objects.requireNonNull(outcome.attributes());
    }

    /** A call that must fail in this way. */
    static void assertFails(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    /** The outcome of an operation that must succeed. */
    Outcome done(Operation operation) {
        Outcome outcome = change(operation);
        assertThat(outcome.error()).as("%s", operation).isNull();
        return outcome;
    }

    static SetAttributes mode(int mode) {
        return new SetAttributes(mode, null, null, null, null, null);
    }

    static SetAttributes owner(int uid, int gid) {
        return new SetAttributes(null, uid, gid, null, null, null);
    }

    static SetAttributes size(long sizeBytes) {
        return new SetAttributes(null, null, null, sizeBytes, null, null);
    }

    Operation.Create creating(long directory, String name, Operation.CreateMode how) {
        return new Operation.Create(admin, directory, Name.of(name), how, mode(0644), 77);
    }

    long file(String name) {
        return file(root, name);
    }

    long file(long directory, String name) {
        return done(creating(directory, name, Operation.CreateMode.GUARDED)).object();
    }

    /** A file with these bytes. */
    long file(String name, String content) {
        long id = file(name);
        write(id, 0, content, Stability.FILE_SYNC);
        return id;
    }

    long directory(String name) {
        return directory(root, name);
    }

    long directory(long above, String name) {
        return done(new Operation.MakeDirectory(admin, above, Name.of(name), mode(0755)))
                .object();
    }

    long symlink(String name, String target) {
        return done(new Operation.MakeSymlink(
                        admin, root, Name.of(name), SetAttributes.NOTHING, target.getBytes(UTF_8)))
                .object();
    }

    long fifo(String name) {
        return done(new Operation.MakeNode(admin, root, Name.of(name), FileType.FIFO, mode(0600), 0))
                .object();
    }

    Outcome write(long id, long offset, String content, Stability stability) {
        return done(writing(admin, id, offset, content, stability));
    }

    static Operation.Write writing(Caller caller, long id, long offset, String content, Stability stability) {
        byte[] bytes = content.getBytes(UTF_8);
        ByteBuffer data = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        return new Operation.Write(caller, id, offset, data, stability);
    }

    Outcome set(long id, SetAttributes attributes) {
        return done(new Operation.SetAttr(admin, id, attributes, null));
    }

    Outcome remove(String name) {
        return done(new Operation.Remove(admin, root, Name.of(name)));
    }

    Outcome rename(long from, String name, long to, String newName) {
        return done(new Operation.Rename(admin, from, Name.of(name), to, Name.of(newName)));
    }

    /** The same by a client that does not wait until it is on disk, for tests with very many of them. */
    Operation renaming(long from, String name, long to, String newName) {
        return new Operation.Rename(async(), from, Name.of(name), to, Name.of(newName));
    }

    /** root, who does not wait for any disk. */
    Caller async() {
        return new Caller(root, 0, 0, new int[0], true);
    }

    Outcome link(long id, long directory, String name) {
        return done(new Operation.Link(admin, id, directory, Name.of(name)));
    }

    Attributes attributes(long id) throws ErrnoException {
        return tree.attributes(admin, id);
    }

    Attributes lookup(String name) throws ErrnoException {
        return lookup(root, name);
    }

    Attributes lookup(long directory, String name) throws ErrnoException {
        return tree.lookup(admin, directory, Name.of(name)).object();
    }

    /** Up to so many bytes of a file, as text. */
    String read(long id, long offset, int most) throws ErrnoException {
        ByteBuffer into = ByteBuffer.allocateDirect(most);
        FileTree.ReadEnd unusedEnd = tree.read(admin, id, offset, into);
        byte[] bytes = new byte[into.flip().remaining()];
        into.get(bytes);
        return new String(bytes, UTF_8);
    }

    /** What the kernel says of a file, from outside. */
    static int outsideMode(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:mode", java.nio.file.LinkOption.NOFOLLOW_LINKS) & 07777;
    }
}
