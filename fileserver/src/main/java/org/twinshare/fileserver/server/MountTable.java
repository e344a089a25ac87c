package org.twinshare.fileserver.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.twinshare.exports.BytePath;

/** Where something is mounted now, as the kernel says in /proc/self/mountinfo (proc(5)). Immutable. */
final class MountTable {
    private static final Path MOUNT_INFO = Path.of("/proc/self/mountinfo");
    /** Fields before the mount point: mount id, parent id, device, root within it. */
    private static final int MOUNT_POINT_FIELD = 4;

    private final Set<BytePath> points;

    private MountTable(Set<BytePath> points) {
        this.points = points;
    }

    /** Reads it; where it cannot be read, nothing is known to be mounted. */
    static MountTable read() {
        try (Stream<String> lines = Files.lines(MOUNT_INFO, StandardCharsets.ISO_8859_1)) {
            return of(lines.toList());
        } catch (IOException e) {
            return new MountTable(Set.of());
        }
    }

    static MountTable of(List<String> lines) {
        return new MountTable(lines.stream()
                .map(line -> line.split(" ", -1))
                .filter(fields -> fields.length > MOUNT_POINT_FIELD)
                .flatMap(fields -> BytePath.parse(unescape(fields[MOUNT_POINT_FIELD])).stream())
                .collect(Collectors.toUnmodifiableSet()));
    }

    /** Blank, tab, newline and backslash are written as {@code \ooo}. */
    private static byte[] unescape(String field) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\' && i + 3 < field.length()) {
                bytes.write(Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                bytes.write(field.charAt(i));
            }
        }
        return bytes.toByteArray();
    }

    /** Whether something is mounted exactly here; symbolic links on the way are followed. */
    boolean isMountPoint(BytePath directory) {
        return points.contains(directory) || points.contains(real(directory));
    }

    /** An operator's path, not a client's. */
    private static BytePath real(BytePath directory) {
        try {
            return BytePath.of(Path.of(directory.toString()).toRealPath().toString());
        } catch (IOException | IllegalArgumentException e) {
            return directory;
        }
    }

    /** What is mounted below a directory. */
    List<BytePath> below(BytePath directory) {
        BytePath above = real(directory);
        return points.stream()
                .filter(point -> point.isWithin(above) && !point.equals(above))
                .sorted()
                .toList();
    }
}
