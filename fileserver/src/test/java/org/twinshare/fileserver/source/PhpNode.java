package org.twinshare.fileserver.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.twinshare.fileserver.lab.Ports;

/**
 * Debian's PHP with its opcache, as docs/web-farm-sources.md sets it up for a source tree: php-fpm behind an nginx and an Apache,
 * or mod_php in an Apache. Ports on the loopback.
 */
final class PhpNode implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);
    private static final String MOD_PHP = "mod-php.conf";

    /** Those of an Apache with PHP in them: it starts as many, and has never more. */
    static final int PROCESSES = 4;

    final int nginxPort = Ports.free();
    final int apachePort = Ports.free();
    final int modPhpPort = Ports.free();

    private final int fpmPort = Ports.free();
    private final Path directory;
    private final List<Process> processes = new ArrayList<>();

    /** The program php-fpm, whose name has its version in it; empty where it is not installed. */
    static Optional<Path> program() {
        return find("/usr/sbin", "php-fpm[0-9.]+");
    }

    /** The module of Apache; empty where it is not installed. */
    static Optional<Path> module() {
        return find("/usr/lib/apache2/modules", "libphp[0-9.]+\\.so");
    }

    private static Optional<Path> find(String directory, String name) {
        Pattern pattern = Pattern.compile(name);
        try (Stream<Path> files = Files.list(Path.of(directory))) {
            return files.filter(file ->
                            pattern.matcher(file.getFileName().toString()).matches())
                    .findFirst();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** @param directory for what they need */
    PhpNode(Path directory) {
        this.directory = directory;
    }

    /**
     * Starts php-fpm, nginx and Apache, and returns when they listen.
     *
     * @param root     the link that leads to the live release
     * @param settings lines of the pool, such as {@code php_admin_value[realpath_cache_size] = 0}
     */
    void start(Path root, List<String> settings) throws IOException {
        Files.createDirectories(directory);
        startPhp(settings);
        startNginx(root);
        startApache("apache.conf", apachePort, root, """
                LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
                LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
                LoadModule proxy_fcgi_module /usr/lib/apache2/modules/mod_proxy_fcgi.so
                <FilesMatch "\\.php$">
                    SetHandler "proxy:fcgi://127.0.0.1:%d/"
                </FilesMatch>
                """.formatted(fpmPort));
        awaitListening(fpmPort, nginxPort, apachePort);
    }

    /**
     * Starts an Apache that has PHP in its own processes, and returns when it listens.
     *
     * @param root     the link that leads to the live release
     * @param settings lines of Apache's, such as {@code php_admin_value realpath_cache_size 0}
     */
    void startModPhp(Path root, List<String> settings) throws IOException {
        Files.createDirectories(directory);
        startApache(MOD_PHP, modPhpPort, root, """
                LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so
                StartServers %1$d
                MaxRequestWorkers %1$d
                LoadModule php_module %2$s
                %3$s
                <FilesMatch "\\.php$">
                    SetHandler application/x-httpd-php
                </FilesMatch>
                """.formatted(
                        PROCESSES, module().orElseThrow(), String.join("\n", settings)));
        awaitListening(modPhpPort);
    }

    /** The processes of {@link #startModPhp}, those that are to end after the requests they have among them. */
    List<ProcessHandle> processesWithPhp() {
        return processes.getLast().children().toList();
    }

    private static void awaitListening(int... ports) {
        for (int port : ports) {
            Awaitility.await("somebody listens on port " + port).atMost(START).until(() -> Ports.isTaken(port));
        }
    }

    /** {@code apachectl graceful} for the Apache with PHP in its processes. */
    static String graceful(Path directory) {
        return "APACHE_ARGUMENTS='-f " + directory.resolve(MOD_PHP) + "' apachectl graceful";
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

    private void startApache(String name, int port, Path root, String php) throws IOException {
        // In a group of its own, because one with processes of PHP ends its whole group when it is told to end.
        start(List.of(
                "setsid", "apache2", "-D", "FOREGROUND", "-f", write(name, """
                ServerRoot /etc/apache2
                ServerName www.example.com
                DefaultRuntimeDir %1$s
                PidFile %1$s/apache.pid
                ErrorLog %1$s/apache.log
                Listen 127.0.0.1:%2$d
                User www-data
                Group www-data
                LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
                DocumentRoot %3$s
                <Directory %3$s>
                    Require all granted
                </Directory>
                %4$s
                """.formatted(directory, port, root, php))));
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
