package org.twinshare.client.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.twinshare.client.node.FakeNode;
import org.twinshare.client.node.LiveMount;

/** Checks of what the node itself says, each failing and passing; what the kernel's client says is tested with a real one. */
class NodeChecksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Path MOUNT_POINT = Path.of("/srv/data");
    private static final String GOOD =
            "rw,noatime,vers=3,hard,nolock,proto=tcp,lookupcache=pos,local_lock=all,addr=192.168.1.5";

    private final FakeNode node = new FakeNode().answer("stat -f", 0, "4096 1000 400\n");

    @ParameterizedTest
    @CsvSource({
        "vers, vers=3, vers=4.2",
        "tcp, proto=tcp, proto=udp",
        "hard, hard, soft",
        "lookupcache, lookupcache=pos, lookupcache=all"
    })
    void eachOptionOfTheMountIsLookedAt(String check, String good, String bad) {
        assertThat(levels(GOOD)).containsEntry(check, Finding.Level.OK);
        assertThat(levels(GOOD.replace(good, bad))).containsEntry(check, Finding.Level.FAIL);
    }

    @Test
    void aMountThatAsksForLocksIsFound() {
        assertThat(levels(GOOD)).containsEntry("nolock", Finding.Level.OK);
        assertThat(levels(GOOD.replace("nolock,", "").replace("local_lock=all", "local_lock=none")))
                .containsEntry("nolock", Finding.Level.FAIL);
    }

    @Test
    void aServerThatMovedAwayFromItsNameIsFound() {
        assertThat(levels(GOOD)).containsEntry("mounted", Finding.Level.OK);
        assertThat(levels(GOOD.replace("192.168.1.5", "192.168.1.6"))).containsEntry("mounted", Finding.Level.FAIL);
    }

    @Test
    void aMountThatHangsIsAFinding() {
        assertThat(levels(GOOD)).containsEntry("answers", Finding.Level.OK);

        FakeNode hanging = new FakeNode().hang("stat -f");

        assertThat(levels(hanging, GOOD)).containsEntry("answers", Finding.Level.FAIL);
    }

    private Map<String, Finding.Level> levels(String options) {
        return levels(node, options);
    }

    private static Map<String, Finding.Level> levels(FakeNode node, String options) {
        node.file("/proc/self/mountinfo", "33 22 0:30 / /srv/data rw - nfs nas:/data " + options + "\n");
        DoctorSettings settings =
                new DoctorSettings("nas", 2049, "/data", Optional.of(MOUNT_POINT), Optional.empty(), "", PATIENCE);
        List<Finding> findings = new ArrayList<>();
        new MountChecks(node, settings, MOUNT_POINT, LiveMount.at(node, MOUNT_POINT))
                .run(Optional.of(InetAddresses.forString("192.168.1.5")), findings::add);
        return byName(findings);
    }

    private static Map<String, Finding.Level> byName(List<Finding> findings) {
        Map<String, Finding.Level> levels = new HashMap<>();
        findings.forEach(each -> levels.put(each.check(), each.level()));
        return levels;
    }

    @ParameterizedTest
    @CsvSource({"192.168.1.5, OK", "10.0.0.1, OK", "fd00::5, OK", "8.8.8.8, FAIL", "2001:db8::5, FAIL"})
    void aPublicAddressIsFound(String address, Finding.Level level) {
        assertThat(byName(ServerName.lookUp(node, address, PATIENCE).findings()))
                .containsEntry("address", level);
    }

    @Test
    void aNameIsToBePinned() {
        node.answer("getent ahosts nas", 0, "192.168.1.5     STREAM nas\n");

        assertThat(byName(ServerName.lookUp(node, "nas", PATIENCE).findings()))
                .containsEntry("name", Finding.Level.WARN);

        node.file("/etc/hosts", "127.0.0.1 localhost\n192.168.1.5\tfileserver nas # pinned\n");
        assertThat(byName(ServerName.lookUp(node, "nas", PATIENCE).findings())).containsEntry("name", Finding.Level.OK);
    }

    @Test
    void aNameWithoutAnAddressIsFound() {
        node.answer("getent ahosts nowhere", 2, "");

        ServerName looked = ServerName.lookUp(node, "nowhere", PATIENCE);

        assertThat(looked.address()).isEmpty();
        assertThat(byName(looked.findings())).containsEntry("name", Finding.Level.FAIL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | OK",
                "0 * * * * root rsync -avzrt --delete nas::www /srv/ | FAIL",
                "0 * * * * root rsync -avzrt --delete nas::www /usr/local/localSource/ | OK",
                "0 * * * * root rsync -avzrt nas::www /srv/ | OK",
                "# 0 * * * * root rsync -avzrt --delete nas::www /srv/ | OK",
                "0 * * * * root /usr/bin/rsync -a --delete-after nas::www /srv/data >/dev/null | FAIL"
            })
    void anRsyncThatDeletesAboveTheMountPointIsFound(String line, Finding.Level level) {
        node.file("/etc/cron.d/sync", line + "\n");

        assertThat(place()).containsEntry("pulled-tree", level);
    }

    @Test
    void aMountPointInsideAPulledTreeIsFound() {
        node.file("/.srv.d/releases/7/index.php", "<?php");

        assertThat(place()).containsEntry("pulled-tree", Finding.Level.FAIL);
    }

    @ParameterizedTest
    @CsvSource({
        "'----i---------e-------\n755\n', OK, OK",
        "'--------------e-------\n555\n', OK, OK",
        "'--------------e-------\n755\n', OK, FAIL",
        "'755\n./photo.jpg\n', FAIL, FAIL"
    })
    void whatLiesUnderTheMountIsLookedAt(String listing, Finding.Level stranded, Finding.Level guard) {
        node.answer("sh -c", 0, listing);

        assertThat(place()).containsEntry("stranded", stranded).containsEntry("guard", guard);
    }

    private Map<String, Finding.Level> place() {
        List<Finding> findings = new ArrayList<>();
        new PlaceChecks(node, PATIENCE, MOUNT_POINT, new WebServers(List.of(), List.of())).run(findings::add);
        return byName(findings);
    }
}
