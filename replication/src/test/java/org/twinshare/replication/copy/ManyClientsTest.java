package org.twinshare.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.Stability;

/** Many clients change the same few files and directories at once, and the standby has in the end what the primary has. */
class ManyClientsTest {
    private static final int CLIENTS = 8;
    private static final int STEPS = Integer.getInteger("twinshare.crowd.steps", 300);
    private static final int NAMES = 6;
    /** What happens where others change the same names. */
    private static final Set<Errno> EXPECTED = EnumSet.of(
            Errno.EPERM,
            Errno.ENOENT,
            Errno.EEXIST,
            Errno.ENOTEMPTY,
            Errno.ENOTDIR,
            Errno.EISDIR,
            Errno.EINVAL,
            Errno.ESTALE);

    private final long seed = Long.getLong("twinshare.seed", System.nanoTime());
    private Twin twin;
    private long[] directories;

    @BeforeEach
    void begin() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        twin = new Twin();
        Client client = new Client(twin.primary, twin.root);
        long first = client.directory(twin.root, Name.of("first"), 0755);
        long second = client.directory(twin.root, Name.of("second"), 0755);
        directories = new long[] {twin.root, first, second, client.directory(first, Name.of("third"), 0755)};
    }

    @AfterEach
    void end() throws Exception {
        twin.close();
    }

    @Test
    void theStandbyHasWhatManyClientsMadeOfTheSameNames() throws Exception {
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.copy.copyAll(1);
            stream.follow();
            runCrowd();
            commitAll();
            stream.assertCatchesUp();
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    /** The copy is cut again and again, each time later, and begun anew. */
    @Test
    void theStandbyIsCopiedWhileManyClientsWork() throws Exception {
        FutureTask<Void> crowd = new FutureTask<>(() -> {
            runCrowd();
            return null;
        });
        Thread working = new Thread(crowd);
        working.start();
        long questions = 4L + new Random(seed).nextInt(8);
        while (!copiesWithin(questions, crowd)) {
            twin.restartStandby();
            questions += questions / 2;
        }
        working.join();
    }

    private boolean copiesWithin(long questions, FutureTask<Void> crowd) throws Exception {
        try (Stream stream = new Stream(twin, questions, CopyLimits.DEFAULT)) {
            try {
                stream.copy.copyAll(1);
            } catch (IOException e) {
                return false;
            }
            stream.cutAfter = Long.MAX_VALUE;
            stream.follow();
            Void unusedEnd = crowd.get();
            commitAll();
            stream.assertCatchesUp();
            return true;
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    @Test
    void aPrimaryThatIsKilledHasWhatManyClientsMadeOfTheSameNames() throws Exception {
        runCrowd();
        commitAll();
        Map<String, String> before = treeButCtimes();
        twin.keepPrimary();
        twin.restartPrimary();
        assertThat(treeButCtimes()).as("seed %d", seed).isEqualTo(before);
    }

    /** Somebody works in the exported directory itself meanwhile: clients may hear of that, and nothing worse comes of it. */
    @Test
    void clientsAndAnotherProcessChangeTheSameNames() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        Thread other = new Thread(new OtherProcess(ended));
        other.start();
        try {
            runCrowd();
        } finally {
            ended.set(true);
            other.join();
        }
        Map<String, String> unusedLookedAt = Trees.of(twin.primaryTree.view(), twin.root);
        twin.keepPrimary();
        twin.restartPrimary();
        Map<String, String> before = treeButCtimes();
        assertThat(before.keySet())
                .as("seed %d", seed)
                .containsExactlyInAnyOrderElementsOf(paths(twin.export("p"), "/"));
    }

    private static List<String> paths(Path directory, String prefix) throws IOException {
        List<String> all = new ArrayList<>(prefix.equals("/") ? List.of("/") : List.of());
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path each : entries) {
                all.add(prefix + each.getFileName());
                if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                    all.addAll(paths(each, prefix + each.getFileName() + "/"));
                }
            }
        }
        return all;
    }

    private final class OtherProcess implements Runnable {
        private final Random random = new Random(seed - 1);
        private final AtomicBoolean ended;

        OtherProcess(AtomicBoolean ended) {
            this.ended = ended;
        }

        private Path path() {
            String directory = List.of("", "first", "second", "first/third", "second/third")
                    .get(random.nextInt(5));
            return twin.export("p").resolve(directory).resolve("n" + random.nextInt(NAMES));
        }

        @Override
        public void run() {
            while (!ended.get()) {
                try {
                    step();
                } catch (IOException e) {
                    // Somebody else was faster.
                }
            }
        }

        private void step() throws IOException {
            Path one = path();
            Path other = path();
            switch (random.nextInt(7)) {
                case 0, 1 -> {
                    Path unused = Files.move(one, other, StandardCopyOption.ATOMIC_MOVE);
                }
                case 2 -> Files.delete(one);
                case 3 -> {
                    Path unused = Files.writeString(one, "by another process");
                }
                case 4 -> {
                    Path unused = Files.createDirectory(one);
                }
                case 5 -> {
                    Path unused = Files.createLink(one, other);
                }
                default -> {
                    Path unused = Files.setLastModifiedTime(one, FileTime.fromMillis(random.nextInt()));
                }
            }
        }
    }

    /** Files that were being written get a later ctime from a restart. */
    private Map<String, String> treeButCtimes() throws Exception {
        Map<String, String> tree = Trees.of(twin.primaryTree.view(), twin.root);
        tree.replaceAll((path, text) -> text.replaceFirst(" ctime [0-9]+", ""));
        return tree;
    }

    private void runCrowd() throws Exception {
        List<Callable<Void>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new OneOfThem(i));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            for (Future<Void> each : threads.invokeAll(clients)) {
                Void unusedEnd = each.get();
            }
        }
    }

    /** Bytes that nobody has committed may differ. */
    private void commitAll() throws Exception {
        Client client = new Client(twin.primary, twin.root);
        for (Map.Entry<String, String> each :
                Trees.of(twin.primaryTree.view(), twin.root).entrySet()) {
            if (each.getValue().contains(" REGULAR ")) {
                client.commit(Trees.id(each.getValue()));
            }
        }
    }

    private final class OneOfThem implements Callable<Void> {
        private final Random random;
        private final Caller caller = Caller.root(twin.root);
        private final CallId call;

        OneOfThem(int number) {
            random = new Random(seed + number);
            call = new CallId(InetAddress.getLoopbackAddress(), number, number, number);
        }

        @Override
        public Void call() {
            for (int i = 0; i < STEPS; i++) {
                @Nullable Errno error = step();
                assertThat(error == null || EXPECTED.contains(error))
                        .as("%s", error)
                        .isTrue();
            }
            return null;
        }

        private @Nullable Errno change(Operation operation) {
            return twin.primary.change(call, operation).error();
        }

        private long directory() {
            return directories[random.nextInt(directories.length)];
        }

        private Name name() {
            return Name.of("n" + random.nextInt(NAMES));
        }

        private @Nullable Errno step() {
            return switch (random.nextInt(14)) {
                case 0, 1 ->
                    change(new Operation.Create(
                            caller,
                            directory(),
                            name(),
                            random.nextBoolean() ? Operation.CreateMode.UNCHECKED : Operation.CreateMode.EXCLUSIVE,
                            SetAttributes.NOTHING,
                            random.nextInt(3)));
                case 2 -> change(new Operation.MakeDirectory(caller, directory(), name(), Client.mode(0700)));
                case 3 -> change(new Operation.Remove(caller, directory(), name()));
                case 4 -> change(new Operation.RemoveDirectory(caller, directory(), name()));
                case 5, 6 -> change(new Operation.Rename(caller, directory(), name(), directory(), name()));
                case 7 ->
                    change(new Operation.Rename(
                            caller, directories[1], Name.of("third"), directories[2], Name.of("third")));
                case 8 ->
                    change(new Operation.Rename(
                            caller, directories[2], Name.of("third"), directories[1], Name.of("third")));
                default -> ofObject();
            };
        }

        private @Nullable Errno ofObject() {
            long object;
            try {
                object = twin.primary
                        .lookup(caller, directory(), name())
                        .object()
                        .id();
            } catch (ErrnoException e) {
                return e.errno() == Errno.ESTALE ? Errno.EIO : e.errno();
            }
            return switch (random.nextInt(8)) {
                case 0 -> change(new Operation.Link(caller, object, directory(), name()));
                case 1 -> change(new Operation.SetAttr(caller, object, attributes(), null));
                case 2, 3 -> change(new Operation.Commit(caller, object, 0, 0));
                default -> change(write(object));
            };
        }

        private SetAttributes attributes() {
            return switch (random.nextInt(4)) {
                case 0 -> Client.mode(random.nextInt(01000));
                case 1 -> new SetAttributes(null, random.nextInt(5), 7, null, null, null);
                case 2 -> new SetAttributes(null, null, null, (long) random.nextInt(9000), null, null);
                default ->
                    new SetAttributes(
                            null, null, null, null, null, new SetAttributes.SetTime.ClientTime(random.nextInt()));
            };
        }

        private Operation write(long object) {
            int count = random.nextInt(10) == 0 ? 150_000 : 1 + random.nextInt(6000);
            byte[] bytes = new byte[count];
            random.nextBytes(bytes);
            ByteBuffer data = ByteBuffer.allocateDirect(count).put(bytes).flip();
            Stability stability = random.nextInt(3) == 0 ? Stability.FILE_SYNC : Stability.UNSTABLE;
            return new Operation.Write(caller, object, random.nextInt(5000), data, stability);
        }
    }
}
