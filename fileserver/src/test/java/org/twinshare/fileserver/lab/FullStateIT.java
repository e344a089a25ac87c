package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The disk of the primary's state, which may be the one of the uploads, is full when its standby goes. */
@Tag("alone")
class FullStateIT {
    private final AtomicReference<Path> state = new AtomicReference<>();

    private PairLab pair;

    private void mountState(PairLab before) {
        Path directory = Objects.requireNonNull(before.journal("nas1").getParent());
        state.set(directory);
        FailingDisk.shareMountsBeside(directory);
        Shell.run("mkdir", "-p", directory.toString()).orFail();
        Shell.run("mount", "-t", "tmpfs", "-o", "size=200m,mode=700", "tmpfs", directory.toString())
                .orFail();
    }

    private Path filler() {
        return Objects.requireNonNull(state.get()).resolve("filler");
    }

    @BeforeEach
    void open() {
        pair = new PairLab(this::mountState, "--alone-after", "3");
    }

    @AfterEach
    void close() throws Exception {
        if (pair != null) {
            pair.one.close();
            pair.two.close();
            String directory = String.valueOf(state.get());
            Shell.run("umount", "-l", directory);
            Shell.run("umount", "-l", Path.of(directory).resolveSibling("").toString());
            pair.close();
        }
    }

    @Test
    void aPrimaryGoesOnAloneAndStartsSoThatFilesCanBeRemoved() {
        LabClient web = pair.boot("web1");
        pair.join();
        PairLab.awaitInStep(pair.one);
        web.sh("for i in 1 2 3; do echo $i >small$i; sync small$i; done");
        assertThat(Shell.run("dd", "if=/dev/zero", "bs=4k", "of=" + filler()).exitCode())
                .as("its disk is full")
                .isEqualTo(1);
        pair.two.kill();

        web.sh("rm small1; echo more >small2; sync small2");

        assertThat(pair.one.status()).contains("replying without the standby");
        pair.one.kill();
        pair.one.start();
        web.sh("rm small2; echo more >small3; sync small3; mkdir album");
        Shell.run("rm", filler().toString()).orFail();
        pair.two.start("clients");
        PairLab.awaitInStep(pair.one);
        pair.awaitEqualTrees("after there was room again");
    }
}
