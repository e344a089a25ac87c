package org.twinshare.fileserver.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.fileserver.lab.Ports;
import org.twinshare.fileserver.lab.Shell;

/** The zone of docs/web-farm.md, read from there, in two name servers of Debian's. */
class ZoneIT {
    private static final Path PAGE = Path.of("..", "docs", "web-farm.md");
    private static final String ZONE = "example.com";
    private static final String SITE = "www.example.com";
    private static final String INDENT = "    ";
    private static final String WWW1 = "203.0.113.11";
    private static final String WWW2 = "203.0.113.12";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path base;

    private Path file;
    private @Nullable NameServer primary;
    private @Nullable NameServer secondary;

    @BeforeEach
    void takeTheZoneFromThePage() throws IOException {
        assumeTrue(
                Files.exists(Path.of("/usr/sbin/named")),
                "needs named and nslookup: apt-get install bind9 bind9-dnsutils");
        List<String> zone = Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.equals(INDENT + "$TTL 3600"))
                .takeWhile(line -> line.startsWith(INDENT))
                .map(line -> line.substring(INDENT.length()))
                .toList();
        file = Files.write(base.resolve("zone"), zone);
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (secondary != null) {
            secondary.close();
        }
        if (primary != null) {
            primary.close();
        }
    }

    private static void awaitAddresses(NameServer server, String name, String... addresses) {
        Awaitility.await(name + " on port " + server.port)
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(server.nslookup(name)).containsExactlyInAnyOrder(addresses));
    }

    @Test
    void theSiteHasBothAddressesInTurnAndEachNodeAName() throws IOException {
        assertThat(Shell.run("named-checkzone", ZONE, file.toString()).orFail()).contains("OK");
        NameServer server = NameServer.primary(base.resolve("ns1"), ZONE, file, Ports.free());
        primary = server;

        awaitAddresses(server, SITE, WWW1, WWW2);
        Awaitility.await("another order")
                .atMost(PATIENCE)
                .until(() -> server.nslookup(SITE).equals(List.of(WWW2, WWW1)));
        Awaitility.await("and the first again")
                .atMost(PATIENCE)
                .until(() -> server.nslookup(SITE).equals(List.of(WWW1, WWW2)));
        assertThat(server.nslookup("www1.example.com")).containsExactly(WWW1);
        assertThat(server.nslookup("www2.example.com")).containsExactly(WWW2);
        assertThat(Shell.run("nslookup", "-debug", "-port=" + server.port, SITE, "127.0.0.1")
                        .orFail())
                .contains("ttl = 60");
    }

    @Test
    void aNodeThatIsTakenOutIsGoneEverywhereOnceTheSerialIsRaised() throws IOException {
        int port = Ports.free();
        NameServer first = NameServer.primary(base.resolve("ns1"), ZONE, file, port);
        primary = first;
        awaitAddresses(first, SITE, WWW1, WWW2);
        NameServer second = NameServer.secondary(base.resolve("ns2"), ZONE, port, first);
        secondary = second;
        awaitAddresses(second, SITE, WWW1, WWW2);

        String zone = Files.readString(file).replaceFirst("www +60 +IN +A +203.0.113.12\n", "");
        Files.writeString(file, zone);
        first.rndc("reload", ZONE);
        awaitAddresses(first, SITE, WWW1);
        assertThat(first.log()).contains("serial (2026112401) unchanged. zone may fail to transfer to secondaries");
        Awaitility.await("the other one has asked")
                .atMost(PATIENCE)
                .until(() -> second.log().contains("zone is up to date"));
        assertThat(second.nslookup(SITE)).containsExactlyInAnyOrder(WWW1, WWW2);

        Files.writeString(file, zone.replace("2026112401", "2026112402"));
        first.rndc("reload", ZONE);
        awaitAddresses(second, SITE, WWW1);
    }
}
