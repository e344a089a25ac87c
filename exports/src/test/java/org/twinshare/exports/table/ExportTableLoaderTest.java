package org.twinshare.exports.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.exports.names.FakeNames;
import org.twinshare.exports.names.KnownNames;
import org.twinshare.exports.names.NameResolver;
import org.twinshare.exports.names.RefreshPolicy;

class ExportTableLoaderTest {

    private static final String TEXT = "/a gone.lan(rw) web1.lan(rw)\n/b gone.lan @nobody @webs\n";

    @TempDir
    Path directory;

    private final FakeNames names = new FakeNames();
    private final NameResolver direct = new NameResolver(names, names, Runnable::run, () -> 0, RefreshPolicy.DEFAULT);

    private Path file;

    @BeforeEach
    void fill() throws IOException {
        file = directory.resolve("exports");
        names.host("10.0.0.1", "web1.lan");
        names.netgroup("webs", "web1.lan");
    }

    @Test
    void checksFilesWithoutAskingForAnyName() throws IOException {
        Files.writeString(file, TEXT);

        LoadResult result = ExportTableLoader.check(file, PathMapping.NONE);

        assertThat(result.diagnostics()).isEmpty();
        assertThat(result.table()).isPresent();
        assertThat(names.asked()).isEmpty();
    }

    @Test
    void looksUpTheNamesOfTheTableAndWarnsOnceOfEachThatIsNotFound() throws IOException {
        Files.writeString(file, TEXT);

        LoadResult result = ExportTableLoader.load(file, PathMapping.NONE, direct, Duration.ofSeconds(5));

        assertThat(names.asked()).containsExactlyInAnyOrder("gone.lan", "web1.lan", "@nobody", "@webs");
        assertThat(result.diagnostics()).hasSize(2).noneMatch(found -> found.isError());
        assertThat(result.diagnostics().get(0).text()).isEqualTo(file + """
                        :1:4: warning: host gone.lan is not found: nothing known of it; it lets nobody in until it is
                            /a gone.lan(rw) web1.lan(rw)
                               ^
                            remedy: see what the name service says:  getent ahosts gone.lan""");
        assertThat(result.diagnostics().get(1).text())
                .startsWith(file + ":2:13: warning: netgroup @nobody is not found: nothing known of it; ")
                .endsWith("getent netgroup nobody");
    }

    @Test
    void opensNothingForHostsThatAreNotFound() throws IOException {
        Files.writeString(file, TEXT);
        ExportTable table = ExportTableLoader.load(file, PathMapping.NONE, direct, Duration.ofSeconds(5))
                .table()
                .orElseThrow();

        assertThat(Tables.decide(table, direct, "10.0.0.1", "/a")).isEqualTo("/a web1.lan");
        assertThat(Tables.decide(table, direct, "10.0.0.2", "/a")).isEqualTo("NO_CLIENT_MATCHES");
        assertThat(Tables.decide(table, KnownNames.NONE, "10.0.0.1", "/a")).isEqualTo("NO_CLIENT_MATCHES");
    }

    @Test
    void loadsInTimeThoughNoNameServerAnswers() throws IOException {
        Files.writeString(file, TEXT);

        LoadResult result = ExportTableLoader.load(file, PathMapping.NONE, names.resolver(), Duration.ZERO);

        assertThat(result.table()).isPresent();
        assertThat(result.diagnostics())
                .hasSize(4)
                .allMatch(found -> found.message().contains("no answer yet"));
    }

    @Test
    void asksForNoNameOfATableThatHasAnError() throws IOException {
        Files.writeString(file, TEXT + "/c (rw)\n");

        LoadResult result = ExportTableLoader.load(file, PathMapping.NONE, direct, Duration.ofSeconds(5));

        assertThat(result.table()).isEmpty();
        assertThat(names.asked()).isEmpty();
    }

    @Test
    void findsContradictionsBetweenTheMainFileAndTheOthers() throws IOException {
        Files.writeString(file, "/a 10.0.0.1(rw)\n");
        Files.createDirectory(directory.resolve("exports.d"));
        Path other = Files.writeString(directory.resolve("exports.d/x.exports"), "/a 10.0.0.1(ro)\n");

        assertThat(ExportTableLoader.check(file, PathMapping.NONE).diagnostics())
                .singleElement()
                .satisfies(found -> assertThat(found.text())
                        .startsWith(other + ":1:4: warning: 10.0.0.1 is named twice for /a: the first counts, at "
                                + file + ":1:4"));
    }
}
