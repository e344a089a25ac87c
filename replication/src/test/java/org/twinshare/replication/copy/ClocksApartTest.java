package org.twinshare.replication.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Stability;
import org.twinshare.replication.JournaledTree;

/** The clocks of both servers are an hour apart, and the other one takes over: clients see no time go back. */
@Timeout(120)
class ClocksApartTest {
    private Twin twin;

    @BeforeEach
    void begin() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        twin = new Twin();
    }

    @AfterEach
    void end() throws Exception {
        twin.close();
    }

    private Attributes here(long object) {
        return Objects.requireNonNull(twin.standbyTree.attributesOf(object));
    }

    @ParameterizedTest
    @ValueSource(longs = {-3600, 3600})
    void noTimeGoesBackWhenTheOtherServerTakesOver(long seconds) throws Exception {
        Client first = new Client(twin.primary, twin.root);
        long file = first.file(twin.root, Name.of("file"), 0644);
        first.write(file, 0, "first".getBytes(UTF_8), Stability.FILE_SYNC);
        twin.standbyClock = InstantSource.offset(InstantSource.system(), Duration.ofSeconds(seconds));
        twin.restartStandby();
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.copy.copyAll(1);
            stream.follow();
            first.write(file, 0, "again".getBytes(UTF_8), Stability.FILE_SYNC);
            stream.awaitCaughtUp();
            stream.apply.checkpoint();
        }
        Attributes fileBefore = Objects.requireNonNull(twin.primaryTree.attributesOf(file));
        Attributes rootBefore = Objects.requireNonNull(twin.primaryTree.attributesOf(twin.root));

        JournaledTree promoted = twin.promoteStandby(2);
        assertThat(here(file).changeNs()).isEqualTo(fileBefore.changeNs());
        assertThat(here(file).modifyNs()).isEqualTo(fileBefore.modifyNs());
        Client second = new Client(promoted, twin.root);
        second.write(file, 0, "third".getBytes(UTF_8), Stability.FILE_SYNC);
        long made = second.file(twin.root, Name.of("made"), 0644);

        assertThat(here(file).changeNs()).isGreaterThan(fileBefore.changeNs());
        assertThat(here(file).modifyNs()).isGreaterThan(fileBefore.modifyNs());
        assertThat(here(twin.root).changeNs()).isGreaterThan(rootBefore.changeNs());
        assertThat(here(twin.root).modifyNs()).isGreaterThan(rootBefore.modifyNs());
        assertThat(here(made).changeNs()).isGreaterThan(here(file).changeNs());
        promoted.close();
    }
}
