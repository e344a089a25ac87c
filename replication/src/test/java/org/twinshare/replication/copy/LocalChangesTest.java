package org.twinshare.replication.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.NetState.Slot;
import org.twinshare.filestore.ObjectDescription;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.local.TreeView;

/**
 * Local processes change the primary's tree at random while a client does: the standby goes on following whatever it finds. The
 * trees are equal when a comparison has made them so, because what a process changes has no record; or when the primary has
 * found all of it and told so.
 */
@Timeout(300)
class LocalChangesTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int STEPS = Integer.getInteger("twinshare.local.steps", 150);

    private final long seed = Long.getLong("twinshare.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private Twin twin;
    private Caller admin;
    private int number;

    @BeforeEach
    void begin() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
        System.out.println("LocalChangesTest seed " + seed + " (-Dtwinshare.seed)");
        twin = new Twin();
        admin = Caller.root(twin.root);
    }

    @AfterEach
    void end() throws Exception {
        twin.close();
    }

    @RepeatedTest(2)
    void theStandbyFollowsAndAComparisonMakesTheTreesEqual() throws Exception {
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.expectsDivergences = true;
            stream.copy.copyAll(1);
            stream.follow();
            steps();
        }
        // What changed while it was looked at may have ended that connection: the next one goes on.
        try (Connections connections = new Connections()) {
            connections.stream.follow();
            Stream stream = connections.awaitCaughtUp();
            var unusedRepaired = verify(stream, true);
            assertThat(verify(stream, false).findings()).as("seed %d", seed).isEmpty();
            stream.awaitCaughtUp();
            assertThat(Trees.withoutCtimes(twin.standbyTree.view(), twin.root))
                    .as("seed %d", seed)
                    .isEqualTo(Trees.withoutCtimes(twin.primaryTree.view(), twin.root));
        }
    }

    private void steps() throws Exception {
        for (int i = 0; i < STEPS; i++) {
            if (random.nextInt(3) == 0) {
                localChange();
            } else {
                clientCall();
            }
        }
    }

    /** As far as the primary found it by itself, which a walk through everything does in the end. */
    @RepeatedTest(2)
    void theTreesAreEqualWhenThePrimaryHasToldWhatItFound() throws Exception {
        twin.primaryTree.beginAdoption();
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.expectsDivergences = true;
            stream.copyAndFollow();
            for (int i = 0; i < 3; i++) {
                steps();
                tell();
            }
        }
        try (Connections connections = new Connections()) {
            connections.stream.follow();
            Awaitility.await("everything was told").atMost(PATIENCE).until(() -> {
                connections.goOn();
                tell();
                return differences().isEmpty();
            });
        } catch (ConditionTimeoutException e) {
            assertThat(differences()).as("seed %d", seed).isEmpty();
        }
    }

    /** What changes while it is looked at may end a connection: the next one goes on. */
    private final class Connections implements AutoCloseable {
        private Stream stream = next();

        private Stream next() {
            CopyLimits limits = new CopyLimits(Long.MAX_VALUE, CopyLimits.DEFAULT.bytesPerSecond());
            Stream next = new Stream(twin, Long.MAX_VALUE, limits);
            next.expectsDivergences = true;
            return next;
        }

        void goOn() throws Exception {
            Exception why = stream.why();
            if (why != null) {
                stream.close();
                stream = next();
                if (why instanceof CannotCatchUp) {
                    // As the standby does after it has happened several times.
                    stream.copyAll();
                }
                stream.follow();
            }
        }

        /** The connection on which everything has come. */
        Stream awaitCaughtUp() {
            long last = twin.primary.appliedSequence();
            Awaitility.await("everything has come").atMost(PATIENCE).until(() -> {
                goOn();
                return stream.has(last);
            });
            return stream;
        }

        @Override
        public void close() throws Exception {
            stream.close();
        }
    }

    /** Paths that are not the same on both servers, with what they are on the primary and on the standby. */
    private Map<String, String> differences() throws Exception {
        try {
            Map<String, String> there = Trees.withoutCtimes(twin.primaryTree.view(), twin.root);
            Map<String, String> here = Trees.withoutCtimes(twin.standbyTree.view(), twin.root);
            Map<String, String> differences = new TreeMap<>();
            there.forEach((path, text) -> differences.put(path, text + " / " + here.get(path)));
            here.forEach((path, text) -> differences.put(path, there.get(path) + " / " + text));
            there.forEach((path, text) -> differences.remove(path, text + " / " + text));
            return differences;
        } catch (ErrnoException e) {
            return Map.of("/", "they change while they are looked at: " + e.getMessage());
        }
    }

    private void tell() {
        twin.primaryTree.lookForLocalChanges();
        twin.primaryTree.tidy();
    }

    private Verify.Report verify(Stream stream, boolean repair) throws IOException {
        Verify.Options options = new Verify.Options(SumKind.CRC32C, repair);
        return new Verify(twin.standbyTree, stream.apply, stream.questions, CopyLimits.DEFAULT, options).run();
    }

    private String newName() {
        return random.nextInt(3) == 0 ? "common" + random.nextInt(8) : "n" + number++;
    }

    private Path any(boolean directory) throws IOException {
        try (var all = Files.walk(twin.export("p"))) {
            List<Path> some = all.filter(path -> Files.isDirectory(path) == directory)
                    .filter(path -> !path.toString().contains(".twinshare"))
                    .sorted()
                    .toList();
            return some.isEmpty() ? twin.export("p").resolve("none") : some.get(random.nextInt(some.size()));
        }
    }

    private void localChange() throws IOException {
        Path directory = any(true);
        try {
            switch (random.nextInt(8)) {
                case 0, 1 -> Files.writeString(directory.resolve(newName()), "local " + number);
                case 2 -> {
                    Path deep =
                            Files.createDirectories(directory.resolve(newName()).resolve("deep"));
                    Files.writeString(deep.resolve("file"), "deep " + number);
                }
                case 3 -> Files.move(any(false), directory.resolve(newName()), StandardCopyOption.REPLACE_EXISTING);
                case 4 -> Files.move(any(true), directory.resolve(newName()));
                case 5 -> Files.deleteIfExists(any(false));
                case 6 -> remove(directory);
                default -> Files.setPosixFilePermissions(any(false), PosixFilePermissions.fromString("rw-rw-r--"));
            }
        } catch (IOException e) {
            // A directory into itself, over one that has entries, or nothing is there yet.
        }
    }

    private void remove(Path directory) throws IOException {
        if (directory.equals(twin.export("p"))) {
            return;
        }
        try (var below = Files.walk(directory)) {
            for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** A name as a client finds it, or null where nothing is. */
    private record Place(Slot slot, ObjectDescription object) {}

    private List<Place> places() throws ErrnoException {
        List<Place> places = new ArrayList<>();
        list(twin.root, places);
        return places;
    }

    private void list(long directory, List<Place> places) throws ErrnoException {
        TreeView tree = twin.primaryTree.view();
        for (TreeView.Entry entry : tree.page(directory, 0, 1000).entries()) {
            try {
                ObjectDescription object = tree.describe(entry.id(), false);
                places.add(new Place(new Slot(directory, entry.name()), object));
                if (object.type() == FileType.DIRECTORY) {
                    list(entry.id(), places);
                }
            } catch (ErrnoException e) {
                // It has just gone.
            }
        }
    }

    private void clientCall() throws ErrnoException {
        List<Place> all = places();
        long directory = twin.root;
        for (Place place : all) {
            boolean isDirectory = place.object.type() == FileType.DIRECTORY;
            directory = isDirectory && random.nextInt(3) == 0 ? place.object.id() : directory;
        }
        Name name = Name.of(newName());
        if (all.isEmpty() || random.nextInt(3) == 0) {
            change(
                    random.nextInt(4) == 0
                            ? new Operation.MakeDirectory(admin, directory, name, mode(0755))
                            : new Operation.Create(
                                    admin, directory, name, Operation.CreateMode.UNCHECKED, mode(0644), 0));
            return;
        }
        Place place = all.get(random.nextInt(all.size()));
        Slot slot = place.slot;
        long id = place.object.id();
        switch (random.nextInt(6)) {
            case 0 -> change(new Operation.Rename(admin, slot.directory(), slot.name(), directory, name));
            case 1 -> change(new Operation.Remove(admin, slot.directory(), slot.name()));
            case 2 -> change(new Operation.Link(admin, id, directory, name));
            case 3 -> change(new Operation.SetAttr(admin, id, mode(0640 + random.nextInt(8)), null));
            default -> {
                byte[] bytes =
                        ("client " + number).repeat(1 + random.nextInt(10)).getBytes(UTF_8);
                var direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
                change(new Operation.Write(admin, id, random.nextInt(10), direct, Stability.FILE_SYNC));
            }
        }
    }

    private static SetAttributes mode(int mode) {
        return new SetAttributes(mode, null, null, null, null, null);
    }

    /** It may fail: what it is about may be gone, or something else by now. */
    private void change(Operation operation) {
        var unusedOutcome = twin.primary.change(new CallId(InetAddress.getLoopbackAddress(), 9, 9, 9), operation);
    }
}
