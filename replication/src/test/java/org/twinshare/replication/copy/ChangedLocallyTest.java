package org.twinshare.replication.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Stability;
import org.twinshare.replication.record.Entry;

/** A process on the primary itself changes the tree: what was found of it is made the same on the standby, which goes on. */
@Timeout(300)
class ChangedLocallyTest extends AlbumOnBoth {
    private static final int MANY = 1_100;
    private static final int FEW = 30;

    /** A client sees it. */
    private void look(long... objects) throws Exception {
        for (long object : objects) {
            var unused = twin.primary.attributes(Caller.root(twin.root), object);
        }
        twin.primaryTree.tidy();
    }

    private static void await(String what, ThrowingRunnable isSo) {
        Awaitility.await(what)
                .atMost(Duration.ofMinutes(2))
                // What is removed while it is looked at was there when it was listed.
                .ignoreException(ErrnoException.class)
                .untilAsserted(isSo);
    }

    private void awaitEqual() {
        await(
                "the trees are equal",
                () -> assertThat(Trees.withoutCtimes(twin.standbyTree.view(), twin.root))
                        .isEqualTo(Trees.withoutCtimes(twin.primaryTree.view(), twin.root)));
        await(
                "nothing is left to compare",
                () -> assertThat(stream.apply.gaps().toCompare().isEmpty()).isTrue());
    }

    private void awaitLookedAt() {
        await(
                "the record came",
                () -> assertThat(stream.apply.appliedSequence())
                        .isGreaterThanOrEqualTo(twin.primary.appliedSequence()));
        await(
                "it was looked at",
                () -> assertThat(stream.apply.gaps().toCompare().isEmpty()).isTrue());
    }

