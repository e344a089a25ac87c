package org.twinshare.exports.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The example that is shipped works as written, and so do its lines that are commented out. */
class ExportsExampleTest {

    private static final Path EXAMPLE = Path.of("exports.example");

    @Test
    void exportsTheArticlesLineAsWritten() throws IOException {
        assertThat(Files.readAllLines(EXAMPLE)).contains("/localData 192.168.1.2(rw,no_root_squash)");

        ParseResult result = ExportsReader.read(EXAMPLE);

        assertThat(result.diagnostics()).isEmpty();
        assertThat(result.entries()).singleElement().satisfies(entry -> {
            assertThat(entry.path()).hasToString("/localData");
            assertThat(entry.text())
                    .isEqualTo("192.168.1.2(rw,sync,wdelay,hide,sec=sys,secure,no_root_squash,no_all_squash)");
        });
    }

    @Test
    void offersOnlyLinesThatCanBeUsedWithoutTheirCommentSign() throws IOException {
        String uncommented = Files.readString(EXAMPLE).replaceAll("(?m)^#(?=[/\" ] {2,}\\d|[/\"])", "");

        ParseResult result = Parsed.parse(uncommented);

        assertThat(result.diagnostics()).isEmpty();
        assertThat(result.entries()).hasSizeGreaterThan(15);
    }
}
