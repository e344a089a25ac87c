package org.twinshare.filestore.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.identity.ClusterKey;

/** The tree in a process that may not open by handle or set marks: root in a container, and an ordinary user. */
class FewerRightsTest {
    private static final String FINE = "all is fine";

    @RegisterExtension
    final TestTree fixture = new TestTree();

    /** The process: makes, moves and finds things, with a restart between. */
    static final class Child {
        private final CallId call = new CallId(InetAddress.getLoopbackAddress(), 1, 1, 1);
        private final Path state;
        private final byte[] export;
        private LocalTree tree;
        private Caller caller;

        private Child(String[] arguments) throws Exception {
            state = Path.of(arguments[0]);
            export = arguments[1].getBytes(UTF_8);
            tree = LocalTree.open(state, ClusterKey.in(state), LocalTree.Limits.DEFAULT, InstantSource.system());
            caller = Caller.root(tree.bind(export, false));
        }

        @SuppressWarnings("SystemOut") // this is how it talks to its parent
        public static void main(String[] arguments) throws Exception {
            new Child(arguments).scenario();
            System.out.println(FINE);
        }

        private long done(Operation operation) {
            var outcome = tree.change(call, operation);
            assertThat(outcome.error()).as("%s", operation).isNull();
            return outcome.object();
        }

        private long find(long directory, String name) throws Exception {
            return tree.lookup(caller, directory, Name.of(name)).object().id();
        }

        private void scenario() throws Exception {
            long root = caller.root();
            SetAttributes mode = TestTree.mode(0750);
            long directory = done(new Operation.MakeDirectory(caller, root, Name.of("d"), mode));
            long file =
                    done(new Operation.Create(caller, directory, Name.of("f"), Operation.CreateMode.GUARDED, mode, 0));
            long link = done(new Operation.MakeSymlink(
                    caller, directory, Name.of("l"), SetAttributes.NOTHING, new byte[] {'x'}));
            done(TestTree.writing(caller, file, 0, "content", Stability.FILE_SYNC));
            done(new Operation.Link(caller, file, root, Name.of("hard")));
            done(new Operation.Rename(caller, directory, Name.of("f"), root, Name.of("moved")));
            done(new Operation.Rename(caller, root, Name.of("d"), root, Name.of("e")));

            tree.close();
            tree = LocalTree.open(state, ClusterKey.in(state), LocalTree.Limits.DEFAULT, InstantSource.system());
            assertThat(tree.bind(export, false)).isEqualTo(root);

            assertThat(tree.attributes(caller, file).sizeBytes()).isEqualTo(7);
            assertThat(tree.attributes(caller, file).mode()).isEqualTo(0750);
            assertThat(tree.readlink(caller, link).bytes()).containsExactly('x');
            assertThat(find(root, "hard")).isEqualTo(file);
            assertThat(find(root, "moved")).isEqualTo(file);
            assertThat(find(root, "e")).isEqualTo(directory);
            assertThat(find(directory, "l")).isEqualTo(link);
            done(new Operation.Remove(caller, root, Name.of("moved")));
            assertThat(tree.attributes(caller, file).links()).isEqualTo(1);
            tree.close();
        }
    }

    private void runWith(String... privileges) throws Exception {
        fixture.close();
        Path state = Files.createDirectory(fixture.base.resolve("own-state"));
        Path exported = Files.createDirectory(fixture.base.resolve("own-export"));
        String classPath = copyClassPath();
        Shell.Result unusedOwner = Shell.run("chown", "-R", "1001:2001", fixture.base);
        List<Object> command = new ArrayList<>(List.of("setpriv"));
        command.addAll(List.of(privileges));
        command.addAll(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + fixture.base,
                "-cp",
                classPath));
        Shell.Result seen = Shell.attempt(with(command, "-version"));
        Assumptions.assumeTrue(seen.exitCode() == 0, "setpriv cannot do this here");
        Shell.Result result = Shell.attempt(with(command, Child.class.getName(), state, exported));
        assertThat(result.out()).contains(FINE);
    }

    /** Where every user may read it. */
    private String copyClassPath() throws Exception {
        Path copies = Files.createDirectory(fixture.base.resolve("class-path"));
        List<String> copied = new ArrayList<>();
        for (String entry : Splitter.on(':').split(System.getProperty("java.class.path"))) {
            Path copy = copies.resolve(copied.size() + "-" + Path.of(entry).getFileName());
            Shell.Result unusedCopy = Shell.attempt("cp", "-r", entry, copy);
            copied.add(copy.toString());
        }
        return String.join(":", copied);
    }

    private static Object[] with(List<Object> command, Object... more) {
        List<Object> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all.toArray();
    }

    @Test
    void rootOfAContainerServesWithoutMarksAndHandles() throws Exception {
        runWith("--bounding-set=-sys_admin,-dac_read_search");
    }

    @Test
    void anOrdinaryUserServesWhatBelongsToHim() throws Exception {
        runWith("--reuid=1001", "--regid=2001", "--clear-groups");
    }
}