    private void makeFiles(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            var unusedFile = client.file(directory, Name.of("f" + i), 0644);
        }
        stream.awaitCaughtUp();
    }

    private void deleteFiles(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Files.delete(there("f" + i));
        }
    }

    @Test
    void theBytesOfAFile() throws Exception {
        Files.writeString(there("picture"), "as somebody edited it");
        look(file);
        awaitEqual();
        assertThat(here("picture")).hasContent("as somebody edited it");
    }

    @Test
    void modeAndOwner() throws Exception {
        Files.setPosixFilePermissions(there("picture"), PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setAttribute(there("."), "unix:uid", 4711);
        look(file, directory);
        awaitEqual();
        assertThat(Files.getAttribute(here("."), "unix:uid")).isEqualTo(4711);
    }

    @Test
    void aFileThatIsGone() throws Exception {
        Files.delete(there("picture"));
        look(directory);
        awaitEqual();
        assertThat(here("picture")).doesNotExist();
    }

    @Test
    void aFileThatHasAnotherName() throws Exception {
        Files.createDirectory(there("../other"));
        Files.move(there("picture"), there("../other/renamed"));
        look(twin.root, directory);
        awaitEqual();
        assertThat(here("../other/renamed")).hasContent("as it was uploaded");
    }

    @Test
    void aFileThatTookThePlaceOfAnother() throws Exception {
        Files.writeString(there("picture.new"), "edited, and moved into place");
        Files.move(there("picture.new"), there("picture"), StandardCopyOption.REPLACE_EXISTING);
        look(directory);
        awaitEqual();
        assertThat(here("picture")).hasContent("edited, and moved into place");
    }

    @Test
    void whatNoClientLooksAtIsFoundByAWalk() throws Exception {
        long before = twin.primary.statistics().localChanges();
        Files.writeString(there("picture"), "as somebody edited it");
        Files.writeString(there("new"), "made by somebody");
        twin.primaryTree.beginAdoption();
        await("a walk has found it", () -> {
            twin.primaryTree.lookForLocalChanges();
            twin.primaryTree.tidy();
            assertThat(here("picture")).hasContent("as somebody edited it");
            assertThat(here("new")).hasContent("made by somebody");
        });
        awaitEqual();
        // The directory and the file that was there; the new one is found, and was never another.
        assertThat(twin.primary.statistics().localChanges() - before).isEqualTo(2);
    }

    @Test
    void moreThanOneRecordTells() throws Exception {
        int more = Entry.MAX_CHANGED_LOCALLY + 100;
        makeFiles(more);
        for (int i = 0; i < more; i++) {
            Files.setPosixFilePermissions(there("f" + i), PosixFilePermissions.fromString("rw-rw-rw-"));
        }
        twin.primaryTree.beginAdoption();
        await("a walk has found it", () -> {
            twin.primaryTree.lookForLocalChanges();
            assertThat(twin.primary.statistics().localChanges()).isGreaterThanOrEqualTo(more);
        });
        twin.primaryTree.tidy();
        awaitEqual();
    }

    @Test
    void whatClientsDoIsNoLocalChange() throws Exception {
        long before = twin.primary.statistics().localChanges();
        client.rename(directory, Name.of("picture"), twin.root, Name.of("moved"));
        client.link(file, directory, Name.of("link"));
        client.write(file, 5, "unstable".getBytes(UTF_8), Stability.UNSTABLE);
        client.commit(file);
        client.remove(twin.root, Name.of("moved"));
        look(twin.root, directory, file);
        assertThat(twin.primary.statistics().localChanges()).isEqualTo(before);
        twin.stopAndStartPrimary();
        look(twin.root, directory, file);
        assertThat(twin.primary.statistics().localChanges()).isZero();
    }

    @Test
    void tooManyNamesAreNotRemovedWithoutBeingAsked() throws Exception {
        makeFiles(MANY);
        deleteFiles(MANY);
        look(directory);
        awaitLookedAt();
        assertThat(here("f" + (MANY - 1))).exists();
        assertThat(here("f0")).exists();
    }

    @Test
    void aDirectoryThatIsGoneWithALotInItIsNotRemovedWithoutBeingAsked() throws Exception {
        makeFiles(FEW);
        deleteFiles(FEW);
        Files.delete(there("picture"));
        Files.delete(there("."));
        look(twin.root);
        awaitLookedAt();
        assertThat(here("f0")).exists();
        assertThat(here("picture")).exists();
    }

    @Test
    void aDirectoryThatIsElsewhereIsMovedHoweverMuchIsInIt() throws Exception {
        makeFiles(FEW);
        Files.move(there("."), there("../photos"));
        look(twin.root);
        awaitEqual();
        assertThat(here("../photos/picture")).hasContent("as it was uploaded");
    }

    @Test
    void otherChangesAreMadeWhereTooManyNamesAreGone() throws Exception {
        makeFiles(MANY);
        deleteFiles(MANY);
        Files.move(there("picture"), there("renamed"));
        Files.writeString(there("renamed"), "as somebody edited it");
        look(directory, file);
        await("the file is there", () -> assertThat(here("renamed")).hasContent("as somebody edited it"));
        assertThat(here("f0")).exists();
    }

    @Test
    void aStandbyThatStartsAgainGoesOnWithIt() throws Exception {
        stream.holdBehind = twin.primary.appliedSequence();
        Files.writeString(there("picture"), "as somebody edited it");
        look(file);
        stream.awaitShipped();
        // Carried out, and the connection ends before anything is asked.
        stream.asksLeft = 0;
        stream.holdBehind = Long.MAX_VALUE;
        await(
                "the record is carried out",
                () -> assertThat(stream.apply.appliedSequence())
                        .isGreaterThanOrEqualTo(twin.primary.appliedSequence()));
        stream.apply.checkpoint();
        stream.close();
        assertThat(here("picture")).hasContent("as it was uploaded");
        twin.restartStandby();
        stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT);
        stream.follow();
        awaitEqual();
        assertThat(here("picture")).hasContent("as somebody edited it");
    }

    @Test
    void aFileThatAClientWritesToBeforeTheStandbyHasItsBytes() throws Exception {
        stream.holdBehind = twin.primary.appliedSequence();
        Files.writeString(there("new"), "made by someone, and not by a client");
        long made = client.lookup(directory, Name.of("new"));
        client.write(made, 8, "nobody ".getBytes(UTF_8), Stability.FILE_SYNC);
        stream.awaitShipped();
        // The standby makes the file, and ends before it has fetched what is in it.
        stream.beforeAsk = ask -> {
            if (ask instanceof Ask.Bytes || ask instanceof Ask.Sums) {
                stream.cutAfter = 0;
            }
        };
        stream.holdBehind = Long.MAX_VALUE;
        await("the connection has ended", () -> assertThat(stream.hasBeenCut()).isTrue());
        stream.close();
        twin.restartStandby();
        stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT);
        stream.follow();
        stream.awaitCaughtUp();
        assertThat(here("new")).hasContent("made by nobody , and not by a client");
    }

    @Test
    void nothingIsComparedWhileTheTreeStandsStill() throws Exception {
        try (StandStill still = stream.apply.standStill()) {
            Files.writeString(there("picture"), "as somebody edited it");
            look(file);
            stream.awaitShipped();
            assertThat(stream.apply.holds().beginComparing()).isFalse();
            assertThat(still.holds()).isTrue();
        }
        awaitEqual();
    }
}
