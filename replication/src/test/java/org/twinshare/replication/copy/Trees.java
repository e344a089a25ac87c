package org.twinshare.replication.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.ObjectDescription;
import org.twinshare.filestore.identity.Mark;
import org.twinshare.filestore.local.TreeView;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;

/** Looks at whole trees, for tests. */
final class Trees {
    private Trees() {}

    /** Every path of a tree, with all that must be equal on both servers. */
    static Map<String, String> of(TreeView tree, long root) throws Exception {
        Map<String, String> all = new TreeMap<>();
        all.put("/", text(tree, tree.describe(root, false)));
        below(tree, root, "/", all);
        return all;
    }

    /** The same, where no record told of a change: the standby shows the time of the repair then. */
    static Map<String, String> withoutCtimes(TreeView tree, long root) throws Exception {
        Map<String, String> all = of(tree, root);
        all.replaceAll((path, text) -> text.replaceAll(" ctime \\d+", ""));
        return all;
    }

    /** Of an object that {@link #of} tells of; the root has no cookie before it. */
    static long id(String text) {
        String[] words = text.split(" ", 3);
        return Long.parseLong(words[1].chars().allMatch(Character::isDigit) ? words[1] : words[0]);
    }

    private static void below(TreeView tree, long directory, String path, Map<String, String> all) throws Exception {
        long cookie = 0;
        while (true) {
            TreeView.Page page = tree.page(directory, cookie, 100);
            for (TreeView.Entry entry : page.entries()) {
                cookie = entry.cookie();
                String name = path + entry.name();
                ObjectDescription object = tree.describe(entry.id(), false);
                all.put(name, entry.cookie() + " " + text(tree, object));
                if (object.type() == FileType.DIRECTORY) {
                    below(tree, entry.id(), name + "/", all);
                }
            }
            if (page.endOfDirectory()) {
                return;
            }
        }
    }

    private static String text(TreeView tree, ObjectDescription object) throws Exception {
        long size = object.type() == FileType.DIRECTORY ? 0 : object.sizeBytes();
        long links = object.links();
        String verifier = String.valueOf(object.verifier());
        return object.id() + " " + object.type() + " " + Integer.toOctalString(object.mode()) + " " + object.uid() + ":"
                + object.gid() + " links " + links + " size " + size + " mtime " + object.modifyNs() + " ctime "
                + object.changeNs() + " verifier " + verifier + " target "
                + HexFormat.of().formatHex(object.target()) + " content " + content(tree, object);
    }

    private static long content(TreeView tree, ObjectDescription object) throws Exception {
        if (object.type() != FileType.REGULAR) {
            return 0;
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);
        CRC32C sum = new CRC32C();
        long offset = 0;
        int count = tree.read(object.id(), offset, bytes);
        while (count > 0) {
            sum.update(bytes.flip());
            offset += count;
            bytes.clear();
            count = tree.read(object.id(), offset, bytes);
        }
        return sum.getValue();
    }

    /** The index of the standby knows the objects and names of the primary and no other ones, and each has its mark. */
    static void assertIndexed(Twin twin) throws Exception {
        TreeView primary = twin.primaryTree.view();
        Map<String, String> all = of(primary, twin.root);
        Set<Long> ids = new HashSet<>();
        for (Map.Entry<String, String> each : all.entrySet()) {
            long id = id(each.getValue());
            ids.add(id);
            assertThat(twin.standbyTree.view().describe(id, true).places())
                    .as(each.getKey())
                    .containsExactlyInAnyOrderElementsOf(
                            primary.describe(id, true).places());
            byte[] path =
                    twin.export("s").resolve("." + each.getKey()).toString().getBytes(UTF_8);
            int fd = Posix.openat(Posix.AT_FDCWD, path, OpenFlags.O_PATH, 0);
            try {
                Mark mark = new Mark(
                        twin.standbyTree.clusterId(), id, Posix.fstat(fd).inode());
                assertThat(Mark.of(fd)).as(each.getKey()).isEqualTo(mark);
            } finally {
                Posix.close(fd);
            }
        }
        assertThat(twin.standbyTree.objectsKnown()).isEqualTo(ids.size());
    }

    static void assertEqual(Twin twin) throws Exception {
        Map<String, String> wanted = of(twin.primaryTree.view(), twin.root);
        Map<String, String> here = of(twin.standbyTree.view(), twin.root);
        assertThat(here.keySet()).isEqualTo(wanted.keySet());
        wanted.forEach((path, text) -> assertThat(here.get(path)).as(path).isEqualTo(text));
        assertThat(twin.export("s").resolve(".twinshare-recovery")).doesNotExist();
    }
}
