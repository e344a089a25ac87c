package org.twinshare.filestore.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Wcc;
import org.twinshare.filestore.WccAttributes;

/** REMOVE, RMDIR, RENAME and LINK, seen from outside through the kernel. */
class NamesTest {
    @RegisterExtension
    final TestTree fixture = new TestTree();

    private Operation remove(String name) {
        return new Operation.Remove(fixture.admin, fixture.root, Name.of(name));
    }

    private Operation removeDirectory(String name) {
        return new Operation.RemoveDirectory(fixture.admin, fixture.root, Name.of(name));
    }

    private Operation rename(String from, String to) {
        return rename(fixture.root, from, fixture.root, to);
    }

    private Operation rename(long from, String name, long to, String newName) {
        return new Operation.Rename(fixture.admin, from, Name.of(name), to, Name.of(newName));
    }

    @Test
    void aRemovedFileIsGoneAndItsHandleStale() throws Exception {
        long id = fixture.file("f");
        Attributes before = fixture.attributes(fixture.root);

        Outcome outcome = fixture.done(remove("f"));

        assertThat(fixture.path("f")).doesNotExist();
        assertThat(outcome.wcc()).isEqualTo(new Wcc(WccAttributes.of(before), fixture.attributes(fixture.root)));
        TestTree.assertFails(Errno.ESTALE, () -> fixture.attributes(id));
        TestTree.assertFails(Errno.ENOENT, () -> fixture.lookup("f"));
    }

    @Test
    void removingRefusesWhatIsNotItsKind() {
        long unusedDirectory = fixture.directory("d");
        long unusedFile = fixture.file("f");
        assertThat(fixture.errorOf(remove("d"))).isEqualTo(Errno.EISDIR);
        assertThat(fixture.errorOf(removeDirectory("f"))).isEqualTo(Errno.ENOTDIR);
        assertThat(fixture.errorOf(remove("none"))).isEqualTo(Errno.ENOENT);
        assertThat(fixture.errorOf(removeDirectory("none"))).isEqualTo(Errno.ENOENT);
        assertThat(fixture.errorOf(remove("."))).isEqualTo(Errno.EINVAL);
        assertThat(fixture.errorOf(remove(".."))).isEqualTo(Errno.EINVAL);
        assertThat(fixture.errorOf(removeDirectory("."))).isEqualTo(Errno.EINVAL);
        assertThat(fixture.errorOf(removeDirectory(".."))).isEqualTo(Errno.ENOTEMPTY);
    }

    @Test
    void onlyAnEmptyDirectoryGoes() throws Exception {
        long directory = fixture.directory("d");
        long unusedFile = fixture.file(directory, "f");
        assertThat(fixture.errorOf(removeDirectory("d"))).isEqualTo(Errno.ENOTEMPTY);

        Files.delete(fixture.path("d/f"));
        fixture.done(removeDirectory("d"));

        assertThat(fixture.path("d")).doesNotExist();
        TestTree.assertFails(Errno.ESTALE, () -> fixture.attributes(directory));
        assertThat(fixture.attributes(fixture.root).links()).isEqualTo(2);
    }

    @Test
    void aRenamedObjectKeepsItsId() throws Exception {
        long from = fixture.directory("from");
        long to = fixture.directory("to");
        long file = fixture.file(from, "f");
        Attributes fromBefore = fixture.attributes(from);
        Attributes toBefore = fixture.attributes(to);
        long changeNs = fixture.attributes(file).changeNs();

        Outcome outcome = fixture.done(rename(from, "f", to, "g"));

        assertThat(fixture.path("from/f")).doesNotExist();
        assertThat(fixture.path("to/g")).exists();
        assertThat(fixture.lookup(to, "g").id()).isEqualTo(file);
        assertThat(outcome.wcc()).isEqualTo(new Wcc(WccAttributes.of(fromBefore), fixture.attributes(from)));
        assertThat(outcome.otherWcc()).isEqualTo(new Wcc(WccAttributes.of(toBefore), fixture.attributes(to)));
        assertThat(fixture.attributes(file).changeNs()).isGreaterThan(changeNs);
    }

