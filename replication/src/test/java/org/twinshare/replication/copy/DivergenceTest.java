package org.twinshare.replication.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Stability;

/** Somebody changes the standby's tree by hand: the next record that touches what he changed shows it, and it is mended. */
@Timeout(120)
class DivergenceTest extends AlbumOnBoth {
    private static final Name NAME = Name.of("picture");
    private static final Name OTHER = Name.of("renamed");

    @BeforeEach
    void isEqual() {
        stream.expectsDivergences = true;
        assertThat(found()).isZero();
    }

    private long found() {
        return stream.apply.divergences().state().found();
    }

    private void mode(String name, String mode) throws IOException {
        Files.setPosixFilePermissions(here(name), PosixFilePermissions.fromString(mode));
    }

    private void assertFoundAtTheLastRecordAndMended(String how) throws Exception {
        long record = twin.primary.appliedSequence();
        await().atMost(Duration.ofSeconds(30)).until(() -> found() > 0);
        stream.awaitCaughtUp();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> Trees.assertEqual(twin));
        Divergences.State state = stream.apply.divergences().state();
        assertThat(state.found()).isEqualTo(1);
        assertThat(state.lastRecord()).isEqualTo(record);
        assertThat(state.last()).contains(how);
    }

    @Test
    void theModeOfAFileIsFoundWhenItIsRenamed() throws Exception {
        mode("picture", "rw-------");
        client.rename(directory, NAME, directory, OTHER);
        assertFoundAtTheLastRecordAndMended("mode 600 instead of 644");
    }

    @Test
    void theModeOfAFileIsFoundWhenItIsWrittenTo() throws Exception {
        mode("picture", "rw-------");
        client.write(file, 0, "A".getBytes(UTF_8), Stability.FILE_SYNC);
        assertFoundAtTheLastRecordAndMended("mode 600 instead of 644");
    }

    @Test
    void theModeOfAFileIsFoundWhenItIsCommitted() throws Exception {
        mode("picture", "rw-------");
        client.write(file, 0, "A".getBytes(UTF_8), Stability.UNSTABLE);
        client.commit(file);
        assertFoundAtTheLastRecordAndMended("mode 600 instead of 644");
    }

    @Test
    void theOwnerOfADirectoryIsFoundWhenAFileIsMadeInIt() throws Exception {
        Files.setAttribute(here("."), "unix:uid", 4711);
        client.file(directory, OTHER, 0644);
        assertFoundAtTheLastRecordAndMended("owner 4711:0 instead of 0:0");
    }

    @Test
    void theModeOfADirectoryIsFoundWhenAFileOfItIsRemoved() throws Exception {
        mode(".", "rwx------");
        client.remove(directory, NAME);
        assertFoundAtTheLastRecordAndMended("mode 700 instead of 755");
    }

    @Test
    void theSizeOfAFileIsFoundWhenItGetsAnotherName() throws Exception {
        Files.writeString(here("picture"), " and more", StandardOpenOption.APPEND);
        client.link(file, directory, OTHER);
        assertFoundAtTheLastRecordAndMended("size or mtime");
    }

    @Test
    void whatAProcessChangedOnThePrimaryIsFoundToo() throws Exception {
        Files.setPosixFilePermissions(there("picture"), PosixFilePermissions.fromString("rw-rw-rw-"));
        client.link(file, directory, OTHER);
        assertFoundAtTheLastRecordAndMended("mode 644 instead of 666");
    }
}
