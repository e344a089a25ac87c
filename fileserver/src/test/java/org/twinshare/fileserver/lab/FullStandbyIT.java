package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The standby's disk is full and the primary's is not: nobody is stopped, it is told, and it heals when there is room. */
@Tag("alone")
class FullStandbyIT {
    private PairLab pair;

    @BeforeEach
    void open() {
        pair = new PairLab("--alone-after", "3");
        Shell.run("mount", "-t", "tmpfs", "-o", "size=24m,mode=777", "tmpfs", standbysDisk())
                .orFail();
    }

    @AfterEach
    void close() throws Exception {
        if (pair != null) {
            pair.two.close();
            Shell.run("umount", "-l", standbysDisk());
            pair.close();
        }
    }

    private String standbysDisk() {
        return pair.data("nas2").toString();
    }

    @Test
    void uploadsGoOnAndTheStandbyCatchesUpWhenItHasRoom() throws Exception {
        LabClient web = pair.boot("web1");
        pair.join();
        PairLab.awaitInStep(pair.one);
        web.sh(
                "dd if=/dev/urandom of=large bs=1M count=40 conv=fsync 2>&1; for i in 1 2 3; do echo $i >small$i; sync small$i; done");

        Shell.Result degraded = pair.one.twinshare("status", "-x");
        assertThat(degraded.exitCode()).as(degraded.out()).isEqualTo(3);
        assertThat(degraded.out()).contains("DEGRADED");
        assertThat(pair.two.output()).contains("ENOSPC");

        Shell.run("mount", "-o", "remount,size=200m", standbysDisk()).orFail();
        PairLab.awaitInStep(pair.one);
        web.sh("echo more >more; sync more");
        pair.awaitEqualTrees("after there was room again");
    }
}
