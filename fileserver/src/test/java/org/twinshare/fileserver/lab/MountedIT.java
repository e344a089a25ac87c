package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a web node does with a mounted export every day. */
@Tag("alone")
class MountedIT {
    private static Lab lab;
    private static LabServer server;
    private static LabClient web;

    @BeforeAll
    static void mount() {
        lab = Lab.open();
        Path data = lab.directory("data");
        server = lab.serve(data.toString());
        web = lab.boot("web1");
    }

    @AfterAll
    static void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void mountsWithTheLineThatTheServerPrints() {
        String printed = server.output()
                .lines()
                .filter(line -> line.contains("Mount it:"))
                .map(line -> line.substring(line.indexOf("sudo ") + "sudo ".length()))
                .findFirst()
                .orElseThrow();

        String options = web.sh("mkdir -p /localData; " + printed + """

                echo through > /localData/printed; cat printed
                grep ' /localData nfs ' /proc/mounts; umount /localData; rm printed
                """);

        assertThat(options)
                .startsWith("through\n")
                .contains("vers=3", "hard", "nolock", "proto=tcp", "mountproto=tcp", "rsize=1048576", "wsize=1048576");
    }

    @Test
    void makesWritesReadsRenamesAndRemoves() {
        String listed = web.sh("echo hello > f; mkdir d; mv f d/g; cat d/g; ls d; rm -r d; ls");

        assertThat(listed).isEqualTo("hello\ng\n");
    }

    @Test
    void writesTwoHundredMegabytesAndReadsThemBack() {
        String sums = web.sh("""
                openssl enc -aes-128-ctr -nosalt -K 0 -iv 0 -in /dev/zero 2>/dev/null | head -c 209715200 > /dev/shm/big
                dd if=/dev/shm/big of=big bs=1M conv=fsync 2>/dev/null
                echo 3 > /proc/sys/vm/drop_caches
                cksum < /dev/shm/big; cksum < big; rm big /dev/shm/big
                """);

        List<String> lines = sums.lines().toList();
        assertThat(lines.get(1)).isEqualTo(lines.get(0)).contains("209715200");
    }
}
