package org.twinshare.filestore.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.filestore.LibraryMissing;

/** The library comes into the process by way of a directory that allows it, and leaves nothing there. */
class LibraryFileTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void theNextDirectoryIsTriedAndNothingIsLeftBehind() throws Exception {
        Path place = Files.createDirectory(directory.resolve("place"));
        LibraryFile.load(List.of(directory.resolve("missing"), place));
        assertThat(LibraryFile.functions().find("mdb_get")).isPresent();
        try (Stream<Path> left = Files.list(place)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void whereNoDirectoryAllowsItCauseAndRemedyAreSaid() {
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> LibraryFile.load(List.of(missing)))
                .isInstanceOfSatisfying(LibraryMissing.class, failure -> {
                    assertThat(failure).hasMessageContaining("LMDB");
                    assertThat(failure.why()).contains(missing.toString()).contains("NoSuchFile");
                    assertThat(failure.remedy()).contains("-Djava.io.tmpdir=");
                });
    }
}
