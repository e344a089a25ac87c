package org.twinshare.client.node;

import com.google.common.base.Splitter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One line of /proc/self/mountinfo (proc(5)): what is mounted where, and how. Reading it touches no mount.
 *
 * @param source  as mount(8) was given it: {@code fileserver:/localData}
 * @param options those of the mount point and of the file system, in the kernel's words
 */
public record LiveMount(Path mountPoint, String type, String source, List<String> options) {
    private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");
    private static final int MOUNT_POINT = 4;
    private static final int POINT_OPTIONS = 5;

    public LiveMount {
        options = List.copyOf(options);
    }

    /** All mounts of a node, in the order in which they were made. */
    public static List<LiveMount> all(Node node) {
        List<LiveMount> mounts = new ArrayList<>();
        for (String line : node.read(MOUNTINFO).orElse("").lines().toList()) {
            List<String> halves = Splitter.on(" - ").limit(2).splitToList(line);
            if (halves.size() == 2) {
                mounts.add(of(
                        Splitter.on(' ').splitToList(halves.getFirst()),
                        Splitter.on(' ').splitToList(halves.getLast())));
            }
        }
        return mounts;
    }

    private static LiveMount of(List<String> point, List<String> fileSystem) {
        List<String> options = new ArrayList<>(Splitter.on(',').splitToList(point.get(POINT_OPTIONS)));
        if (fileSystem.size() > 2) {
            options.addAll(Splitter.on(',').splitToList(fileSystem.get(2)));
        }
        return new LiveMount(
                Path.of(unescaped(point.get(MOUNT_POINT))),
                fileSystem.getFirst(),
                unescaped(fileSystem.get(1)),
                options);
    }

    /** All NFS mounts. */
    public static List<LiveMount> ofNfs(Node node) {
        return all(node).stream().filter(LiveMount::isNfs).toList();
    }

    /** What a path shows: the last that was mounted there. */
    public static Optional<LiveMount> at(Node node, Path mountPoint) {
        return all(node).stream()
                .filter(each -> each.mountPoint.equals(mountPoint))
                .reduce((below, above) -> above);
    }

    public boolean isNfs() {
        return type.equals("nfs") || type.equals("nfs4");
    }

    public boolean has(String option) {
        return options.contains(option);
    }

    /** What follows {@code name=} in the options. */
    public Optional<String> value(String name) {
        return options.stream()
                .filter(each -> each.startsWith(name + "="))
                .map(each -> each.substring(name.length() + 1))
                .reduce((first, second) -> second);
    }

    /** Blank, tab, newline and backslash are written as a backslash and three octal digits. */
    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            boolean escape = text.charAt(at) == '\\' && at + 3 < text.length();
            plain.append(escape ? (char) Integer.parseInt(text.substring(at + 1, at + 4), 8) : text.charAt(at));
            at += escape ? 4 : 1;
        }
        return plain.toString();
    }
}
