package org.twinshare.fileserver.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.twinshare.exports.MountLine;
import org.twinshare.fileserver.lab.Lab;
import org.twinshare.fileserver.lab.LabClient;
import org.twinshare.fileserver.lab.PairLab;

/**
 * A web node as docs/web-farm.md sets it up: the share at /localData, the site's code at /usr/local/localSource, Debian's
 * Apache with the site, and a second one for what touches the share, and php-fpm with two pools, all by docs/examples. The code is
 * pulled by a process beside its kernel, because Java takes half a minute to start in there, into a directory that the node
 * shares.
 */
final class ApacheNode {
    private static final Path EXAMPLES = Path.of("..", "docs", "examples").toAbsolutePath();
    private static final String MOUNT = MountLine.command(PairLab.SERVICE, 2049, "/localData", "/localData");
    private static final String SITE = """
            ServerRoot /etc/apache2
            ServerName www.example.com
            DefaultRuntimeDir /run/site
            PidFile /run/site/pid
            ErrorLog /run/site/error.log
            Listen 80
            User www-data
            Group www-data
            LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
            LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
            CustomLog /run/site/logs/access.log "%%U %%s"
            LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
            LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
            LoadModule proxy_fcgi_module /usr/lib/apache2/modules/mod_proxy_fcgi.so
            DocumentRoot /usr/local/localSource
            <Directory /usr/local/localSource>
                Require all granted
            </Directory>
            <FilesMatch "\\.php$">
                SetHandler "proxy:unix:/run/php/www.sock|fcgi://www/"
            </FilesMatch>
            Include %s/apache-share-proxy.conf
            """.formatted(EXAMPLES);
    private static final String PHP = """
            [global]
            error_log = /run/php/log
            [www]
            user = www-data
            group = www-data
            listen = /run/php/www.sock
            listen.owner = www-data
            pm = static
            pm.max_children = 2
            """;

    private final LabClient kernel;

    private ApacheNode(LabClient kernel) {
        this.kernel = kernel;
    }

    /**
     * Boots it; its code is pulled from the service address.
     *
     * @param patienceSeconds how long a visitor may wait for a script that touches the share
     */
    static ApacheNode start(Lab lab, String name, String address, int patienceSeconds) throws IOException {
        Path shared = lab.directory(name);
        Path source = shared.resolve("localSource");
        String share = Files.readString(EXAMPLES.resolve("apache-share-php.conf"))
                .replaceFirst("timeout=\\d+", "timeout=" + patienceSeconds);
        Path site = Files.writeString(shared.resolve("site.conf"), SITE + share);
        Path php = Files.writeString(
                shared.resolve("php-fpm.conf"), PHP + Files.readString(EXAMPLES.resolve("php-share-pool.conf")));
        lab.runs(
                shared.resolve("pull.log"),
                "org.twinshare.client.command.Twinmount",
                "pull",
                "www",
                source.toString(),
                "--server",
                PairLab.SERVICE,
                "--watch",
                "--node",
                name,
                "--allow-old-rsync");
        LabClient kernel = lab.boot(
                name,
                "--no-mount",
                "--ip",
                address,
                "--mem",
                "384M",
                "--boot-timeout",
                "150",
                "--share",
                shared.toString());
        kernel.sh("""
                mkdir -p /localData /run/site/logs /run/share-pool /run/php
                %s
                ln -s %s /usr/local/localSource
                apache2 -f %s
                apache2 -f %s/apache-share-pool.conf
                $(ls /usr/sbin/php-fpm[0-9]*) --fpm-config %s
                """.formatted(MOUNT, source, site, EXAMPLES, php));
        return new ApacheNode(kernel);
    }

    /** Runs a script on the node that keeps away from the share; fails when the script does. */
    String sh(String script) {
        return kernel.run(Duration.ofMinutes(1), List.of(), script).orFail();
    }
}
