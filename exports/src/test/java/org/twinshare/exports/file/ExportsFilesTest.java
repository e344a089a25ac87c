package org.twinshare.exports.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.twinshare.exports.file.Parsed.pathsAndClients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main file and the directory beside it: exports(5), "Extra Export Tables". */
class ExportsFilesTest {

    @TempDir
    Path directory;

    private Path main;
    private Path extra;

    @BeforeEach
    void chooseNames() {
        main = directory.resolve("exports");
        extra = directory.resolve("exports.d");
    }

    @Test
    void readsTheMainFileFirstAndThenTheOthersInTheOrderOfTheirNames() throws IOException {
        write(main, "/main 10.0.0.1\n");
        write(extra.resolve("b.exports"), "/b 10.0.0.1\n");
        write(extra.resolve("a.exports"), "/a 10.0.0.1\n");
        write(extra.resolve("C.exports"), "/c 10.0.0.1\n");

        assertThat(pathsAndClients(ExportsReader.read(main)))
                .containsExactly("/main 10.0.0.1", "/c 10.0.0.1", "/a 10.0.0.1", "/b 10.0.0.1");
    }

    @Test
    void leavesOutOtherFilesAndHiddenOnes() throws IOException {
        write(main, "/main 10.0.0.1\n");
        write(extra.resolve(".hidden.exports"), "nonsense\n");
        write(extra.resolve("a.exports~"), "nonsense\n");
        write(extra.resolve("README"), "nonsense\n");

        ParseResult result = ExportsReader.read(main);

        assertThat(result.diagnostics()).isEmpty();
        assertThat(pathsAndClients(result)).containsExactly("/main 10.0.0.1");
    }

    @Test
    void namesTheFileThatIsWrong() throws IOException {
        write(main, "/main 10.0.0.1\n");
        write(extra.resolve("a.exports"), "\n/a (rw)\n");

        assertThat(ExportsReader.read(main).diagnostics())
                .singleElement()
                .satisfies(found -> assertThat(found.location().text()).isEqualTo(extra.resolve("a.exports") + ":2:4"));
    }

    @Test
    void needsNoMainFileWhereThereAreOthers() throws IOException {
        write(extra.resolve("a.exports"), "/a 10.0.0.1\n");

        assertThat(ExportsReader.read(main).diagnostics()).isEmpty();
        assertThat(pathsAndClients(ExportsReader.read(main))).containsExactly("/a 10.0.0.1");
    }

    @Test
    void reportsThatThereIsNoFileAtAll() {
        assertThat(ExportsReader.read(main).diagnostics())
                .singleElement()
                .satisfies(found -> assertThat(found.text()).startsWith(main + ": error: there is no such file"));
    }

    @Test
    void reportsWhatIsNoFile() throws IOException {
        Files.createDirectories(main);
        Files.createDirectories(extra.resolve("a.exports"));

        assertThat(ExportsReader.read(main).diagnostics())
                .hasSize(2)
                .allMatch(found -> found.message().equals("not a regular file"));
    }

    @Test
    void refusesAFileOfMoreThanAMegabyte() throws IOException {
        write(main, "#".repeat(1 << 20) + "\n");

        assertThat(ExportsReader.read(main).diagnostics())
                .singleElement()
                .satisfies(found -> assertThat(found.message()).isEqualTo("longer than 1048576 bytes"));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
