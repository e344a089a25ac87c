package org.twinshare.exports.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.twinshare.exports.table.Tables.decide;
import static org.twinshare.exports.table.Tables.load;
import static org.twinshare.exports.table.Tables.table;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.Diagnostic;
import org.twinshare.exports.client.IpNetwork;
import org.twinshare.exports.names.KnownNames;
import org.twinshare.exports.options.ExportOptions;

class ExportTableTest {

    /** {@code printf /localData | sha256sum} starts with 3fc8ef77, {@code printf / | sha256sum} with 8a5edab2. */
    @Test
    void numbersAnExportByTheHashOfItsPath() {
        assertThat(numberOf("/localData 10.0.0.1")).isEqualTo(0x3fc8ef77);
        assertThat(numberOf("//localData/ 10.0.0.1")).isEqualTo(0x3fc8ef77);
        assertThat(numberOf("/ 10.0.0.1")).isEqualTo(0x8a5edab2);
    }

    /** {@code printf '\x01\x23...' | sha256sum} of the 16 bytes starts with 223e0a16. */
    @Test
    void numbersAnExportByItsFsidIfItHasOne() {
        assertThat(numberOf("/a 10.0.0.1(fsid=7)")).isEqualTo(7);
        assertThat(numberOf("/a 10.0.0.1(fsid=root)")).isZero();
        assertThat(numberOf("/a 10.0.0.1 10.0.0.2(fsid=9)")).isEqualTo(9);
        assertThat(numberOf("/a 10.0.0.1(fsid=01234567-89ab-cdef-0123-456789abcdef)"))
                .isEqualTo(0x223e0a16);
    }

    @Test
    void doesNotNumberByTheRealDirectoryWhichMayDifferBetweenServers() {
        PathMapping mapping = new PathMapping(Map.of(BytePath.of("/localData"), BytePath.of("/srv/localData")));
        Export export = load("/localData 10.0.0.1", mapping)
                .table()
                .orElseThrow()
                .exports()
                .get(0);

        assertThat(export.number()).isEqualTo(0x3fc8ef77);
        assertThat(export.directory()).isEqualTo(BytePath.of("/srv/localData"));
    }

    @Test
    void refusesTwoExportsWithTheSameNumber() {
        Diagnostic found = only("/a 10.0.0.1(fsid=5)\n/b 10.0.0.1(fsid=5)");

        assertThat(found.isError()).isTrue();
        assertThat(found.text()).isEqualTo("""
                        exports:2:4: error: /b and /a (exports:1) have the same number 5 in file handles
                            /b 10.0.0.1(fsid=5)
                               ^
                            remedy: give each its own fsid=""");
        assertThat(only("/localData 10.0.0.1\n/b 10.0.0.1(fsid=0x3fc8ef77)").remedy())
                .startsWith("add fsid=NUMBER");
    }

    @Test
    void refusesTwoFsidsForOneExport() {
        Diagnostic found = only("/a 10.0.0.1(fsid=5) 10.0.0.2(fsid=6)");

        assertThat(found.isError()).isTrue();
        assertThat(found.message()).isEqualTo("another fsid= for /a than at exports:1:4");
        assertThat(found.location().column()).isEqualTo(21);
        assertThat(load("/a 10.0.0.1(fsid=5)\n/a 10.0.0.2(fsid=5)").diagnostics())
                .isEmpty();
    }

    @Test
    void saysThatASmallerNetworkBehindALargerOneNeverCounts() {
        Diagnostic found = only("/a 10.0.0.0/8(ro) 10.1.0.0/16(rw)");

        assertThat(found.isError()).isFalse();
        assertThat(found.message())
                .isEqualTo(
                        "10.1.0.0/16 never counts for /a: it lies in 10.0.0.0/8, and of two networks the first counts,"
                                + " at exports:1:4");
        assertThat(found.location().column()).isEqualTo(19);
        assertThat(found.remedy()).isEqualTo("write the smaller network first");
        assertThat(load("/a 10.1.0.0/16(rw) 10.0.0.0/8(ro) 10.1.2.3(ro)\n/b 10.1.0.0/16(rw)")
                        .diagnostics())
                .isEmpty();
    }

    @Test
    void letsTheFirstOfTwoEntriesForTheSameClientAndPathCountAndSaysSo() {
        LoadResult result = load("/a 10.0.0.1(rw)\n/a/ 10.0.0.1(ro)");

        assertThat(result.table().orElseThrow().exports())
                .singleElement()
                .satisfies(export -> assertThat(export.entries())
                        .singleElement()
                        .satisfies(
                                entry -> assertThat(entry.options().readWrite()).isTrue()));
        assertThat(result.diagnostics()).singleElement().satisfies(found -> {
            assertThat(found.isError()).isFalse();
            assertThat(found.message()).isEqualTo("10.0.0.1 is named twice for /a: the first counts, at exports:1:4");
            assertThat(found.location().text()).isEqualTo("exports:2:5");
        });
    }

