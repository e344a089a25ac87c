package org.twinshare.filestore.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.identity.ClusterKey;

/** Attributes that a listing shows again without asking the kernel are those of now, whoever changed the file. */
class ListedAttributesTest {
    private static final int FILES = 300;
    /** A directory that changed less than a tick of the kernel's clock ago is looked at name by name. */
    private static final InstantSource LATER =
            () -> InstantSource.system().instant().plus(Duration.ofSeconds(1));

    @TempDir
    Path temporary;

    private Path directory;
    private LocalTree tree;
    private Caller root;

    @BeforeEach
    void listTwice() throws Exception {
        directory = Files.createDirectory(temporary.resolve("data"));
        for (int i = 0; i < FILES; i++) {
            Files.writeString(directory.resolve("file" + i), "four");
        }
        Path state = Files.createDirectory(temporary.resolve("state"));
        tree = LocalTree.open(state, ClusterKey.in(state), LocalTree.Limits.DEFAULT, LATER);
        long id = tree.bind(directory.toString().getBytes(UTF_8), false);
        root = new Caller(id, 0, 0, new int[0], false);
        list();
        assertThat(list()).hasSize(FILES);
    }

    @AfterEach
    void close() {
        tree.close();
    }

    private Map<String, Attributes> list() throws ErrnoException {
        Map<String, Attributes> found = new HashMap<>();
        long[] cookie = {0};
        boolean end = false;
        while (!end) {
            int[] room = {100};
            FileTree.ListEnd page = tree.list(root, root.root(), cookie[0], true, (next, id, bytes, from, n, shown) -> {
                if (room[0]-- == 0) {
                    return false;
                }
                cookie[0] = next;
                String name = new String(bytes, from, n, UTF_8);
                if (!name.startsWith(".")) {
                    found.put(name, shown);
                }
                return true;
            });
            end = page.endOfDirectory();
        }
        return found;
    }

    private Attributes listed(String name) throws ErrnoException {
        return Objects.requireNonNull(list().get(name), name);
    }

    private void another(String script) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("sh", "-ec", script)
                .directory(directory.toFile())
                .inheritIO()
                .start();
        assertThat(shell.waitFor()).isZero();
    }

    @Test
    void anotherProcessAppends() throws Exception {
        another("printf more >> file7");
        assertThat(listed("file7").sizeBytes()).isEqualTo(8);
    }

    @Test
    void anotherProcessChangesTheMode() throws Exception {
        another("chmod 0604 file8");
        assertThat(listed("file8").mode()).isEqualTo(0604);
    }

    @Test
    void anotherProcessReplacesTheFile() throws Exception {
        long before = listed("file9").id();
        another("printf longer > new; mv new file9");
        assertThat(listed("file9").id()).isNotEqualTo(before);
        assertThat(listed("file9").sizeBytes()).isEqualTo(6);
    }

    @Test
    void anotherProcessGivesTheFileAnotherName() throws Exception {
        Attributes before = listed("file10");
        another("mv file10 elsewhere");
        assertThat(list()).doesNotContainKey("file10");
        assertThat(listed("elsewhere").id()).isEqualTo(before.id());
        assertThat(listed("elsewhere").changeNs()).isGreaterThan(before.changeNs());
    }

    @Test
    void aClientWrites() throws Exception {
        Attributes before = listed("file11");
        ByteBuffer data =
                ByteBuffer.allocateDirect(6).put("longer".getBytes(UTF_8)).flip();
        CallId call = new CallId(InetAddress.getLoopbackAddress(), 1, 7, 0);
        Outcome outcome = tree.change(call, new Operation.Write(root, before.id(), 0, data, Stability.UNSTABLE));
        assertThat(outcome.error()).isNull();
        Attributes after = listed("file11");
        assertThat(after.sizeBytes()).isEqualTo(6);
        assertThat(after).isEqualTo(tree.attributes(root, before.id()));
    }

    @Test
    void nothingHappened() throws Exception {
        Map<String, Attributes> first = list();
        assertThat(list()).isEqualTo(first);
        for (Attributes shown : first.values()) {
            assertThat(shown).isEqualTo(tree.attributes(root, shown.id()));
        }
    }
}
