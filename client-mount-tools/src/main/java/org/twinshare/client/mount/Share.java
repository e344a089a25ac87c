package org.twinshare.client.mount;

import java.nio.file.Path;
import java.util.Optional;
import org.twinshare.client.node.Failure;
import org.twinshare.exports.MountLine;

/**
 * What is to be mounted where.
 *
 * @param server     name or address, without brackets
 * @param path       what the server exports, absolute
 * @param mountPoint absolute, without dots in it
 */
public record Share(String server, String path, Path mountPoint, int port) {

    /** Server and path as mount(8) takes them: {@code fileserver:/localData}, {@code [fd00::5]:/localData}. */
    public record Source(String server, String path) {

        /** Reads it; nothing when it is not one. */
        public static Optional<Source> of(String text) {
            boolean bracketed = text.startsWith("[");
            int colon = bracketed ? text.indexOf("]:/") + 1 : text.indexOf(":/");
            if (colon < 1 || text.chars().anyMatch(Character::isISOControl)) {
                return Optional.empty();
            }
            String server = bracketed ? text.substring(1, colon - 1) : text.substring(0, colon);
            boolean plain = server.matches("[A-Za-z0-9._:%-]+") && !server.startsWith("-");
            return plain ? Optional.of(new Source(server, text.substring(colon + 1))) : Optional.empty();
        }
    }

    /** Checks both and puts them together. */
    public static Share of(String source, String mountPoint, int port) throws Failure {
        Source read = Source.of(source)
                .orElseThrow(() -> new Failure(
                        Failure.Kind.REFUSED,
                        "'" + source + "' is not SERVER:/PATH",
                        "",
                        "write it as mount(8) takes it:  fileserver:/localData"));
        return new Share(read.server, read.path, mountPoint(mountPoint), port);
    }

    /** An absolute path that can be a mount point. */
    public static Path mountPoint(String text) throws Failure {
        Path path = Path.of(text).normalize();
        boolean usable =
                path.isAbsolute() && path.getNameCount() > 0 && text.chars().noneMatch(Character::isISOControl);
        if (!usable) {
            throw new Failure(
                    Failure.Kind.REFUSED,
                    "'" + text + "' cannot be a mount point",
                    "it must be an absolute path of a directory below /",
                    "name one, such as /localData");
        }
        return path;
    }

    /** As mount(8) and /proc show it. */
    public String source() {
        return MountLine.source(server, path);
    }
}
