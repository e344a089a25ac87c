package org.twinshare.filestore.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;

/** Some look at an object all the time, while its names come and go: they hear of it as it was before or as it is behind that. */
class RenameRacesTest {
    @RegisterExtension
    final TestTree fixture = new TestTree(new LocalTree.Limits(40, 24, 1 << 20), false);

    private Caller caller() {
        return new Caller(fixture.root, 0, 0, new int[0], true);
    }

    private Operation rename(long from, String name, long to, String newName) {
        return new Operation.Rename(caller(), from, Name.of(name), to, Name.of(newName));
    }

    /** The kernel moves the ctime of what gets or loses a name on before the server can tell that this was its own change. */
    @Test
    void ctimeIsTheMomentOfTheChangeWhoeverLooksMeanwhile() throws Exception {
        fixture.clock.stopAt(Duration.ofHours(-1));
        long file = fixture.file("f0");
        AtomicBoolean ended = new AtomicBoolean();
        Callable<Void> looking = () -> {
            while (!ended.get()) {
                Attributes unused = fixture.attributes(file);
            }
            return null;
        };
        Callable<Void> renaming = () -> {
            try {
                for (int i = 0; i < 300; i++) {
                    assertThatItHappensInItsMoment(file, rename(fixture.root, "f" + i, fixture.root, "f" + (i + 1)));
                    assertThatItHappensInItsMoment(
                            file, new Operation.Link(caller(), file, fixture.root, Name.of("link")));
                    assertThatItHappensInItsMoment(file, new Operation.Remove(caller(), fixture.root, Name.of("link")));
                }
            } finally {
                ended.set(true);
            }
            return null;
        };
        RacesTest.runAll(List.of(looking, renaming));
    }

    private interface Rename {
        void of(String name, int from, int to) throws Exception;
    }

    /** Whoever holds a handle and looks while the object changes its place again and again hears of it and not ESTALE. */
    private void assertInTheExportWhile(Rename rename, long[] places) throws Exception {
        long file = fixture.file(places[0], "file");
        long directory = fixture.directory(places[0], "directory");
        long below = fixture.file(directory, "below");
        AtomicBoolean ended = new AtomicBoolean();
        List<Callable<Void>> tasks = new ArrayList<>();
        for (long each : new long[] {file, file, directory, below}) {
            tasks.add(() -> {
                while (!ended.get()) {
                    Attributes unused = fixture.attributes(each);
                }
                return null;
            });
        }
        tasks.add(() -> {
            try {
                for (int i = 0; i < 3_000; i++) {
                    for (String name : List.of("file", "directory")) {
                        rename.of(name, i % 2, (i + 1) % 2);
                    }
                }
            } finally {
                ended.set(true);
            }
            return null;
        });
        RacesTest.runAll(tasks);
    }

    @Test
    void whatClientsRenameIsInTheExportAllTheTime() throws Exception {
        long[] places = {fixture.directory("a"), fixture.directory("b")};
        assertInTheExportWhile(
                (name, from, to) -> {
                    Outcome unused = fixture.done(rename(places[from], name, places[to], name));
                },
                places);
    }

    @Test
    void whatAnotherProcessRenamesIsInTheExportAllTheTime() throws Exception {
        long[] places = {fixture.directory("a"), fixture.directory("b")};
        Path[] paths = {fixture.path("a"), fixture.path("b")};
        assertInTheExportWhile(
                (name, from, to) -> {
                    Path unused = Files.move(paths[from].resolve(name), paths[to].resolve(name));
                },
                places);
    }

    private interface Replace {
        void page() throws Exception;
    }

    /** A site is updated by renaming each new file over the one before: whoever looks finds one of them. */
    private void assertFoundWhile(Replace replace) throws Exception {
        long unusedFirst = fixture.file("page");
        AtomicBoolean ended = new AtomicBoolean();
        Callable<Void> looking = () -> {
            while (!ended.get()) {
                Attributes unused = fixture.lookup("page");
            }
            return null;
        };
        Callable<Void> listing = () -> {
            while (!ended.get()) {
                assertThat(listed()).contains("page");
            }
            return null;
        };
        List<Callable<Void>> tasks = new ArrayList<>(List.of(looking, looking, listing));
        tasks.add(() -> {
            try {
                for (int i = 0; i < 300; i++) {
                    replace.page();
                }
            } finally {
                ended.set(true);
            }
            return null;
        });
        RacesTest.runAll(tasks);
    }

    private List<String> listed() throws Exception {
        List<String> names = new ArrayList<>();
        FileTree.ListEnd unusedEnd = fixture.tree.list(
                caller(),
                fixture.root,
                0,
                true,
                (cookie, id, bytes, offset, length, attributes) -> names.add(new String(bytes, offset, length, UTF_8)));
        return names;
    }

    @Test
    void aNameThatClientsReplaceIsFoundAllTheTime() throws Exception {
        assertFoundWhile(() -> {
            long unusedNext = fixture.file("new");
            Outcome unused = fixture.done(rename(fixture.root, "new", fixture.root, "page"));
        });
    }

    @Test
    void aNameThatAnotherProcessReplacesIsFoundAllTheTime() throws Exception {
        Path made = fixture.path("new");
        assertFoundWhile(() -> {
            Path unused =
                    Files.move(Files.writeString(made, "new"), fixture.path("page"), StandardCopyOption.ATOMIC_MOVE);
        });
    }

    private void assertThatItHappensInItsMoment(long object, Operation operation) throws Exception {
        try (LocalTree.Decided decided = fixture.tree.decide(operation)) {
            long moment = fixture.attributes(object).changeNs() + 10;
            var unusedOutcome = decided.apply(decided.change().at(moment));
            assertThat(fixture.attributes(object).changeNs())
                    .as("%s", operation)
                    .isEqualTo(moment);
        }
    }
}
