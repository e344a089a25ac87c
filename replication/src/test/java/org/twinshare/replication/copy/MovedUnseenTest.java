package org.twinshare.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.NetState.Slot;

/** A local process moves directories on the primary, and no record tells where to: the primary is asked, and knows it. */
class MovedUnseenTest {
    private Twin twin;
    private Client client;

    @BeforeEach
    void begin() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        twin = new Twin();
        client = new Client(twin.primary, twin.root);
    }

    @AfterEach
    void end() throws Exception {
        twin.close();
    }

    @Test
    void theStandbyFollowsWhereADirectoryWouldLieInItselfByTheRecords() throws Exception {
        long outer = client.directory(twin.root, Name.of("outer"), 0755);
        long inner = client.directory(twin.root, Name.of("inner"), 0755);
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.copyAndFollow();
        }
        Path export = twin.export("p");
        Files.writeString(export.resolve("outer/found"), "of a local process");
        long unusedFound = client.lookup(outer, Name.of("found"));
        client.rename(twin.root, Name.of("inner"), outer, Name.of("inner"));
        Files.move(export.resolve("outer/inner"), export.resolve("elsewhere"));
        Files.move(export.resolve("outer"), export.resolve("elsewhere/outer"));
        assertThat(client.lookup(inner, Name.of("outer"))).isEqualTo(outer);

        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.expectsDivergences = true;
            stream.follow();
            stream.awaitCaughtUp();
        }
        assertThat(twin.export("s").resolve("elsewhere/outer/found")).hasContent("of a local process");
    }

    @Test
    void theStandbyGivesNoIdsToWhatALocalProcessMadeThere() throws Exception {
        long moved = client.directory(twin.root, Name.of("moved"), 0755);
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.copyAndFollow();
            Path export = twin.export("s");
            Files.createDirectory(export.resolve("local"));
            Files.move(export.resolve("moved"), export.resolve("local/moved"));
            assertThat(twin.standbyTree.view().describe(moved, true).places()).isEmpty();
            assertThat(twin.standbyTree.view().find(new Slot(twin.root, Name.of("local"))))
                    .isZero();
        }
    }

    @Test
    void whatWasMovedOutOfTheExportHasNoPlaceAndNothingOutsideGetsAnId() throws Exception {
        long gone = client.directory(twin.root, Name.of("gone"), 0755);
        Files.move(twin.export("p").resolve("gone"), twin.base.resolve("gone"));
        assertThat(twin.primaryTree.view().describe(gone, true).places()).isEmpty();
        assertThat(client.directory(twin.root, Name.of("next"), 0755)).isEqualTo(gone + 1);
    }
}
