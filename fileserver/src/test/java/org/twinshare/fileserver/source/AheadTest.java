package org.twinshare.fileserver.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.fileserver.source.TreeScan.Found;

/** What is made ready for a publish is used for the release that it was made of, and for no other. */
class AheadTest {
    @TempDir
    private Path base;

    private ReleaseStore store;
    private Ahead ahead;

    @BeforeEach
    void begin() throws IOException {
        store = new ReleaseStore(base);
        store.prepare();
        ahead = new Ahead(store);
        Files.createFile(store.stamp());
    }

    private Release release(String content) throws IOException {
        Path tree = Files.createDirectory(store.clearStaging().resolve("tree"));
        Files.writeString(tree.resolve("file"), content);
        byte[] manifest = TreeScan.manifest(tree).encode();
        Release release = store.add(tree, manifest, new ReleaseStore.Facts(1, 1, 1, "", false));
        store.makeLive(release);
        return release;
    }

    private Path into(Release release) throws IOException {
        Path tree = store.clearStaging().resolve("tree");
        ahead.into(tree, release);
        return tree;
    }

    private static Object inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino");
    }

    @Test
    void aCopyMadeAheadIsTakenOnceAndSharesItsFiles() throws Exception {
        Release live = release("one");

        ahead.copy();

        Object directory = inode(store.ahead().resolve(live.name()));
        Path taken = into(live);
        assertThat(inode(taken)).isEqualTo(directory);
        assertThat(inode(taken.resolve("file")))
                .isEqualTo(inode(store.tree(live).resolve("file")));
        assertThat(store.ahead().resolve(live.name())).doesNotExist();
        assertThat(into(live).resolve("file")).hasContent("one");
    }

    @Test
    void aCopyOfAnotherReleaseIsNotTakenAndGoes() throws Exception {
        Release old = release("one");
        ahead.copy();
        Release live = release("two");

        assertThat(into(live).resolve("file")).hasContent("two");
        ahead.copy();

        assertThat(store.ahead().resolve(old.name())).doesNotExist();
        assertThat(into(live).resolve("file")).hasContent("two");
    }

    /** Behind a rollback or a failover everything is compared, and a copy would be of no use. */
    @Test
    void nothingIsCopiedWhereTheNextPublishComparesEverything() throws Exception {
        Release unused = release("one");
        Files.delete(store.stamp());

        ahead.copy();

        assertThat(store.ahead()).doesNotExist();
    }

    @Test
    void whatWasCutOffIsNotTaken() throws Exception {
        Release live = release("one");
        Files.createDirectories(store.ahead().resolve("making"));

        assertThat(into(live).resolve("file")).hasContent("one");
        store.prepare();

        assertThat(store.ahead()).doesNotExist();
    }

    @Test
    void whatAReleaseConsistsOfIsRememberedForThatReleaseOnly() throws Exception {
        Release old = release("one");
        ahead.remember(old, TreeScan.of(store.tree(old), new ArrayList<>()), store.manifest(old));
        Release live = release("other");

        Map<String, Found> content = ahead.contentOf(live).byPath();

        assertThat(content.get("file")).isNotNull();
        assertThat(content).isNotEqualTo(ahead.contentOf(old).byPath());
        assertThat(ahead.contentOf(old)).isSameAs(ahead.contentOf(old));
    }

    /** A digest counts for what looks as it was published, and for nothing else. */
    @Test
    void whatWasNotRememberedIsReadWithTheDigestsThatWerePublished() throws Exception {
        Release live = release("one");

        assertThat(lineOfTheFile(live)).isIn(store.manifest(live).lines());
        Files.writeString(store.tree(live).resolve("file"), "two");
        assertThat(lineOfTheFile(live).isRead()).isFalse();
    }

    private Manifest.Line lineOfTheFile(Release release) throws IOException {
        return Objects.requireNonNull(ahead.contentOf(release).byPath().get("file"))
                .line();
    }
}
