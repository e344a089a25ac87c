package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Quotas of the file system hold for what clients write, though the server is root. In a kernel that has them. */
@Tag("alone")
class QuotaIT {
    private static final int LIMITED = 1001;
    private static final int UNLIMITED = 1002;
    /** 400 KiB, 10 objects. */
    private static final String LIMITS = "setquota -u " + LIMITED + " 400 400 10 10 /disk/data";

    private Lab lab;

    @BeforeEach
    void open() {
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/setquota")), "needs setquota: apt-get install quota");
        lab = Lab.open();
    }

    @AfterEach
    void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void whatPassesAUsersQuotaFailsWithDquotAndNothingElseDoes() {
        CrashServer server = new CrashServer(
                lab,
                "nas",
                CrashCalls.SERVER,
                "",
                List.of("-O", "quota", "-E", "quotatype=usrquota"),
                "modprobe quota_v2; quotaon -u /disk/data; " + LIMITS);
        server.start();
        LabClient web = lab.boot("web1", "--server", CrashCalls.SERVER);

        assertThat(as(web, LIMITED, "dd if=/dev/zero of=large bs=64k count=16 conv=fsync"))
                .contains("Disk quota exceeded");
        assertThat(as(web, LIMITED, "rm large && echo hello >small && sync small && cat small"))
                .isEqualTo("hello\n");
        assertThat(as(web, LIMITED, "for i in 1 2 3 4 5 6 7 8 9 10; do mkdir d$i || break; done; ls -d d* | wc -l"))
                .contains("Disk quota exceeded")
                .endsWith("9\n");
        assertThat(as(
                        web,
                        UNLIMITED,
                        "dd if=/dev/zero of=other bs=64k count=16 conv=fsync status=none && stat -c %s other"))
                .isEqualTo("1048576\n");
    }

    private static String as(LabClient web, int user, String script) {
        return web.run(Duration.ofMinutes(1), List.of("--user", user + ":" + user), "{ " + script + "; } 2>&1")
                .out();
    }
}
