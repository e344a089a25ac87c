package org.twinshare.fileserver.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Debian's php-fpm with its opcache, behind an nginx and an Apache that serve a source tree as docs/web-farm-sources.md sets them
 * up. Ports on the loopback.
 */
final class PhpNode implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);

    final int nginxPort = SourceLab.freePort();
    final int apachePort = SourceLab.freePort();

    private final int fpmPort = SourceLab.freePort();
    private final Path directory;
    private final List<Process> processes = new ArrayList<>();

    /** The program, whose name has its version in it; empty where it is not installed. */
    static Optional<Path> program() {
        try (Stream<Path> files = Files.list(Path.of("/usr/sbin"))) {
            return files.filter(file -> file.getFileName().toString().matches("php-fpm[0-9.]+"))
                    .findFirst();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** @param directory for what they need */
    PhpNode(Path directory) {
        this.directory = directory;
    }

    /**
     * Starts all three, and returns when they listen.
     *
     * @param root     the link that leads to the live release
     * @param settings lines of the pool, such as {@code php_admin_value[realpath_cache_size] = 0}
     */
    void start(Path root, List<String> settings) throws IOException {
        Files.createDirectories(directory);
        startPhp(settings);
        startNginx(root);
        startApache(root);
        for (int port : List.of(fpmPort, nginxPort, apachePort)) {
            Awaitility.await("somebody listens on port " + port).atMost(START).until(() -> SourceLab.listens(port));
        }
    }

    /** What ends its processes when they are idle and starts new ones, as {@code systemctl reload} has it. */
    static String reload(Path directory) {
        return "kill -USR2 $(cat " + directory.resolve("fpm.pid") + ")";
    }

    private void startPhp(List<String> settings) throws IOException {
        String pool = write("fpm.conf", """
                [global]
                pid = %1$s/fpm.pid
                error_log = %1$s/fpm.log
                process_control_timeout = 10s
                [www]
                user = www-data
                group = www-data
                listen = 127.0.0.1:%2$d
                pm = static
                pm.max_children = 3
                %3$s
                """.formatted(directory, fpmPort, String.join("\n", settings)));
        start(List.of(program().orElseThrow().toString(), "--nodaemonize", "--fpm-config", pool));
    }

    private void startNginx(Path root) throws IOException {
        start(List.of("nginx", "-c", write("nginx.conf", """
                daemon off;
                user www-data;
                pid %1$s/nginx.pid;
                error_log %1$s/nginx.log;
                events {}
                http {
                    access_log off;
                    server {
                        listen 127.0.0.1:%2$d;
                        root %3$s;
                        location ~ \\\\.php$ {
                            include /etc/nginx/fastcgi_params;
                            fastcgi_param SCRIPT_FILENAME $realpath_root$fastcgi_script_name;
                            fastcgi_param DOCUMENT_ROOT   $realpath_root;
                            fastcgi_pass 127.0.0.1:%4$d;
                        }
                    }
                }
                """.formatted(directory, nginxPort, root, fpmPort))));
    }

    private void startApache(Path root) throws IOException {
        start(List.of("apache2", "-D", "FOREGROUND", "-f", write("apache.conf", """
                ServerRoot /etc/apache2
                ServerName www.example.com
                DefaultRuntimeDir %1$s
                PidFile %1$s/apache.pid
                ErrorLog %1$s/apache.log
                Listen 127.0.0.1:%2$d
                User www-data
                Group www-data
                LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
                LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
                LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
                LoadModule proxy_fcgi_module /usr/lib/apache2/modules/mod_proxy_fcgi.so
                DocumentRoot %3$s
                <Directory %3$s>
                    Require all granted
                </Directory>
                <FilesMatch "\\\\.php$">
                    SetHandler "proxy:fcgi://127.0.0.1:%4$d/"
                </FilesMatch>
                """.formatted(
                        directory, apachePort, root, fpmPort))));
    }

    private String write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private void start(List<String> command) throws IOException {
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output.log").toFile())
                .start());
    }

    @Override
    public void close() throws InterruptedException {
        processes.forEach(Process::destroy);
        for (Process process : processes) {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }
}
