package org.twinshare.filestore.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.twinshare.filestore.Access;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;

/** Permissions that {@link PermissionOracleTest} does not ask a process for. */
class PermissionCasesTest {
    @RegisterExtension
    final TestTree fixture = new TestTree();

    @Test
    void aLinkNeedsRightsOnTheDirectoryAlone() throws Exception {
        long directory = fixture.directory("d");
        fixture.set(directory, TestTree.owner(1001, 2001));
        long file = fixture.file("f");
        Operation.Link byOwner = new Operation.Link(fixture.user(1001, 2001), file, directory, Name.of("l"));
        Operation.Link byOther = new Operation.Link(fixture.user(1002, 2002), file, directory, Name.of("m"));
        assertThat(fixture.errorOf(byOther)).isEqualTo(Errno.EACCES);
        assertThat(fixture.errorOf(byOwner)).isNull();
        assertThat(fixture.attributes(file).links()).isEqualTo(2);
    }

    @Test
    void anAclThatAnAdministratorSetsIsHonoured() throws Exception {
        long file = fixture.file("f", "content");
        fixture.set(file, TestTree.mode(0640));
        long directory = fixture.directory("d");
        fixture.set(directory, TestTree.mode(0777));
        assertThat(rights(file, 1001)).isZero();

        Shell.Result unusedAccess = Shell.run("setfacl", "-m", "u:1001:rw,g:2002:r", fixture.path("f"));
        Shell.Result unusedDefault = Shell.run("setfacl", "-d", "-m", "u::rwx,g::r,o::-", fixture.path("d"));

        assertThat(rights(file, 1001)).isEqualTo(Access.READ | Access.MODIFY | Access.EXTEND);
        assertThat(fixture.tree
                        .access(fixture.user(1002, 2000, 2002), file, 0xff)
                        .bits())
                .isEqualTo(Access.READ);
        assertThat(rights(file, 1003)).isZero();
        long made = fixture.done(new Operation.Create(
                        fixture.user(1001, 2001),
                        directory,
                        Name.of("n"),
                        Operation.CreateMode.GUARDED,
                        TestTree.mode(0666),
                        0))
                .object();
        assertThat(fixture.attributes(made).mode()).isEqualTo(0640);

        Shell.Result unusedNone = Shell.run("setfacl", "-b", fixture.path("f"));
        assertThat(rights(file, 1001)).isZero();
    }

    private int rights(long id, int uid) throws ErrnoException {
        return fixture.tree.access(fixture.user(uid, 2001), id, 0xff).bits();
    }
}
