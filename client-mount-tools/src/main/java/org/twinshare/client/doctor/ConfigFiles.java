package org.twinshare.client.doctor;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import org.twinshare.client.node.Node;

/** Finds the files that a line such as {@code Include sites-enabled/*.conf} means. Stateless. */
final class ConfigFiles {
    private ConfigFiles() {}

    /** The files that a path with wildcards in its last name means, in their order; a directory means all that is in it. */
    static List<Path> matching(Node node, Path pattern) {
        Path name = pattern.getFileName();
        if (name == null) {
            return List.of();
        }
        boolean wild = name.toString().chars().anyMatch(each -> "*?[{".indexOf(each) >= 0);
        if (!wild) {
            List<Path> inside = node.list(pattern);
            return inside.isEmpty() ? List.of(pattern) : inside;
        }
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + name);
        return node.list(pattern.resolveSibling("")).stream()
                .filter(each -> matcher.matches(each.getFileName()))
                .toList();
    }
}
