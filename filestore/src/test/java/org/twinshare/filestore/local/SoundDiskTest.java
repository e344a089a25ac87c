package org.twinshare.filestore.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;

class SoundDiskTest {
    private final SoundDisk disk = new SoundDisk();
    private final List<String> told = new ArrayList<>();

    SoundDiskTest() {
        disk.whenLost(told::add);
    }

    private void failingSync(long object, Errno errno) {
        assertThatThrownBy(() -> disk.sync(object, () -> {
                    throw new ErrnoException(errno, "fdatasync");
                }))
                .isInstanceOf(ErrnoException.class)
                .hasMessageContaining(errno.name());
    }

    @Test
    void theFirstErrorOfEachObjectMayBeAnOldOneAndTheSecondCounts() throws Exception {
        failingSync(7, Errno.EIO);
        failingSync(8, Errno.EUCLEAN);
        disk.sync(7, () -> {});
        assertThat(told).isEmpty();

        failingSync(7, Errno.EIO);

        assertThat(told).singleElement().asString().contains("object 7", "EIO");
    }

    @Test
    void nothingIsBelievedOnceSomethingIsLost() {
        assertThatThrownBy(() -> disk.syncAll(() -> {
                    throw new ErrnoException(Errno.EIO, "syncfs");
                }))
                .isInstanceOf(ErrnoException.class);

        assertThat(told).hasSize(1);
        // Where nothing is run that could fail.
        assertThatThrownBy(() -> disk.sync(9, () -> {})).hasMessageContaining("EIO");
        assertThatThrownBy(() -> disk.syncAll(() -> {})).hasMessageContaining("EIO");
        assertThat(told).hasSize(1);
    }

    @Test
    void aDiskThatIsFullHasLostNothing() throws Exception {
        failingSync(7, Errno.ENOSPC);
        failingSync(7, Errno.EDQUOT);
        disk.sync(7, () -> {});
        disk.syncAll(() -> {});
        assertThat(told).isEmpty();
    }
}
