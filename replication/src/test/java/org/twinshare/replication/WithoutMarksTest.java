package org.twinshare.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.SetAttributes;

/** A file system that keeps no extended attributes, so that nothing bears a mark. */
class WithoutMarksTest extends OwnTree {
    @BeforeEach
    void mount() throws Exception {
        Path image = base.resolve("disk.img");
        assertThat(run("truncate", "-s", "64M", image.toString())).isZero();
        Assumptions.assumeTrue(run("mkfs.ext4", "-q", "-F", "-O", "^ext_attr", image.toString()) == 0, "no mkfs.ext4");
        Assumptions.assumeTrue(run("mount", "-o", "loop", image.toString(), export.toString()) == 0, "cannot mount");
    }

    @AfterEach
    void unmount() throws Exception {
        int unusedCode = run("umount", "-l", export.toString());
    }

    private long make(Served served, String name) {
        SetAttributes mode = new SetAttributes(0755, null, null, null, null, null);
        return served.tree
                .change(call(), new Operation.MakeDirectory(served.admin, served.root, Name.of(name), mode))
                .object();
    }

    @Test
    void aKilledServerKnowsAgainWhatItHadMade() throws Exception {
        Path killed = base.resolve("killed");
        long made;
        try (Served served = Served.open(export, state, Served.SETTINGS, step -> {})) {
            made = make(served, "directory");
            KilledServer.copyState(state, killed);
        }
        assertThat(export.resolve("directory")).isDirectory();

        try (Served again = Served.open(export, killed, Served.SETTINGS, step -> {})) {
            assertThat(again.tree
                            .lookup(again.admin, again.root, Name.of("directory"))
                            .object()
                            .id())
                    .isEqualTo(made);
            assertThat(make(again, "another")).isGreaterThan(made);
        }
    }
}
