package org.twinshare.client.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.twinshare.client.node.Node;

/**
 * The web servers of this node, as their configuration tells.
 *
 * @param apache what is configured of an Apache; empty without one
 * @param nginx  the same of an nginx
 */
record WebServers(List<Directive> apache, List<Directive> nginx) {
    private static final List<Path> APACHE_FILES =
            List.of(Path.of("/etc/apache2/apache2.conf"), Path.of("/etc/httpd/conf/httpd.conf"));
    private static final List<Path> NGINX_FILES = List.of(Path.of("/etc/nginx/nginx.conf"));

    WebServers {
        apache = List.copyOf(apache);
        nginx = List.copyOf(nginx);
    }

    /** A directory that files are served from. */
    record Root(String directory, String name, Directive directive) {}

    /** Reads them where they usually are. */
    static WebServers of(Node node) {
        return of(node, APACHE_FILES, NGINX_FILES);
    }

    static WebServers of(Node node, List<Path> apacheFiles, List<Path> nginxFiles) {
        List<Directive> apache = new ArrayList<>();
        apacheFiles.forEach(file -> apache.addAll(ApacheConfig.read(node, file)));
        List<Directive> nginx = new ArrayList<>();
        nginxFiles.forEach(file -> nginx.addAll(NginxConfig.read(node, file)));
        return new WebServers(apache, nginx);
    }

    /** Every DocumentRoot of Apache and every root of nginx. */
    List<Root> documentRoots() {
        List<Root> roots = new ArrayList<>();
        add(roots, apache, "documentroot", 1, "DocumentRoot");
        add(roots, nginx, "root", 1, "root");
        return roots;
    }

    /** Every directory that Apache serves files from, also by an alias. */
    List<Root> apacheDirectories() {
        List<Root> directories = new ArrayList<>();
        add(directories, apache, "documentroot", 1, "DocumentRoot");
        add(directories, apache, "alias", 2, "Alias");
        return directories;
    }

    private static void add(List<Root> roots, List<Directive> directives, String name, int argument, String shown) {
        for (Directive each : directives) {
            boolean absolute = each.is(name)
                    && each.words().size() > argument
                    && each.words().get(argument).startsWith("/");
            if (absolute) {
                roots.add(new Root(each.words().get(argument), shown, each));
            }
        }
    }

    /** Whom the first of them runs as. */
    Optional<Directive> userDirective() {
        return Stream.concat(apache.stream(), nginx.stream())
                .filter(each -> each.is("user"))
                .findFirst();
    }
}