    @Test
    void theReplacedObjectIsStale() throws Exception {
        long file = fixture.file("f", "new");
        long replaced = fixture.file("g", "old");

        fixture.done(rename("f", "g"));

        assertThat(Files.readString(fixture.path("g"))).isEqualTo("new");
        assertThat(fixture.lookup("g").id()).isEqualTo(file);
        TestTree.assertFails(Errno.ESTALE, () -> fixture.attributes(replaced));
        TestTree.assertFails(Errno.ESTALE, () -> fixture.read(replaced, 0, 10));
    }

    @Test
    void aDirectoryReplacesAnEmptyDirectoryAlone() throws Exception {
        long moved = fixture.directory("moved");
        long unusedInside = fixture.file(moved, "inside");
        long full = fixture.directory("full");
        long unusedFile = fixture.file(full, "f");
        long empty = fixture.directory("empty");
        long unusedOther = fixture.file("file");

        assertThat(fixture.errorOf(rename("moved", "full"))).isEqualTo(Errno.ENOTEMPTY);
        assertThat(fixture.errorOf(rename("moved", "file"))).isEqualTo(Errno.ENOTDIR);
        assertThat(fixture.errorOf(rename("file", "empty"))).isEqualTo(Errno.EISDIR);
        fixture.done(rename("moved", "empty"));

        assertThat(fixture.path("empty/inside")).exists();
        TestTree.assertFails(Errno.ESTALE, () -> fixture.attributes(empty));
        assertThat(fixture.lookup("empty").id()).isEqualTo(moved);
    }

    @Test
    void aDirectoryDoesNotMoveIntoItsOwnSubtree() {
        long above = fixture.directory("a");
        long below = fixture.directory(above, "b");
        long deeper = fixture.directory(below, "c");
        for (long to : new long[] {above, below, deeper}) {
            assertThat(fixture.errorOf(rename(fixture.root, "a", to, "x"))).isEqualTo(Errno.EINVAL);
        }
        assertThat(fixture.errorOf(rename(below, "c", fixture.root, "a"))).isEqualTo(Errno.ENOTEMPTY);
    }

    @Test
    void dotsAreNotRenamed() {
        long unusedFile = fixture.file("f");
        assertThat(fixture.errorOf(rename(".", "x"))).isEqualTo(Errno.EINVAL);
        assertThat(fixture.errorOf(rename("..", "x"))).isEqualTo(Errno.EINVAL);
        assertThat(fixture.errorOf(rename("f", "."))).isEqualTo(Errno.EINVAL);
        assertThat(fixture.errorOf(rename("f", ".."))).isEqualTo(Errno.EINVAL);
        assertThat(fixture.errorOf(rename("none", "x"))).isEqualTo(Errno.ENOENT);
    }

    /** rename(2): two hard links of one file stay both; RFC 1813 section 3.3.14: wcc data of the two directories. */
    @Test
    void aRenameOntoTheSameObjectDoesNothing() throws Exception {
        long directory = fixture.directory("d");
        long file = fixture.file("f");
        Outcome unusedLink = fixture.link(file, directory, "g");
        Attributes from = fixture.attributes(fixture.root);
        Attributes to = fixture.attributes(directory);

        Outcome outcome = fixture.done(rename(fixture.root, "f", directory, "g"));

        assertThat(fixture.path("f")).exists();
        assertThat(fixture.path("d/g")).exists();
        assertThat(outcome.wcc()).isEqualTo(Wcc.unchanged(from));
        assertThat(outcome.otherWcc()).isEqualTo(Wcc.unchanged(to));
        Outcome sameName = fixture.done(rename("f", "f"));
        assertThat(sameName.otherWcc()).isEqualTo(Wcc.unchanged(from));
    }

    @Test
    void aFailedRenameTellsBothDirectories() throws Exception {
        long directory = fixture.directory("d");
        Outcome outcome = fixture.change(rename(fixture.root, "none", directory, "x"));
        assertThat(outcome.wcc()).isEqualTo(Wcc.unchanged(fixture.attributes(fixture.root)));
        assertThat(outcome.otherWcc()).isEqualTo(Wcc.unchanged(fixture.attributes(directory)));
    }

