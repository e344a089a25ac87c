package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a web node notices of a server that is killed or stopped and started again: that it waits, and nothing else. */
@Tag("alone")
class RestartIT {
    private static final Duration LONG = Duration.ofMinutes(3);

    private static Lab lab;
    private static Path data;
    private static LabServer server;
    private static LabClient web;

    @BeforeAll
    static void mount() {
        lab = Lab.open();
        data = lab.directory("data");
        server = lab.serve(data.toString());
        web = lab.boot("web1");
    }

    @AfterAll
    static void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private static String endOf(CompletableFuture<String> running) throws Exception {
        return running.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    private static void awaitBytes(String file, long bytes) {
        Awaitility.await(file + " has " + bytes + " bytes")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> size(data.resolve(file)) >= bytes);
    }

    private static void awaitFile(String file) {
        Awaitility.await(file + " is there")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Files.exists(data.resolve(file)));
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    @Test
    void aWriteGoesOnWhenTheServerWasKilledInTheMiddle() throws Exception {
        CompletableFuture<String> writing = web.meanwhile(LONG, """
                perl -e 'srand(7); print pack("L*", map { int rand 4294967296 } 1..65536) for 1..640' > /dev/shm/source
                dd if=/dev/shm/source of=big bs=256k conv=fsync status=none
                echo 3 > /proc/sys/vm/drop_caches
                cksum < /dev/shm/source; cksum < big; rm /dev/shm/source
                """);
        for (long bytes : List.of(5L << 20, 60L << 20)) {
            awaitBytes("big", bytes);
            server.kill();
            server.start();
        }

        List<String> sums = endOf(writing).lines().toList();

        assertThat(sums.get(1)).isEqualTo(sums.get(0)).endsWith(" " + (640L << 18));
    }

    @Test
    void manySmallFilesArriveWhenTheServerIsKilledAgainAndAgain() throws Exception {
        CompletableFuture<String> writing = web.meanwhile(LONG, """
                mkdir small; cd small
                perl -e 'for (1..600) { open F, ">", "f$_" or die "$_: $!"; print F "content $_\\n"; close F or die "$_: $!" }'
                echo 3 > /proc/sys/vm/drop_caches
                perl -e 'for (1..600) { open F, "<", "f$_" or die; die "$_" unless <F> eq "content $_\\n" } print "right\\n"'
                ls | wc -l
                """);
        for (int files : List.of(50, 250)) {
            awaitFile("small/f" + files);
            server.kill();
            server.start();
        }

        assertThat(endOf(writing)).isEqualTo("right\n600\n");
    }

    @Test
    void openFilesAndWorkingDirectoriesStayValid() throws Exception {
        CompletableFuture<String> holding = web.meanwhile(LONG, """
                mkdir -p kept/sub; echo old > kept/removed; echo one > kept/open; ln -s open kept/link
                exec 3>> kept/open; exec 4< kept/removed; rm kept/removed; cd kept/sub
                stat -c '%n %i' . .. ../open ../link > /run/before; touch ready; until [ -e /run/go ]; do sleep 0.1; done
                echo two >&3; exec 3>&-; cat <&4; exec 4<&-
                echo 3 > /proc/sys/vm/drop_caches; stat -c '%n %i' . .. ../open ../link | cmp /run/before - && echo same
                cat ../link; ls -A ..
                """);
        awaitFile("kept/sub/ready");
        server.kill();
        server.start();
        web.sh("touch /run/go");

        assertThat(endOf(holding)).isEqualTo("old\nsame\none\ntwo\nlink\nopen\nsub\n");
    }

    @Test
    void aCleanStopAnswersWhatIsInFlight() throws Exception {
        CompletableFuture<String> writing = web.meanwhile(LONG, """
                for i in 1 2 3 4; do dd if=/dev/zero of=sync$i bs=128k count=200 oflag=sync status=none & done
                wait; cat sync? | cksum; head -c $((128 * 1024 * 800)) /dev/zero | cksum; rm sync?
                """);
        awaitBytes("sync1", 1 << 20);

        Duration took = server.stop();
        boolean answered = server.output().contains("Stopped; all calls were answered.");
        server.start();

        assertThat(took).isLessThan(Duration.ofSeconds(5));
        assertThat(answered).as(server.output()).isTrue();
        List<String> sums = endOf(writing).lines().toList();
        assertThat(sums.get(0)).isEqualTo(sums.get(1));
    }
}
