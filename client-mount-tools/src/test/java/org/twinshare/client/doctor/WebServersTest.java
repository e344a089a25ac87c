package org.twinshare.client.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.node.Ended;
import org.twinshare.client.node.LocalNode;

/** On copies of Debian's configuration of Apache and nginx, which the real programs accept, too. */
class WebServersTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final LocalNode node = new LocalNode();

    @TempDir
    private Path directory = Path.of("");

    private Path apache(String site) throws IOException {
        assumeTrue(Files.exists(Path.of("/usr/sbin/apache2")), "needs Apache: apt-get install apache2");
        run("cp", "-a", "/etc/apache2", directory.toString());
        Path root = directory.resolve("apache2");
        Files.writeString(root.resolve("sites-enabled/100-shop.conf"), site);
        Ended checked = node.run(
                LONG,
                List.of(
                        "sh",
                        "-c",
                        ". " + root + "/envvars; export APACHE_RUN_DIR=. APACHE_LOG_DIR=.; apache2 -d " + root
                                + " -f apache2.conf -t 2>&1"));
        assertThat(checked.out()).contains("Syntax OK");
        return root.resolve("apache2.conf");
    }

    private Path nginx(String site) throws IOException {
        assumeTrue(Files.exists(Path.of("/usr/sbin/nginx")), "needs nginx: apt-get install nginx-light");
        run("cp", "-a", "/etc/nginx", directory.toString());
        Path root = directory.resolve("nginx");
        String main = Files.readString(root.resolve("nginx.conf")).replace("/etc/nginx/", "");
        Files.writeString(root.resolve("nginx.conf"), main);
        Files.writeString(root.resolve("sites-enabled/shop"), site);
        Ended checked = node.run(
                LONG, List.of("nginx", "-t", "-c", root.resolve("nginx.conf").toString()));
        assertThat(checked.err()).contains("syntax is ok");
        return root.resolve("nginx.conf");
    }

    private void run(String... words) {
        assertThat(node.run(LONG, List.of(words)).isOk()).isTrue();
    }

    private List<Finding> place(WebServers servers, String mountPoint) {
        List<Finding> findings = new ArrayList<>();
        new PlaceChecks(node, LONG, Path.of(mountPoint), servers).run(findings::add);
        return findings.stream()
                .filter(each -> each.check().equals("document-root"))
                .toList();
    }

    private static final String SHOP = """
            Define shop /srv/shop
            <VirtualHost *:80>
                ServerName shop.example
                DocumentRoot "${shop}/html"
                Alias /uploads /localData/uploads
                <Directory /localData>
                    EnableMMAP Off
                    Require all granted
                </Directory>
            </VirtualHost>
            """;

    @Test
    void readsWhatApacheReads() throws IOException {
        WebServers servers = WebServers.of(node, List.of(apache(SHOP)), List.of());

        assertThat(servers.documentRoots())
                .extracting(WebServers.Root::directory)
                .containsExactlyInAnyOrder("/var/www/html", "/srv/shop/html");
        assertThat(servers.apacheDirectories())
                .extracting(WebServers.Root::directory)
                .contains("/localData/uploads");
        assertThat(WebUser.find(node, () -> servers, Optional.empty()))
                .hasValueSatisfying(user -> assertThat(user.name()).isEqualTo("www-data"));
    }

    @Test
    void aMountPointInsideAnApachesDocumentRootFails() throws IOException {
        WebServers servers = WebServers.of(node, List.of(apache(SHOP)), List.of());

        assertThat(place(servers, "/srv/shop/html/uploads")).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Finding.Level.FAIL);
            assertThat(finding.cause()).contains("100-shop.conf:4", "rsync --delete");
        });
        assertThat(place(servers, "/srv/shop/html-uploads"))
                .singleElement()
                .extracting(Finding::level)
                .isEqualTo(Finding.Level.OK);
    }

    @Test
    void aDocumentRootThatIsALinkIsFollowed() throws IOException {
        Path real = Files.createDirectories(directory.resolve("release/1"));
        Path link = Files.createSymbolicLink(directory.resolve("current"), real);
        WebServers servers = WebServers.of(
                node, List.of(apache("<VirtualHost *:80>\nDocumentRoot " + link + "\n</VirtualHost>\n")), List.of());

        assertThat(place(servers, real.resolve("uploads").toString()))
                .singleElement()
                .extracting(Finding::level)
                .isEqualTo(Finding.Level.FAIL);
    }

    @Test
    void aMountPointInsideARootOfNginxFails() throws IOException {
        Path file = nginx("""
                server {
                  listen 8080;
                  server_name shop;  # the shop
                  location /files { root '/srv/nginx shop'; }
                }
                """);
        WebServers servers = WebServers.of(node, List.of(), List.of(file));

        assertThat(place(servers, "/srv/nginx shop/uploads")).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Finding.Level.FAIL);
            assertThat(finding.cause()).contains("sites-enabled/shop:4");
        });
        assertThat(place(servers, "/localData"))
                .singleElement()
                .extracting(Finding::level)
                .isEqualTo(Finding.Level.OK);
    }

    @Test
    void mappedFilesAndSendfileAreWarnedOfWhereApacheHasThemOn() throws IOException {
        WebServers careful = WebServers.of(node, List.of(apache(SHOP)), List.of());
        WebServers careless =
                WebServers.of(node, List.of(apache(SHOP.replace("EnableMMAP Off", "EnableSendfile On"))), List.of());

        assertThat(levels(careful)).containsExactly(Finding.Level.OK, Finding.Level.OK);
        assertThat(levels(careless)).containsExactly(Finding.Level.WARN, Finding.Level.WARN);
    }

    private static List<Finding.Level> levels(WebServers servers) {
        List<Finding> findings = new ArrayList<>();
        ApacheChecks.run(Path.of("/localData"), servers, findings::add);
        return findings.stream().map(Finding::level).toList();
    }
}
