package org.twinshare.exports.options;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExportOptionsTest {

    @Test
    void hasTheDefaultsOfExports5() {
        ExportOptions options = ExportOptions.DEFAULT;

        assertThat(options.readWrite()).as("ro").isFalse();
        assertThat(options.async()).as("sync").isFalse();
        assertThat(options.wdelay()).as("wdelay").isTrue();
        assertThat(options.secure()).as("secure").isTrue();
        assertThat(options.hide()).as("hide").isTrue();
        assertThat(options.crossmnt()).as("nocrossmnt").isFalse();
        assertThat(options.readdirplus()).as("no nordirplus").isTrue();
        assertThat(options.squash()).isEqualTo(new Squash(true, false, 65534, 65534));
        assertThat(options.mountPoint()).isEqualTo(new MountPoint.NotRequired());
        assertThat(options.fsid()).isEmpty();
        assertThat(options.text()).isEqualTo("ro,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash");
    }

    @Test
    void differsOnlyInWritingForADirectoryOfTheCommandLine() {
        ExportOptionsBuilder builder = new ExportOptionsBuilder();
        builder.setReadWrite(true);

        assertThat(ExportOptions.DEFAULT_READ_WRITE).isEqualTo(builder.build());
    }

    @Test
    void servesPortsBelow1024OnlyUnlessInsecure() {
        ExportOptionsBuilder builder = new ExportOptionsBuilder();
        builder.setSecure(false);
        ExportOptions insecure = builder.build();

        assertThat(ExportOptions.DEFAULT.allowsPort(1023)).isTrue();
        assertThat(ExportOptions.DEFAULT.allowsPort(1024)).isFalse();
        assertThat(insecure.allowsPort(1024)).isTrue();
        assertThat(insecure.allowsPort(65535)).isTrue();
    }

    @Test
    void letsANumberCountBesideAUuidInEitherOrder() {
        ExportOptionsBuilder builder = new ExportOptionsBuilder();
        builder.setFsid(new Fsid.Uuid("0".repeat(32)));
        builder.setFsid(new Fsid.SmallNumber(5));
        builder.setFsid(new Fsid.Uuid("1".repeat(32)));

        assertThat(builder.build().fsid()).contains(new Fsid.SmallNumber(5));
    }
}
