package org.twinshare.filestore.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;

/** Rules 16 and 17: a directory listed in pages while it changes, by us and by others. */
class ListingTest {
    @RegisterExtension
    final TestTree fixture = new TestTree();

    /** What was listed: names in order, with their cookies, ids and attributes. */
    private static final class Page implements FileTree.EntrySink {
        final Map<String, Long> cookies = new LinkedHashMap<>();
        final Map<String, Long> ids = new LinkedHashMap<>();
        final Map<String, @Nullable Attributes> attributes = new LinkedHashMap<>();
        private final int room;
        long last;

        Page(int room) {
            this.room = room;
        }

        @Override
        public boolean entry(
                long cookie, long id, byte[] names, int offset, int length, @Nullable Attributes attributesOfEntry) {
            if (cookies.size() == room) {
                return false;
            }
            String name = new String(names, offset, length, UTF_8);
            assertThat(cookies.put(name, cookie)).as("%s twice", name).isNull();
            assertThat(cookie).isGreaterThan(last);
            ids.put(name, id);
            attributes.put(name, attributesOfEntry);
            last = cookie;
            return true;
        }
    }

    private Page list(long directory, boolean withAttributes) throws ErrnoException {
        Page page = new Page(Integer.MAX_VALUE);
        assertThat(fixture.tree
                        .list(fixture.admin, directory, 0, withAttributes, page)
                        .endOfDirectory())
                .isTrue();
        return page;
    }

    /** Between a look at the directory and the reading of its entries there is a moment: many directories, to hit it. */
    @Test
    void aDirectoryThatIsRemovedWhileItIsListedIsStale() throws Exception {
        int directories = 400;
        long[] ids = new long[directories];
        for (int i = 0; i < directories; i++) {
            ids[i] = fixture.directory("d" + i);
        }
        AtomicInteger next = new AtomicInteger(-1);
        Thread removing = new Thread(() -> {
            for (int i = 0; i < directories; i++) {
                while (next.get() < i) {
                    Thread.onSpinWait();
                }
                assertThat(fixture.path("d" + i).toFile().delete()).isTrue();
            }
        });
        removing.start();
        for (int i = 0; i < directories; i++) {
            next.set(i);
            try {
                fixture.tree.view().page(ids[i], 0, 10);
            } catch (ErrnoException e) {
                assertThat(e.errno()).as(e.getMessage()).isEqualTo(Errno.ESTALE);
            }
        }
        removing.join();
    }

    @Test
    void aListingHasTheDotsAndEveryNameWithItsIdAndAttributes() throws Exception {
        long directory = fixture.directory("d");
        long file = fixture.file(directory, "f");
        Path unusedLocal = Files.writeString(fixture.path("d/local"), "x");

        Page page = list(directory, true);

        assertThat(page.ids).containsOnlyKeys(".", "..", "f", "local");
        assertThat(page.ids)
                .containsEntry(".", directory)
                .containsEntry("..", fixture.root)
                .containsEntry("f", file);
        assertThat(page.cookies).containsEntry(".", 1L).containsEntry("..", 2L);
        assertThat(page.attributes).containsEntry("f", fixture.attributes(file));
        assertThat(page.ids.get("local"))
                .isEqualTo(fixture.lookup(directory, "local").id());
        assertThat(list(fixture.root, false).ids).containsEntry("..", fixture.root);
    }

