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
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;

/** Some look at an object all the time, while its names come and go: they hear of it as it was before or as it is behind that. */
class RenameRacesTest {
    @RegisterExtension
    final TestTree fixture = new TestTree(new LocalTree.Limits(40, 24, 1 << 20), false);

    private interface Work {
        void run() throws Exception;
    }

    /** Changes something, while others look again and again until that has ended. */
    private static void change(Work change, List<Work> looks) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        List<Callable<Void>> tasks = new ArrayList<>();
        for (Work look : looks) {
            tasks.add(() -> {
                while (!ended.get()) {
                    look.run();
                }
                return null;
            });
        }
        tasks.add(() -> {
            try {
                change.run();
            } finally {
                ended.set(true);
            }
            return null;
        });
        RacesTest.runAll(tasks);
    }

    private Work lookingAt(long object) {
        return () -> {
            Attributes unused = fixture.attributes(object);
        };
    }

    /** The kernel moves the ctime of what gets or loses a name on before the server can tell that this was its own change. */
    @Test
    void ctimeIsTheMomentOfTheChangeWhoeverLooksMeanwhile() throws Exception {
        fixture.clock.stopAt(Duration.ofHours(-1));
        long file = fixture.file("f0");
        Work changing = () -> {
            for (int i = 0; i < 300; i++) {
                assertThatItHappensInItsMoment(
                        file, fixture.renaming(fixture.root, "f" + i, fixture.root, "f" + (i + 1)));
                assertThatItHappensInItsMoment(
                        file, new Operation.Link(fixture.async(), file, fixture.root, Name.of("link")));
                assertThatItHappensInItsMoment(
                        file, new Operation.Remove(fixture.async(), fixture.root, Name.of("link")));
            }
        };
        change(changing, List.of(lookingAt(file)));
    }

    private interface Rename {
        void of(String name, int from, int to) throws Exception;
    }

    /** Whoever holds a handle and looks while the object changes its place again and again hears of it and not ESTALE. */
    private void assertInTheExportWhile(Rename rename, long[] places) throws Exception {
        long file = fixture.file(places[0], "file");
        long directory = fixture.directory(places[0], "directory");
        long below = fixture.file(directory, "below");
        Work renaming = () -> {
            for (int i = 0; i < 3_000; i++) {
                for (String name : List.of("file", "directory")) {
                    rename.of(name, i % 2, (i + 1) % 2);
                }
            }
        };
        change(renaming, List.of(lookingAt(file), lookingAt(file), lookingAt(directory), lookingAt(below)));
    }

    @Test
    void whatClientsRenameIsInTheExportAllTheTime() throws Exception {
        long[] places = {fixture.directory("a"), fixture.directory("b")};
        assertInTheExportWhile(
                (name, from, to) -> {
                    Outcome unused = fixture.done(fixture.renaming(places[from], name, places[to], name));
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

    /** A site is updated by renaming each new file over the one before: whoever looks finds one of them. */
    private void assertFoundWhile(Work replacing) throws Exception {
        long unusedFirst = fixture.file("page");
        Work changing = () -> {
            for (int i = 0; i < 300; i++) {
                replacing.run();
            }
        };
        Work looking = () -> {
            Attributes unused = fixture.lookup("page");
        };
        change(changing, List.of(looking, looking, () -> assertThat(listed()).contains("page")));
    }

    private List<String> listed() throws Exception {
        List<String> names = new ArrayList<>();
        FileTree.ListEnd unusedEnd = fixture.tree.list(
                fixture.async(),
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
            Outcome unused = fixture.done(fixture.renaming(fixture.root, "new", fixture.root, "page"));
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
        try (Decided decided = fixture.tree.decide(operation)) {
            long moment = fixture.attributes(object).changeNs() + 10;
            var unusedOutcome = decided.apply(decided.change().at(moment));
            assertThat(fixture.attributes(object).changeNs())
                    .as("%s", operation)
                    .isEqualTo(moment);
        }
    }
}