    @Test
    void hardLinksAreOneObject() throws Exception {
        long directory = fixture.directory("d");
        long file = fixture.file("f");
        long changeNs = fixture.attributes(file).changeNs();

        Outcome outcome = fixture.link(file, directory, "g");

        assertThat(TestTree.of(outcome).links()).isEqualTo(2);
        assertThat(TestTree.of(outcome).changeNs()).isGreaterThan(changeNs);
        assertThat(outcome.wcc().after()).isEqualTo(fixture.attributes(directory));
        assertThat(fixture.lookup(directory, "g").id()).isEqualTo(file);
        assertThat(Files.isSameFile(fixture.path("f"), fixture.path("d/g"))).isTrue();

        fixture.remove("f");
        assertThat(fixture.attributes(file).links()).isEqualTo(1);
        fixture.reopen();
        assertThat(fixture.attributes(file).links()).isEqualTo(1);
    }

    @Test
    void aLinkRefusesWhatLinkRefuses() {
        long directory = fixture.directory("d");
        long file = fixture.file("f");
        assertThat(fixture.errorOf(link(file, fixture.root, "f"))).isEqualTo(Errno.EEXIST);
        assertThat(fixture.errorOf(link(file, fixture.root, "."))).isEqualTo(Errno.EEXIST);
        assertThat(fixture.errorOf(link(directory, fixture.root, "x"))).isEqualTo(Errno.EPERM);
        assertThat(fixture.errorOf(link(file, file, "x"))).isEqualTo(Errno.ENOTDIR);
        assertThat(fixture.errorOf(link(9999, fixture.root, "x"))).isEqualTo(Errno.ESTALE);
    }

    private Operation link(long id, long directory, String name) {
        return new Operation.Link(fixture.admin, id, directory, Name.of(name));
    }

    @Test
    void linksOfSymlinksAndPipesArePossibleAsOnLinux() throws Exception {
        long link = fixture.symlink("l", "target");
        long pipe = fixture.fifo("p");
        Outcome unusedFirst = fixture.link(link, fixture.root, "l2");
        Outcome unusedSecond = fixture.link(pipe, fixture.root, "p2");
        assertThat(Files.readSymbolicLink(fixture.path("l2"))).hasToString("target");
        assertThat(fixture.lookup("p2").id()).isEqualTo(pipe);
    }

    @Test
    void anExportedDirectoryStays() throws Exception {
        long inner = fixture.directory("inner");
        assertThat(fixture.bind(fixture.path("inner"))).isEqualTo(inner);
        long unusedOther = fixture.directory("other");

        assertThat(fixture.errorOf(removeDirectory("inner"))).isEqualTo(Errno.EBUSY);
        assertThat(fixture.errorOf(rename("other", "inner"))).isEqualTo(Errno.EBUSY);
    }

    @Test
    void aTreeOfManyLevelsIsNoTrouble() throws Exception {
        long at = fixture.root;
        String name = "a-directory-with-a-name-of-some-length-to-get-beyond-the-longest-path";
        for (int i = 0; i < 100; i++) {
            at = fixture.directory(at, name);
        }
        long deepest = at;
        long moved = fixture.directory("moved");
        fixture.done(rename(fixture.root, "moved", deepest, "moved"));
        // Someone else moves something: every place is asked for again.
        Path other = Files.createFile(fixture.path("x"));
        TestTree.move(other, fixture.path("y"));

        assertThat(fixture.attributes(moved).id()).isEqualTo(moved);
        assertThat(fixture.lookup(deepest, "moved").id()).isEqualTo(moved);
        assertThat(fixture.errorOf(rename(fixture.root, name, deepest, "x"))).isEqualTo(Errno.EINVAL);
        Shell.Result unusedGone = Shell.run("rm", "-rf", fixture.path(name));
        TestTree.assertFails(Errno.ESTALE, () -> fixture.attributes(moved));
    }
}
