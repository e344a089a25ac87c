package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A large tree that was there before the server: no scan keeps clients waiting, and memory does not grow with the tree. With
 * 100,000 files, unless {@code -Dtwinshare.many.files=1000000} says otherwise, as the goal does.
 */
@Tag("alone")
class ManyFilesIT {
    private static final int FILES = Integer.getInteger("twinshare.many.files", 100_000);
    private static final int FILES_PER_DIRECTORY = 2_000;
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final long MIB_KIB = 1024;

    private Lab lab;
    private Path data;

    @BeforeEach
    void make() {
        lab = Lab.open();
        data = lab.directory("data");
        String script = """
                my ($top, $files, $each) = @ARGV;
                for my $d (0 .. $files / $each - 1) {
                    mkdir "$top/d$d" or die $!; chdir "$top/d$d" or die $!;
                    for (1 .. $each) { open F, ">", "file-number-$_" or die $!; close F }
                }""";
        Shell.run(Map.of(), LONG, List.of("perl", "-e", script, data.toString(), FILES + "", FILES_PER_DIRECTORY + ""))
                .orFail();
    }

    @AfterEach
    void close() throws Exception {
        if (lab != null) {
            Shell.run(Map.of(), LONG, List.of("rm", "-rf", data.toString()));
            lab.close();
        }
    }

    @Test
    void aLargeTreeIsServedAtOnceAndListedInLittleMemory() throws Exception {
        LabProgram program = lab.program(FirstListing.class);
        CompletableFuture<List<String>> listing = CompletableFuture.supplyAsync(
                () -> program.ask("/localData/d7"),
                runnable -> Thread.ofVirtual().start(runnable));
        long started = System.nanoTime();
        LabServer server = lab.serve(data.toString());
        long servingMillis = (System.nanoTime() - started) / 1_000_000;
        String firstMillis = listing.get(1, TimeUnit.MINUTES).get(0);

        LabClient web = lab.boot("web1");
        long begin = System.nanoTime();
        String found =
                web.run(LONG, List.of(), "find . -type f -printf x | wc -c").orFail();
        long listMillis = (System.nanoTime() - begin) / 1_000_000;
        String inodes = web.run(LONG, List.of(), "find . -type f -printf '%i\\n' | sort -u | wc -l")
                .orFail();

        System.out.println(FILES + " files: first listing " + firstMillis
                + " ms after the start of the process, which served after "
                + servingMillis + " ms; all listed in " + listMillis + " ms, server at most "
                + kib(server, "VmHWM") / MIB_KIB + " MiB, now " + kib(server, "RssAnon") / MIB_KIB
                + " MiB of its own and "
                + kib(server, "RssFile") / MIB_KIB + " MiB of files");
        assertThat(found.strip()).isEqualTo(Integer.toString(FILES));
        assertThat(inodes.strip()).isEqualTo(Integer.toString(FILES));
        // A start of Java itself on a machine that tests keep busy is not what this is about.
        assertThat(Long.parseLong(firstMillis) - servingMillis).isLessThan(2_000);
        assertThat(kib(server, "VmHWM")).isLessThan(512 * MIB_KIB);
    }

    private static long kib(LabServer server, String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + server.pid() + "/status")).stream()
                .filter(line -> line.startsWith(key + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
