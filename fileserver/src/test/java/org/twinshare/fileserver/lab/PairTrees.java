package org.twinshare.fileserver.lab;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The exported directories of both servers of a pair, compared by what is on their disks. Has no state. */
final class PairTrees {
    private static final String ATTRIBUTES = "unix:mode,uid,gid,nlink,rdev,lastModifiedTime";

    private PairTrees() {}

    /** One line for each path that is not the same in both. */
    static List<String> differences(Path one, Path two) throws IOException {
        Map<String, String> here = of(one);
        Map<String, String> there = of(two);
        List<String> differences = new ArrayList<>();
        here.forEach((path, is) -> {
            String other = there.remove(path);
            if (!is.equals(other)) {
                differences.add(path + ": " + is + " and " + other);
            }
        });
        there.forEach((path, is) -> differences.add(path + ": null and " + is));
        return differences;
    }

    private static Map<String, String> of(Path root) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> below = Files.walk(root)) {
            for (Path path : below.toList()) {
                Map<String, Object> attributes =
                        new TreeMap<>(Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS));
                String content = "";
                if (Files.isSymbolicLink(path)) {
                    content = Files.readSymbolicLink(path).toString();
                } else if (Files.isRegularFile(path)) {
                    content = Files.size(path) + " bytes "
                            + MoreFiles.asByteSource(path).hash(Hashing.sha256());
                }
                all.put(root.relativize(path).toString(), attributes + " " + content);
            }
        }
        return all;
    }
}
