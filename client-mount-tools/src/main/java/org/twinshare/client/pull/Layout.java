package org.twinshare.client.pull;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Where everything of a pulled tree lies. The target is a symbolic link, so that one rename replaces the whole tree.
 *
 * <pre>
 *  /usr/local/localSource -> .localSource.d/releases/12-4f3a9c0d11223344
 *  /usr/local/.localSource.d/
 *      releases/12-4f3a9c0d11223344/   a release, or 0: the directory that was there before the first pull
 *      manifests/12-4f3a9c0d11223344   what it consists of
 *      staging/                        the next one in the making; worthless after a crash
 *      link                            the new symbolic link, for the moment before it is renamed
 *      status.json                     see NodeState
 *      lock                            held while a pull or a rollback runs
 * </pre>
 */
final class Layout {
    /** What was there before the first pull. */
    static final String TAKEN_OVER = "0";

    private final Path target;
    private final Path base;

    Layout(Path target) {
        this.target = target;
        Path parent = Objects.requireNonNull(target.getParent(), "the target has a parent");
        this.base = parent.resolve("." + target.getFileName() + ".d");
    }

    Path target() {
        return target;
    }

    Path base() {
        return base;
    }

    Path releases() {
        return base.resolve("releases");
    }

    Path release(String directory) {
        return releases().resolve(directory);
    }

    Path manifest(String directory) {
        return base.resolve("manifests").resolve(directory);
    }

    Path staging() {
        return base.resolve("staging");
    }

    Path link() {
        return base.resolve("link");
    }

    Path stateFile() {
        return base.resolve("status.json");
    }

    Path lock() {
        return base.resolve("lock");
    }

    /** What the link has to say, seen from beside the target. */
    Path linkTo(String directory) {
        return Path.of(String.valueOf(base.getFileName()), "releases", directory);
    }

    /** The name of the directory that the target leads to; empty where the target is not such a link. */
    Optional<String> liveDirectory() throws IOException {
        if (!Files.isSymbolicLink(target)) {
            return Optional.empty();
        }
        Path leadsTo = Files.readSymbolicLink(target);
        String name = String.valueOf(leadsTo.getFileName());
        return leadsTo.equals(linkTo(name)) ? Optional.of(name) : Optional.empty();
    }

    /** A directory that is no link yet: the first pull takes it over. */
    boolean isTakeOver() {
        return Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS);
    }

    /** The complete releases here, the oldest first; not the directory that was taken over. */
    List<Release> all() throws IOException {
        List<Release> all = new ArrayList<>();
        if (!Files.isDirectory(releases())) {
            return all;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(releases())) {
            for (Path entry : entries) {
                Release.parse(entry.getFileName().toString()).ifPresent(all::add);
            }
        }
        all.sort(Comparator.naturalOrder());
        return all;
    }
}
