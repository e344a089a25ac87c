package org.twinshare.filestore.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.identity.Link;
import org.twinshare.filestore.identity.ObjectIndex;

/** Many threads on one small tree: what is there afterwards is what the tree, its index and the kernel agree on. */
class RacesTest {
    private static final int THREADS = 16;

    @RegisterExtension
    final TestTree fixture = new TestTree(new LocalTree.Limits(40, 24, 1 << 20), false);

    private final long seed = Long.getLong("twinshare.seed", System.nanoTime());

    static void runAll(List<Callable<Void>> tasks) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
            List<Future<Void>> ends = new ArrayList<>();
            for (Callable<Void> task : tasks) {
                ends.add(threads.submit(task));
            }
            for (Future<Void> end : ends) {
                Void unusedEnd = end.get();
            }
        }
    }

    /** CREATE hears only from its decision whose the name is, and holds the lock of that object too when it is carried out. */
    @Test
    void nobodyChangesAFileWhileACreateHasFoundIt() throws Exception {
        long file = fixture.file("f");
        Thread other = new Thread(() -> fixture.set(file, TestTree.mode(0600)));
        try (Decided create =
                fixture.tree.decide(fixture.creating(fixture.root, "f", Operation.CreateMode.UNCHECKED))) {
            assertThat(create.change().object()).isEqualTo(file);
            other.start();
            await().until(() -> other.getState() == Thread.State.WAITING);
        }
        other.join();
    }

    /** ESTALE would say that the directory is gone. In memory: other tests count on the inodes of the disk. */
    @Test
    void aNameThatLocalProcessesMakeAndRemoveIsThereOrNotForWhoeverChangesIt() throws Exception {
        Path memory = Path.of("/dev/shm");
        Assumptions.assumeTrue(Files.isWritable(memory), "needs a file system in memory");
        Path local = Files.createTempDirectory(memory, "twinshare-races");
        try {
            removeAndRename(local);
        } finally {
            TestTree.delete(local);
        }
    }

    private void removeAndRename(Path local) throws Exception {
        Path export = Files.createDirectory(local.resolve("export"));
        Caller caller = Caller.root(fixture.bind(export));
        AtomicBoolean ended = new AtomicBoolean();
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Path mine = local.resolve("f" + i);
            tasks.add(() -> {
                while (!ended.get()) {
                    Files.writeString(mine, "local");
                    Files.move(mine, export.resolve("f"), StandardCopyOption.ATOMIC_MOVE);
                    Files.deleteIfExists(export.resolve("f"));
                }
                return null;
            });
        }
        Set<Errno> errors = ConcurrentHashMap.newKeySet();
        tasks.add(() -> {
            try {
                for (int i = 0; i < 1000; i++) {
                    note(errors, new Operation.Remove(caller, caller.root(), Name.of("f")));
                    note(
                            errors,
                            new Operation.Rename(caller, caller.root(), Name.of("f"), caller.root(), Name.of("g")));
                }
            } finally {
                ended.set(true);
            }
            return null;
        });
        runAll(tasks);
        assertThat(errors).isSubsetOf(Errno.ENOENT);
    }

    private void note(Set<Errno> errors, Operation operation) {
        Errno error = fixture.errorOf(operation);
        if (error != null) {
            errors.add(error);
        }
    }

    /** A look-up that began before a rename must not put the old name back into the index, where a restart finds it. */
    @Test
    void aFileThatIsLookedUpWhileItIsRenamedIsKnownUnderItsNewName() throws Exception {
        int count = 400;
        long from = fixture.directory("from");
        long to = fixture.directory("to");
        long[] files = new long[count];
        for (int i = 0; i < count; i++) {
            files[i] = fixture.file(from, "f" + i);
        }
        AtomicInteger next = new AtomicInteger();
        Callable<Void> looking = () -> {
            for (int i = next.get(); i < count; i = next.get()) {
                try {
                    assertThat(fixture.lookup(from, "f" + i).id()).isEqualTo(files[i]);
                } catch (ErrnoException e) {
                    assertThat(e.errno()).isIn(Errno.ENOENT, Errno.ESTALE);
                }
            }
            return null;
        };
        List<Callable<Void>> tasks = new ArrayList<>(List.of(looking, looking, looking));
        tasks.add(() -> {
            for (int i = 0; i < count; i++) {
                fixture.done(fixture.renaming(from, "f" + i, to, "f" + i));
                int unusedNext = next.incrementAndGet();
            }
            return null;
        });
        runAll(tasks);
        fixture.close();
        try (ObjectIndex index = ObjectIndex.open(fixture.stateDirectory().resolve("index"))) {
            for (int i = 0; i < count; i++) {
                assertThat(Objects.requireNonNull(index.get(files[i])).link())
                        .isEqualTo(new Link(to, Name.of("f" + i)));
            }
        }
    }

    @Test
    void aDirectoryIsListedWhileItsEntriesComeAndGo() throws Exception {
        long directory = fixture.directory("d");
        AtomicBoolean over = new AtomicBoolean();
        for (int i = 0; i < 30; i++) {
            long unusedStays = fixture.file(directory, "stays" + i);
        }
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int thread = 0; thread < 3; thread++) {
            tasks.add(() -> {
                while (!over.get()) {
                    Set<String> names = ConcurrentHashMap.newKeySet();
                    fixture.tree.list(
                            fixture.async(), directory, 0, true, (cookie, id, bytes, offset, length, attributes) -> {
                                assertThat(names.add(new String(bytes, offset, length, UTF_8)))
                                        .isTrue();
                                return true;
                            });
                    assertThat(names.stream().filter(name -> name.startsWith("stays")))
                            .hasSize(30);
                }
                return null;
            });
        }
        tasks.add(() -> {
            try {
                for (int i = 0; i < 1000; i++) {
                    String name = "n" + i % 7;
                    if (i % 3 == 0) {
                        Files.writeString(fixture.path("d/" + name), "local");
                        Files.deleteIfExists(fixture.path("d/" + name));
                    } else {
                        Outcome unusedMade = fixture.change(new Operation.Create(
                                fixture.async(),
                                directory,
                                Name.of(name),
                                Operation.CreateMode.UNCHECKED,
                                TestTree.mode(0600),
                                0));
                        fixture.done(new Operation.Remove(fixture.async(), directory, Name.of(name)));
                    }
                }
            } finally {
                over.set(true);
            }
            return null;
        });
        runAll(tasks);
    }

    @Test
    void randomOperationsLeaveATreeThatAllAgreeOn() throws Exception {
        System.err.println("RacesTest seed " + seed + " (-Dtwinshare.seed)");
        List<Long> directories = new ArrayList<>(List.of(fixture.root));
        for (int i = 0; i < 4; i++) {
            directories.add(fixture.directory("dir" + i));
        }
        Set<Long> files = ConcurrentHashMap.newKeySet();
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            Random random = new Random(seed + thread);
            tasks.add(() -> {
                for (int i = 0; i < 250; i++) {
                    oneOf(random, directories, files);
                }
                return null;
            });
        }
        runAll(tasks);

        Map<String, Long> before = agree();
        fixture.reopen();
        assertThat(agree()).isEqualTo(before);
    }

    private void oneOf(Random random, List<Long> directories, Set<Long> files) {
        long directory = directories.get(random.nextInt(directories.size()));
        long other = directories.get(random.nextInt(directories.size()));
        Name name = Name.of("n" + random.nextInt(6));
        Name otherName = Name.of("n" + random.nextInt(6));
        Caller caller = fixture.async();
        long[] known = files.stream().mapToLong(Long::longValue).toArray();
        long file = known.length == 0 ? fixture.root : known[random.nextInt(known.length)];
        Outcome outcome = fixture.change(
                switch (random.nextInt(9)) {
                    case 0, 1 ->
                        new Operation.Create(
                                caller,
                                directory,
                                name,
                                random.nextBoolean() ? Operation.CreateMode.UNCHECKED : Operation.CreateMode.EXCLUSIVE,
                                TestTree.size(random.nextInt(3)),
                                5);
                    case 2 -> new Operation.MakeDirectory(caller, directory, name, TestTree.mode(0755));
                    case 3 -> new Operation.Remove(caller, directory, name);
                    case 4 -> new Operation.RemoveDirectory(caller, directory, name);
                    case 5 -> new Operation.Rename(caller, directory, name, other, otherName);
                    case 6 -> new Operation.Link(caller, file, directory, name);
                    case 7 -> new Operation.SetAttr(caller, file, TestTree.mode(random.nextInt(0777)), null);
                    default -> TestTree.writing(caller, file, 0, "data", Stability.UNSTABLE);
                });
        if (outcome.error() == null && outcome.object() != 0 && !directories.contains(outcome.object())) {
            files.add(outcome.object());
        }
        if (outcome.error() != null) {
            assertThat(outcome.error())
                    .isIn(
                            Errno.EEXIST,
                            Errno.ENOENT,
                            Errno.EISDIR,
                            Errno.ENOTDIR,
                            Errno.ENOTEMPTY,
                            Errno.ESTALE,
                            Errno.EINVAL,
                            Errno.EPERM);
        }
    }

    /** Every path with its id, where the tree's answer, its listing and the kernel's are the same. */
    private Map<String, Long> agree() throws IOException, ErrnoException {
        Map<String, Long> ids = new TreeMap<>();
        compare(fixture.root, fixture.export(), "", ids);
        return ids;
    }

    private void compare(long directory, Path path, String prefix, Map<String, Long> ids)
            throws IOException, ErrnoException {
        Map<String, Long> listed = new TreeMap<>();
        fixture.tree.list(fixture.async(), directory, 0, false, (cookie, id, bytes, offset, length, attributes) -> {
            listed.put(new String(bytes, offset, length, UTF_8), id);
            return true;
        });
        listed.remove(".");
        listed.remove("..");
        List<Path> there;
        try (Stream<Path> entries = Files.list(path)) {
            there = entries.toList();
        }
        assertThat(listed.keySet())
                .isEqualTo(Set.copyOf(
                        there.stream().map(p -> p.getFileName().toString()).toList()));
        for (Path each : there) {
            String name = each.getFileName().toString();
            Attributes ours = fixture.lookup(directory, name);
            Map<String, Object> kernel = Files.readAttributes(each, "unix:nlink,size,mode", LinkOption.NOFOLLOW_LINKS);
            assertThat(ours.id()).as("%s%s", prefix, name).isEqualTo(listed.get(name));
            assertThat(ours.links()).isEqualTo(kernel.get("nlink"));
            assertThat(ours.sizeBytes()).isEqualTo(kernel.get("size"));
            assertThat(fixture.attributes(ours.id())).isEqualTo(ours);
            ids.put(prefix + name, ours.id());
            if (ours.isDirectory()) {
                compare(ours.id(), each, prefix + name + "/", ids);
            }
        }
    }
}
