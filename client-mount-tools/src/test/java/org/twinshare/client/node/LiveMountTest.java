package org.twinshare.client.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LiveMountTest {
    /** As Linux 6.1 shows them; the third is mounted over the second. */
    private static final String MOUNTINFO = """
            22 1 0:19 / / rw,relatime - overlay root rw,lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w
            33 22 0:30 / /my\\040data rw,relatime shared:1 - nfs nas:/a\\040b rw,vers=3,hard,addr=10.213.77.1
            34 33 0:31 / /my\\040data ro,noatime - nfs nas:/other rw,vers=3,rsize=1048576,proto=tcp,addr=10.213.77.2
            35 22 0:32 / /secret rw - nfs4 nas:/ rw,vers=4.2
            """;

    private final FakeNode node = new FakeNode().file("/proc/self/mountinfo", MOUNTINFO);

    @Test
    void readsTheLastThatWasMountedAtAPath() {
        LiveMount mount = LiveMount.at(node, Path.of("/my data")).orElseThrow();

        assertThat(mount.source()).isEqualTo("nas:/other");
        assertThat(mount.has("proto=tcp")).isTrue();
        assertThat(mount.has("noatime")).isTrue();
        assertThat(mount.value("addr")).contains("10.213.77.2");
        assertThat(mount.value("size")).isEmpty();
    }

    @Test
    void knowsWhichAreNfs() {
        assertThat(LiveMount.ofNfs(node))
                .extracting(LiveMount::source)
                .containsExactly("nas:/a b", "nas:/other", "nas:/");
    }
}