    @Test
    void knowsTheSameClientInAnotherSpelling() {
        assertThat(only("/a fd00::1 fd00:0::1").message()).contains("named twice");
        assertThat(only("/a Web1 web1.").message()).contains("named twice");
        assertThat(only("/a *.LAN *.lan").message()).contains("named twice");
        assertThat(load("/a 10.0.0.0/24 10.0.0.0/255.255.255.0").diagnostics()).hasSize(1);
        assertThat(load("/a 10.0.0.1 10.0.0.1/32").diagnostics()).isEmpty();
    }

    @Test
    void gathersTheClientsOfAPathFromSeveralLines() {
        ExportTable table = table("/a 10.0.0.1\n/b 10.0.0.1\n/a 10.0.0.2");

        assertThat(table.exports())
                .extracting(export -> export.path().toString())
                .containsExactly("/a", "/b");
        assertThat(table.exports().get(0).entries()).hasSize(2);
        assertThat(table.withNumber(table.exports().get(1).number()))
                .contains(table.exports().get(1));
        assertThat(table.withNumber(12345)).isEmpty();
    }

    @Test
    void warnsOfATableThatExportsNothing() {
        assertThat(load("# nothing\n").hasErrors()).isFalse();
        assertThat(only("# nothing\n").text()).startsWith("exports: warning: nothing is exported");
    }

    @Test
    void mapsPublicPathsAndAllBelowThemToRealDirectories() {
        PathMapping mapping = new PathMapping(Map.of(
                BytePath.of("/localData"), BytePath.of("/srv/localData"),
                BytePath.of("/localData/big"), BytePath.of("/mnt/big")));

        assertThat(mapping.directoryOf(BytePath.of("/localData"))).hasToString("/srv/localData");
        assertThat(mapping.directoryOf(BytePath.of("/localData/a/b"))).hasToString("/srv/localData/a/b");
        assertThat(mapping.directoryOf(BytePath.of("/localData/big/b"))).hasToString("/mnt/big/b");
        assertThat(mapping.directoryOf(BytePath.of("/localDatabase"))).hasToString("/localDatabase");
        assertThat(new PathMapping(Map.of(BytePath.ROOT, BytePath.of("/srv"))).directoryOf(BytePath.of("/a")))
                .hasToString("/srv/a");
    }

    @Test
    void tellsWhichDirectoryMustBeAMountPoint() {
        PathMapping mapping = new PathMapping(Map.of(BytePath.of("/a"), BytePath.of("/srv/a")));
        Export export = load("/a 10.0.0.1(mp) 10.0.0.2(mp=/mnt) 10.0.0.3", mapping)
                .table()
                .orElseThrow()
                .exports()
                .get(0);

        assertThat(export.entries())
                .extracting(entry ->
                        export.requiredMountPoint(entry).map(BytePath::toString).orElse("-"))
                .containsExactly("/srv/a", "/mnt", "-");
    }

    @Test
    void exportsADirectoryOfTheCommandLineToGivenNetworks() {
        ExportTable table = ExportTable.ofDirectory(
                BytePath.of("/localData"),
                BytePath.of("/srv/localData"),
                List.of(IpNetwork.of("127.0.0.1"), IpNetwork.of("192.168.1.0/24")));

        assertThat(decide(table, KnownNames.NONE, "192.168.1.7", "/localData/x"))
                .isEqualTo("/localData 192.168.1.0/24");
        assertThat(decide(table, KnownNames.NONE, "127.0.0.1", "/localData")).isEqualTo("/localData 127.0.0.1");
        assertThat(decide(table, KnownNames.NONE, "192.168.2.7", "/localData")).isEqualTo("NO_CLIENT_MATCHES");
        assertThat(table.exports().get(0).number()).isEqualTo(0x3fc8ef77);
        assertThat(table.exports().get(0).entries().get(0).options()).isEqualTo(ExportOptions.DEFAULT_READ_WRITE);
        assertThat(table.exports().get(0).directory()).hasToString("/srv/localData");
    }

    @Test
    void listsEveryClientWithAllItsOptionsInLinesThatAnExportsFileCanHold() {
        ExportList list =
                ExportList.of(table("/a *(ro) 10.0.0.1(rw,anonuid=33)\n/longer\\040path @g(async,mp=/x,fsid=3)"));

        assertThat(list.text().lines())
                .containsExactly(
                        "/a               10.0.0.1(rw,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash,anonuid=33)",
                        "/a               *(ro,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash)",
                        "/longer\\040path  @g(ro,async,wdelay,hide,mountpoint=/x,fsid=3,sec=sys,secure,"
                                + "root_squash,no_all_squash)");
        assertThat(ExportList.of(table(list.text()))).isEqualTo(list);
        assertThat(ExportList.of(ExportTable.EMPTY).text()).isEmpty();
    }

    @Test
    void listsTheRealDirectoryAsACommentWhereItIsAnother() {
        PathMapping mapping = new PathMapping(Map.of(BytePath.of("/a"), BytePath.of("/srv/a")));

        assertThat(ExportList.of(load("/a 10.0.0.1", mapping).table().orElseThrow())
                        .text())
                .endsWith(")  # the directory /srv/a\n");
    }

    private static int numberOf(String text) {
        return table(text).exports().get(0).number();
    }

    private static Diagnostic only(String text) {
        assertThat(load(text).diagnostics()).hasSize(1);
        return load(text).diagnostics().get(0);
    }
}
