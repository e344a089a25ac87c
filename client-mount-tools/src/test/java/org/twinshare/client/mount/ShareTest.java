package org.twinshare.client.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.twinshare.client.node.Failure;
import org.twinshare.client.node.FakeNode;
import org.twinshare.exports.MountLine;

class ShareTest {

    @Test
    void takesNamesAndAddresses() {
        assertThat(Share.Source.of("nas:/localData")).contains(new Share.Source("nas", "/localData"));
        assertThat(Share.Source.of("[fd00::5]:/a b")).contains(new Share.Source("fd00::5", "/a b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nas", "nas:localData", ":/localData", "-o:/x", "a b:/x", "nas:/a\nb", "[fd00::5:/x"})
    void refusesWhatIsNoSource(String text) {
        assertThat(Share.Source.of(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localData", "/", "/..", "/a\nb", ""})
    void refusesWhatCannotBeAMountPoint(String text) {
        assertThatThrownBy(() -> Share.mountPoint(text))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("mount point");
    }

    @Test
    void takesTheDotsOutOfAMountPoint() throws Failure {
        assertThat(Share.mountPoint("/srv/../localData/")).isEqualTo(Path.of("/localData"));
    }

    @ParameterizedTest
    @CsvSource({"5.2.9, false", "5.3.0, true", "6.1.0-18-amd64, true", "4.18.0-553.el8, false", "unknown, false"})
    void addsNconnectWhereTheKernelHasIt(String release, boolean has) throws Failure {
        FakeNode node = new FakeNode().file("/proc/sys/kernel/osrelease", release + "\n");
        Share share = Share.of("nas:/localData", "/localData", 2049);

        String options = NodeOptions.text(NodeOptions.explained(node, share));

        assertThat(options)
                .startsWith(MountLine.options("nas", 2049))
                .isNotEqualTo(has ? MountLine.options("nas", 2049) : "");
        assertThat(options.contains("nconnect=4")).isEqualTo(has);
    }
}
