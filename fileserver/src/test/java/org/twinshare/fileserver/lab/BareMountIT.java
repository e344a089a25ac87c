package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Rule 1 with a client that is told nothing but server and path: it asks our portmapper, tries NFSv4 first, and believes that
 * there are locks.
 */
@Tag("alone")
class BareMountIT {
    /** It takes a tenth of that; what is to be told apart from it is a lock that hangs for ever. */
    private static final long AT_ONCE_MS = 10_000;

    private static Lab lab;
    private static LabClient web;

    @BeforeAll
    static void boot() {
        lab = Lab.open();
        Path data = lab.directory("data");
        lab.serve(data.toString());
        web = lab.boot("web1", "--no-mount", "--lock");
        web.sh("mkdir -p " + LabClient.MOUNT);
    }

    @AfterAll
    static void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private static Shell.Result timed(String script) {
        return web.run(
                Duration.ofSeconds(60),
                List.of(),
                "begin=$(date +%s%N); (" + script + ") 2>&1 && echo granted || echo refused\n"
                        + "echo $((($(date +%s%N) - begin) / 1000000)) >&2");
    }

    @Test
    void fallsBackToVersionThreeAndRefusesLocksAtOnce() {
        Shell.Result mounted = timed("mount -t nfs " + Lab.SERVER + ":/localData " + LabClient.MOUNT);
        assertThat(mounted.out()).isEqualTo("granted\n");
        assertThat(millis(mounted)).isLessThan(10_000);
        assertThat(web.sh("grep ' " + LabClient.MOUNT + " ' /proc/mounts; touch f; ls f"))
                .contains(" nfs ", "vers=3", "proto=tcp", "local_lock=none")
                .endsWith("f\n");

        Shell.Result flock = timed("flock -n f true");
        assertThat(flock.out()).contains("No locks available").endsWith("refused\n");
        assertThat(millis(flock)).isLessThan(AT_ONCE_MS);

        Shell.Result fcntl = timed(
                "perl -MFcntl=:DEFAULT -e 'open F, \"+<\", \"f\" or die;"
                        + " my $lock = pack(\"s s x4 q q i x4\", F_WRLCK, 0, 0, 0, 0); fcntl F, F_SETLKW, $lock or die \"$!\"'");
        assertThat(fcntl.out()).contains("No locks available").endsWith("refused\n");
        assertThat(millis(fcntl)).isLessThan(AT_ONCE_MS);
        web.sh("cd /; umount " + LabClient.MOUNT);
    }

    @Test
    void withNolockLocksAreGrantedWithinTheClient() {
        web.sh("mkdir -p /mnt/own; mount -t nfs -o nolock " + Lab.SERVER + ":/localData /mnt/own");

        assertThat(timed("cd /mnt/own; touch g; flock -n g true; cd /; umount /mnt/own")
                        .out())
                .isEqualTo("granted\n");
    }

    @Test
    void nothingButTheServerListens() {
        String programs = lab.inNetwork("rpcinfo", "-p", "127.0.0.1").orFail();
        String listening = lab.inNetwork("ss", "-Hltunp").orFail();

        // 100024 is statd; lock calls (100021) are answered on the server's own port.
        assertThat(programs).contains("100000", "100003", "100005", "100021").doesNotContain("100024");
        assertThat(programs.lines().filter(line -> line.contains("100021")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).contains(" 2049 "));
        assertThat(listening.lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).contains("\"java\""));
    }

    private static long millis(Shell.Result result) {
        return Long.parseLong(result.err().strip());
    }
}
