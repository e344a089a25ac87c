package org.twinshare.exports.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.twinshare.exports.table.Tables.ip;
import static org.twinshare.exports.table.Tables.table;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.client.IpNetwork;
import org.twinshare.exports.names.FakeNames;

class ExplainerTest {

    private static final String TABLE = """
            # web farm
            /localData 192.168.1.2(rw,no_root_squash) 192.168.1.0/24(ro)
            /uploads *.lan(rw,all_squash,anonuid=33,anongid=33,insecure)
            """;

    private final FakeNames names = new FakeNames();

    @Test
    void tellsWhichLineAndWhichMatchAllowAndAsWhom() {
        Explanation explanation = explain(TABLE, "192.168.1.2", "/localData/img");

        assertThat(explanation.text()).isEqualTo("""
                        192.168.1.2 may mount /localData/img read-write
                          export: /localData, number 1070133111 in file handles
                            line: exports:2: /localData 192.168.1.2(rw,no_root_squash) 192.168.1.0/24(ro)
                           match: 192.168.1.2, single host
                        after it: 192.168.1.0/24, network, exports:2
                         options: rw,sync,wdelay,hide,sec=sys,secure,no_root_squash,no_all_squash
                          squash: nobody is mapped: root on the client is root here""");
        assertThat(explanation.logLine()).isEqualTo("192.168.1.2 may mount /localData/img read-write");
        assertThat(explanation.decision()).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void namesTheRealDirectoryAndTheNamesThatMatched() {
        names.host("10.0.0.1", "web1.lan", "web1.example.com");
        PathMapping mapping = new PathMapping(Map.of(BytePath.of("/uploads"), BytePath.of("/srv/uploads")));
        CurrentExports current =
                CurrentExports.of(Tables.load(TABLE, mapping).table().orElseThrow(), names.resolver());
        assertThat(current.rights(ip("10.0.0.1")).isPending()).isTrue();
        names.answer();

        String text = current.explain(ip("10.0.0.1"), OptionalInt.empty(), BytePath.of("/uploads"))
                .text();

        assertThat(text)
                .contains("export: /uploads, the directory /srv/uploads, number ")
                .contains("match: *.lan, wildcard, for its names web1.example.com, web1.lan")
                .endsWith("squash: everyone becomes 33:33");
    }

    @Test
    void namesNoOtherEntryThatDoesNotMatch() {
        assertThat(explain(TABLE, "192.168.1.7", "/localData").text())
                .contains(" match: 192.168.1.0/24, network\n")
                .contains("192.168.1.7 may mount /localData read-only")
                .doesNotContain("after it");
    }

    @Test
    void tellsWhichClientsDidNotMatchAndTheLineThatWouldAllow() {
        Explanation explanation = explain(TABLE, "10.0.0.9", "/localData/img");

        assertThat(explanation.text()).isEqualTo("""
                        error: 10.0.0.9 may not mount /localData/img
                         cause: no client of /localData (exports:2) matches: 192.168.1.2, 192.168.1.0/24
                        remedy: add the line  /localData 10.0.0.9(rw)""");
        assertThat(explanation.logLine())
                .isEqualTo("10.0.0.9 may not mount /localData/img: no client of /localData (exports:2) matches: "
                        + "192.168.1.2, 192.168.1.0/24; add the line  /localData 10.0.0.9(rw)");
    }

    @Test
    void tellsThatTheNameOfAClientIsNotKnownOrWhatItIs() {
        names.host("10.0.0.8", "web8.example.com");
        CurrentExports current = CurrentExports.of(table(TABLE), names.resolver());
        for (String address : List.of("10.0.0.8", "10.0.0.9")) {
            assertThat(current.rights(ip(address)).isPending()).isTrue();
        }
        names.answer();

        assertThat(uploads(current, "10.0.0.8"))
                .contains("matches: *.lan; the names of 10.0.0.8 are web8.example.com")
                .contains("/uploads 10.0.0.8(rw)");
        assertThat(uploads(current, "10.0.0.9"))
                .contains("matches: *.lan; the names of 10.0.0.9 are not known (nothing known of it)");
    }

    @Test
    void tellsThatADecisionWaitsForAName() {
        Explanation explanation = explain(TABLE, "10.0.0.1", "/uploads");

        assertThat(explanation.text()).isEqualTo("""
                        error: 10.0.0.1 may not mount /uploads yet
                         cause: the names that the clients of /uploads need are still being looked up
                        remedy: ask again in a few seconds""");
        assertThat(explanation.decision()).isInstanceOf(Decision.Pending.class);
    }

    @Test
    void tellsTheNearestExportOfAPathThatNoneHolds() {
        assertThat(explain(TABLE, "192.168.1.2", "/localdata").logLine())
                .isEqualTo("192.168.1.2 may not mount /localdata: no export holds it; the nearest is /localData "
                        + "(exports:2); add the line  /localdata 192.168.1.2(ro)  or mount /localData");
        assertThat(explain("/srv/a/b *\n/srx *", "10.0.0.1", "/srv/x").text()).contains("the nearest is /srv/a/b ");
        assertThat(explain("/uploads *\n/localData *", "10.0.0.1", "/loadData").text())
                .contains("the nearest is /localData ");
    }

    @Test
    void tellsThatNothingIsExported() {
        assertThat(explain("", "10.0.0.1", "/data").text()).isEqualTo("""
                        error: 10.0.0.1 may not mount /data
                         cause: nothing is exported
                        remedy: add the line  /data 10.0.0.1(ro)""");
    }

    @Test
    void tellsThatThePortIsNotPrivileged() {
        CurrentExports current = CurrentExports.of(table(TABLE), names.resolver());

        assertThat(current.explain(ip("192.168.1.2"), OptionalInt.of(40_000), BytePath.of("/localData"))
                        .text())
                .isEqualTo("""
                        error: 192.168.1.2 may not mount /localData
                         cause: the call came from port 40000, and the option secure of 192.168.1.2 (exports:2) wants one below 1024
                        remedy: mount as root with the mount option resvport, or write  /localData 192.168.1.2(rw,insecure)""");
        assertThat(current.explain(ip("192.168.1.2"), OptionalInt.of(800), BytePath.of("/localData"))
                        .decision())
                .isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void offersNoMoreThanReadingWhereNobodyMayWrite() {
        assertThat(explain("/a 10.0.0.1(ro)", "10.0.0.9", "/a").logLine()).endsWith("add the line  /a 10.0.0.9(ro)");
        CurrentExports current = CurrentExports.of(table("/a 10.0.0.1(ro)"), names.resolver());
        assertThat(current.explain(ip("10.0.0.1"), OptionalInt.of(2_000), BytePath.of("/a"))
                        .logLine())
                .endsWith("or write  /a 10.0.0.1(ro,insecure)");
    }

    @Test
    void showsNoMoreThanFiveClients() {
        assertThat(explain("/a 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7", "10.0.0.9", "/a")
                        .text())
                .contains("matches: 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5 and 2 more\n")
                .contains("/a 10.0.0.9(ro)");
    }

    @Test
    void showsWhatAClientAskedForInVisibleAsciiOfBoundedLength() {
        BytePath hostile = BytePath.of("/\u001b[2J\n" + "x".repeat(200) + "/" + "y".repeat(200));
        CurrentExports current = CurrentExports.of(table(TABLE), names.resolver());

        Explanation explanation = current.explain(ip("10.0.0.9"), OptionalInt.empty(), hostile);

        assertThat(explanation.logLine()).matches("[ -~]*").startsWith("10.0.0.9 may not mount /\\033[2J\\012xxx");
        assertThat(explanation.logLine().split(":", 2)[0]).hasSizeLessThan(240);
    }

    @Test
    void namesTheCommandLineWhereThereIsNoFile() {
        ExportTable table = ExportTable.ofDirectory(
                BytePath.of("/localData"), BytePath.of("/srv/localData"), List.of(IpNetwork.of("192.168.1.0/24")));
        CurrentExports current = CurrentExports.of(table, names.resolver());

        assertThat(current.explain(ip("192.168.1.7"), OptionalInt.empty(), BytePath.of("/localData"))
                        .text())
                .contains("export: /localData, the directory /srv/localData, number 1070133111 in file handles")
                .contains("line: command line: /localData 192.168.1.0/24(rw)");
        assertThat(current.explain(ip("10.0.0.9"), OptionalInt.empty(), BytePath.of("/localData"))
                        .text())
                .contains("no client of /localData (command line) matches: 192.168.1.0/24");
    }

    @Test
    void tellsThatAnExportHasNoClients() {
        ExportTable table = ExportTable.ofDirectory(BytePath.of("/a"), BytePath.of("/srv/a"), List.of());

        assertThat(CurrentExports.of(table, names.resolver())
                        .explain(ip("10.0.0.9"), OptionalInt.empty(), BytePath.of("/a"))
                        .logLine())
                .isEqualTo("10.0.0.9 may not mount /a: no client of /a matches: it has none; "
                        + "add the line  /a 10.0.0.9(ro)");
    }

    private static String uploads(CurrentExports current, String address) {
        return current.explain(ip(address), OptionalInt.empty(), BytePath.of("/uploads"))
                .text();
    }

    private Explanation explain(String text, String address, String path) {
        return CurrentExports.of(table(text), names.resolver())
                .explain(ip(address), OptionalInt.empty(), BytePath.of(path));
    }
}