    @Test
    void aCookieThatNoNameCanHaveIsRefused() throws Exception {
        long unusedFile = fixture.file("f");
        for (long cookie : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 62}) {
            TestTree.assertFails(
                    Errno.BAD_COOKIE, () -> fixture.tree.list(fixture.admin, fixture.root, cookie, false, new Page(9)));
        }
        assertThat(fixture.tree
                        .list(fixture.admin, fixture.root, (1L << 62) - 1, false, new Page(9))
                        .endOfDirectory())
                .isTrue();
    }

    @Test
    void cookiesStayWhereTheyAreWhileOthersComeAndGoAndThroughARestart() throws Exception {
        for (int i = 0; i < 100; i++) {
            Files.createFile(fixture.path("f" + i));
        }
        Map<String, Long> before = list(fixture.root, false).cookies;
        for (int i = 0; i < 50; i++) {
            fixture.remove("f" + i);
            long unusedFile = fixture.file("g" + i);
            Files.createFile(fixture.path("local" + i));
        }
        Map<String, Long> after = list(fixture.root, false).cookies;
        for (int i = 50; i < 100; i++) {
            assertThat(after).containsEntry("f" + i, before.get("f" + i));
        }
        fixture.reopen();
        assertThat(list(fixture.root, false).cookies).isEqualTo(after);
    }

    @Test
    void aListingIsOverWhereItWasBrokenOffAndGoesOnThere() throws Exception {
        for (int i = 0; i < 10; i++) {
            long unusedFile = fixture.file("f" + i);
        }
        Set<String> seen = new HashSet<>();
        long cookie = 0;
        boolean end = false;
        while (!end) {
            Page page = new Page(3);
            end = fixture.tree
                    .list(fixture.admin, fixture.root, cookie, false, page)
                    .endOfDirectory();
            seen.addAll(page.cookies.keySet());
            cookie = page.cookies.isEmpty() ? cookie : page.last;
        }
        assertThat(seen).hasSize(12);
    }

    /** rm -r: the client removes what a page showed and asks for the next; Finder and tar list while others fill. */
    @Test
    void twentyThousandEntriesAreListedWhileTheyAreRemovedAndOthersMade() throws Exception {
        int count = 20_000;
        long directory = fixture.directory("d");
        Shell.Result unusedResult = Shell.run(
                "sh", "-c", "cd \"$1\" && seq -f 'file-%06g' 1 " + count + " | xargs touch", "sh", fixture.path("d"));
        Caller async = new Caller(fixture.root, 0, 0, new int[0], true);
        Set<String> removed = new HashSet<>();
        Set<String> stayed = new HashSet<>();
        long cookie = 0;
        boolean end = false;
        int made = 0;
        while (!end) {
            Page page = new Page(500);
            end = fixture.tree
                    .list(async, directory, cookie, made % 2 == 0, page)
                    .endOfDirectory();
            for (String name : page.cookies.keySet()) {
                if (!name.startsWith("file-")) {
                    continue;
                }
                if (name.endsWith("7")) {
                    assertThat(stayed.add(name)).isTrue();
                } else {
                    assertThat(removed.add(name)).isTrue();
                    fixture.done(new Operation.Remove(async, directory, Name.of(name)));
                }
            }
            cookie = page.last;
            fixture.done(new Operation.Create(
                    async, directory, Name.of("new-" + made++), Operation.CreateMode.GUARDED, TestTree.mode(0600), 0));
            Files.createFile(fixture.path("d/new-local-" + made));
        }
        assertThat(removed).hasSize(count * 9 / 10);
        assertThat(stayed).hasSize(count / 10);
        assertThat(list(directory, false).cookies.keySet().stream().filter(name -> name.startsWith("file-")))
                .containsExactlyInAnyOrderElementsOf(stayed);
    }

    /** An entry that vanished in between loses its attributes, and the page goes on. */
    @Test
    void aNameThatVanishesWhileThePageIsMadeDoesNotFailIt() throws Exception {
        for (boolean withAttributes : new boolean[] {false, true}) {
            for (int i = 0; i < 20; i++) {
                Files.createFile(fixture.path("f" + i));
            }
            List<String> handed = new ArrayList<>();
            FileTree.ListEnd end = fixture.tree.list(
                    fixture.admin, fixture.root, 0, withAttributes, (cookie, id, names, offset, length, attributes) -> {
                        if (handed.size() == 5) {
                            removeAll();
                        }
                        assertThat(attributes == null).isEqualTo(!withAttributes || handed.size() > 5);
                        handed.add(new String(names, offset, length, UTF_8));
                        return true;
                    });
            assertThat(end.endOfDirectory()).isTrue();
            assertThat(handed).doesNotHaveDuplicates().contains(".", "..");
            assertThat(list(fixture.root, true).cookies).containsOnlyKeys(".", "..");
        }
    }

    private void removeAll() {
        IntStream.range(0, 20).forEach(i -> {
            try {
                Files.delete(fixture.path("f" + i));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void ourOwnChangesShowAtOnceInAListingThatIsKept() throws Exception {
        long file = fixture.file("a");
        long unusedOther = fixture.file("b");
        Page unusedFirst = list(fixture.root, false);
        fixture.rename(fixture.root, "a", fixture.root, "b");
        fixture.link(file, fixture.root, "c");
        assertThat(list(fixture.root, false).ids)
                .containsOnlyKeys(".", "..", "b", "c")
                .containsEntry("b", file)
                .containsEntry("c", file);
        Path unusedLocal = Files.createFile(fixture.path("local"));
        assertThat(list(fixture.root, false).ids).containsKeys("local", "b", "c");
    }
}
