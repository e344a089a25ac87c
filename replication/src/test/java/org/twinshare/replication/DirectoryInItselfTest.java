package org.twinshare.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.SetAttributes;

/**
 * A local process moves a directory out of another one, and a client moves that into it. The first move is nobody's to
 * repeat: where a crash of the system takes it back, the second one cannot be.
 */
class DirectoryInItselfTest extends OwnTree {
    private long make(Served served, long directory, String name) {
        SetAttributes mode = new SetAttributes(0755, null, null, null, null, null);
        Outcome made =
                served.tree.change(call(), new Operation.MakeDirectory(served.admin, directory, Name.of(name), mode));
        assertThat(made.error()).isNull();
        return made.object();
    }

    @Test
    void theServerStartsAndNothingIsLost() throws Exception {
        Path killed = base.resolve("killed");
        try (Served served = Served.open(export, state, Served.SETTINGS, step -> {})) {
            long outer = make(served, served.root, "outer");
            make(served, outer, "inner");
            Files.writeString(export.resolve("outer/file"), "kept");
            Files.writeString(export.resolve("outer/inner/file"), "kept too");
            served.tree.checkpoint();
            Files.move(export.resolve("outer/inner"), export.resolve("inner"));
            long inner = served.tree
                    .lookup(served.admin, served.root, Name.of("inner"))
                    .object()
                    .id();
            Outcome moved = served.tree.change(
                    call(), new Operation.Rename(served.admin, served.root, Name.of("outer"), inner, Name.of("outer")));
            assertThat(moved.error()).isNull();
            KilledServer.copyState(state, killed);
        }
        Files.move(export.resolve("inner/outer"), export.resolve("outer"));
        Files.move(export.resolve("inner"), export.resolve("outer/inner"));

        try (Served again = Served.open(export, killed, Served.SETTINGS, step -> {})) {
            assertThat(again.tree.lookup(again.admin, again.root, Name.of("outer")))
                    .isNotNull();
        }
        try (var all = Files.walk(export)) {
            assertThat(all.filter(Files::isRegularFile).map(DirectoryInItselfTest::text))
                    .containsExactlyInAnyOrder("kept", "kept too");
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
