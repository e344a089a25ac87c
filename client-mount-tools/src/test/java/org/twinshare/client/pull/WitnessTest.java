package org.twinshare.client.pull;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A tree that was compared once is known to be untouched, and any touch is seen. */
class WitnessTest {
    @TempDir
    private Path base;

    private Path tree;

    /** What may be done to a tree by hand. */
    enum Touch {
        /** Same size, and the mtime put back: attributes do not tell. */
        CONTENT {
            @Override
            void on(Path tree) throws IOException {
                Path file = tree.resolve("d/a");
                FileTime time = Files.getLastModifiedTime(file);
                Files.writeString(file, "A");
                Files.setLastModifiedTime(file, time);
            }
        },
        MODE {
            @Override
            void on(Path tree) throws IOException {
                Files.setPosixFilePermissions(tree.resolve("d/a"), PosixFilePermissions.fromString("rw-rw-rw-"));
            }
        },
        ADDED {
            @Override
            void on(Path tree) throws IOException {
                Files.writeString(tree.resolve("d/new"), "");
            }
        },
        ADDED_AT_THE_TOP {
            @Override
            void on(Path tree) throws IOException {
                Files.writeString(tree.resolve("new"), "");
            }
        },
        REMOVED {
            @Override
            void on(Path tree) throws IOException {
                Files.delete(tree.resolve("d/b"));
            }
        },
        RENAMED {
            @Override
            void on(Path tree) throws IOException {
                Files.move(tree.resolve("d/b"), tree.resolve("d/c"));
            }
        },
        REPLACED {
            @Override
            void on(Path tree) throws IOException {
                Path other = Files.writeString(tree.resolveSibling("other"), "a");
                Files.setLastModifiedTime(other, Files.getLastModifiedTime(tree.resolve("d/a")));
                Files.move(other, tree.resolve("d/a"), StandardCopyOption.REPLACE_EXISTING);
            }
        };

        abstract void on(Path tree) throws IOException;
    }

    @BeforeEach
    void fill() throws IOException {
        tree = base.resolve("tree");
        Files.createDirectories(tree.resolve("d"));
        Files.writeString(tree.resolve("d/a"), "a");
        Files.writeString(tree.resolve("d/b"), "b");
    }

    /** As a manifest of the server would have it: with digests. */
    private Manifest published() throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>(TreeScan.of(tree).entries());
        entries.replaceAll((path, entry) -> entry.isFile() ? entry.withDigest("digest of " + path) : entry);
        return Manifest.found(entries);
    }

    private Witness witness() throws IOException {
        return Witness.of(tree, published(), true).orElseThrow();
    }

    @Test
    void aTreeThatNobodyTouchesIsVouchedForAndNothingOfItIsReadAgain() throws Exception {
        Witness witness = witness();

        assertThat(witness.holdsFor(tree)).isTrue();
        TreeScan.Since found = TreeScan.since(witness, tree);
        assertThat(found.touched().keySet()).isSubsetOf(".");
        assertThat(Checks.mismatch(published(), found, List.of(), true)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Touch.class)
    void anyTouchIsSeen(Touch touch) throws Exception {
        Witness witness = witness();

        touch.on(tree);

        assertThat(witness.holdsFor(tree)).isFalse();
    }

    @Test
    void aTouchedFileIsFoundAndItsContentHasToBeRead() throws Exception {
        Witness witness = witness();

        Touch.CONTENT.on(tree);

        assertThat(TreeScan.since(witness, tree).touched().get("d/a")).returns(true, Entry::isUnread);
    }

    /** What should have been fetched and was not is no match, also where its attributes would be. */
    @Test
    void anEntryThatShouldBeAnotherOneAndIsUntouchedIsNamed() throws Exception {
        Witness witness = witness();
        Entry changed = published().entries().get("d/a");

        assertThat(Checks.mismatch(published(), TreeScan.since(witness, tree), List.of(changed), true))
                .contains("d/a");
    }

    @Test
    void aTreeThatIsNotWhatWasPublishedIsNotVouchedFor() throws Exception {
        Manifest published = published();
        Touch.ADDED.on(tree);

        assertThat(Witness.of(tree, published, true)).isEqualTo(Optional.empty());
    }

    /** Where a file system does not note a rename in the inode's ctime, the name must not pass for one that was there. */
    @Test
    void aNameThatWasNotThereBeforeMatchesNothing() throws Exception {
        Manifest wanted = published();
        Files.move(tree.resolve("d/b"), tree.resolve("d/c"));
        Witness late = new Witness(1, Witness.moment(), Optional.empty());

        TreeScan.Since found = TreeScan.since(late, tree);

        assertThat(found.touched()).isEmpty();
        assertThat(Checks.mismatch(wanted, found, List.of(), true)).isNotEmpty();
        assertThat(Checks.mismatch(published(), found, List.of(), true)).isEmpty();
    }
}
