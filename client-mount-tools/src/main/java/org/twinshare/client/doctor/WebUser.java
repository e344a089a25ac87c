package org.twinshare.client.doctor;

import com.google.common.base.Splitter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.twinshare.client.node.Node;

/**
 * Whom the web server of this node runs as.
 *
 * @param name empty when only the number is known
 * @param how  where that is from
 */
record WebUser(String name, long uid, long gid, String how) {
    private static final Path PASSWD = Path.of("/etc/passwd");

    /** What web servers run as on the systems that we know of, first what is looked for first. */
    static final List<String> USUAL = List.of("www-data", "apache", "nginx", "http", "wwwrun", "www");

    /** Who was named, else whom a web server's configuration names, else a usual one. */
    static Optional<WebUser> find(Node node, Supplier<WebServers> servers, Optional<String> named) {
        if (named.isPresent()) {
            return of(node, named.get(), "--user");
        }
        Optional<WebUser> configured =
                servers.get().userDirective().flatMap(each -> of(node, each.argument(), each.place()));
        if (configured.isPresent()) {
            return configured;
        }
        return USUAL.stream()
                .flatMap(each -> of(node, each, "/etc/passwd").stream())
                .findFirst();
    }

    private static Optional<WebUser> of(Node node, String nameOrIds, String how) {
        if (nameOrIds.matches("\\d{1,9}(:\\d{1,9})?")) {
            List<String> ids = Splitter.on(':').splitToList(nameOrIds);
            return Optional.of(new WebUser(
                    nameOf(node, Long.parseLong(ids.getFirst())),
                    Long.parseLong(ids.getFirst()),
                    Long.parseLong(ids.getLast()),
                    how));
        }
        return accounts(node).stream()
                .filter(each -> each.getFirst().equals(nameOrIds))
                .map(each -> new WebUser(nameOrIds, Long.parseLong(each.get(2)), Long.parseLong(each.get(3)), how))
                .findFirst();
    }

    /** The name of an account of this node, or an empty string. */
    static String nameOf(Node node, long uid) {
        return accounts(node).stream()
                .filter(each -> each.get(2).equals(Long.toString(uid)))
                .map(List::getFirst)
                .findFirst()
                .orElse("");
    }

    private static List<List<String>> accounts(Node node) {
        return node.read(PASSWD)
                .orElse("")
                .lines()
                .map(line -> Splitter.on(':').splitToList(line))
                .filter(fields -> fields.size() > 3
                        && fields.get(2).matches("\\d+")
                        && fields.get(3).matches("\\d+"))
                .toList();
    }

    @Override
    public String toString() {
        return name.isEmpty() ? "uid " + uid : name + " (uid " + uid + ", gid " + gid + ")";
    }
}
