package org.twinshare.fileserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.twinshare.exports.BytePath;

final class MountTableTest {
    /** The example of proc(5), and a mount point with a blank and a backslash as that page escapes them. */
    private static final MountTable TABLE = MountTable.of(List.of(
            "36 35 98:0 /mnt1 /mnt/parent rw,noatime master:1 - ext3 /dev/root rw,errors=continue",
            "37 36 98:1 / /mnt/parent/inner rw - ext4 /dev/sdb rw",
            "38 36 98:2 / /mnt/with\\040blank\\134 rw - ext4 /dev/sdc rw"));

    @Test
    void knowsWhatIsMountedExactlyThere() {
        assertThat(TABLE.isMountPoint(BytePath.of("/mnt/parent"))).isTrue();
        assertThat(TABLE.isMountPoint(BytePath.of("/mnt/parent/inner"))).isTrue();
        assertThat(TABLE.isMountPoint(BytePath.of("/mnt/with blank\\"))).isTrue();
        assertThat(TABLE.isMountPoint(BytePath.of("/mnt"))).isFalse();
        assertThat(TABLE.isMountPoint(BytePath.of("/mnt/parent/other"))).isFalse();
    }

    @Test
    void knowsWhatIsMountedBelow() {
        assertThat(TABLE.below(BytePath.of("/mnt/parent"))).containsExactly(BytePath.of("/mnt/parent/inner"));
        assertThat(TABLE.below(BytePath.of("/mnt"))).hasSize(3);
        assertThat(TABLE.below(BytePath.of("/mnt/par"))).isEmpty();
    }

    @Test
    void readsTheKernelsOwn() {
        assertThat(MountTable.read().isMountPoint(BytePath.of("/proc"))).isTrue();
    }
}
