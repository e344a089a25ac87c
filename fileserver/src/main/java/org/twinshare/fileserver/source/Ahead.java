package org.twinshare.fileserver.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.twinshare.fileserver.source.TreeScan.Found;

/**
 * What the next publish finds ready: a copy of the live release as hard links, made between publishes, which it changes into its
 * own; and what the live release consists of, from when it was made. Neither is needed, and both are worth nothing once another
 * release is the live one. Thread-safe.
 */
final class Ahead {
    private final ReleaseStore store;
    private @Nullable Remembered remembered;

    private record Remembered(Release release, Content content) {}

    /**
     * What a release consists of.
     *
     * @param byPath   what lies there; a file that looks as the manifest says has its digest from there
     * @param manifest what was published
     */
    record Content(Map<String, Found> byPath, Manifest manifest) {
        /** Of no release at all. */
        static final Content NOTHING = new Content(Map.of(), new Manifest(List.of()));
    }

    Ahead(ReleaseStore store) {
        this.store = store;
    }

    /** Keeps in mind what a release consists of that was just made. */
    synchronized void remember(Release release, List<Found> found, Manifest manifest) {
        remembered = found.size() > TreeProcess.IN_SERVER_AT_MOST
                ? null
                : new Remembered(release, new Content(byPath(found), manifest));
    }

    /** What a release consists of. */
    Content contentOf(Release release) throws IOException {
        synchronized (this) {
            if (remembered != null && remembered.release.equals(release)) {
                return remembered.content;
            }
        }
        Manifest manifest = store.manifest(release);
        Map<String, Found> byPath = byPath(TreeScan.of(store.tree(release), new ArrayList<>()));
        for (Manifest.Line line : manifest.lines()) {
            byPath.computeIfPresent(
                    line.path(), (path, there) -> line.looksLike(there.line()) ? there.as(line) : there);
        }
        return new Content(byPath, manifest);
    }

    private static Map<String, Found> byPath(List<Found> found) {
        Map<String, Found> byPath = new HashMap<>();
        found.forEach(entry -> byPath.put(entry.line().path(), entry));
        return byPath;
    }

    /**
     * Copies the live release with what is left of the machine, where that is not done yet and where the next publish would use
     * it. A publish need not wait for this: it takes what is ready, and nothing else.
     */
    void copy() throws IOException {
        Optional<Release> live = store.live();
        if (live.isEmpty() || !Files.exists(store.stamp()) || isCopied(live.get())) {
            return;
        }
        store.remove(store.ahead());
        Path making = Files.createDirectories(store.ahead()).resolve("making");
        copy(List.of("nice", "-n", "19"), store.tree(live.get()), making);
        Files.move(making, copyOf(live.get()), StandardCopyOption.ATOMIC_MOVE);
    }

    private Path copyOf(Release release) {
        return store.ahead().resolve(release.name());
    }

    private boolean isCopied(Release release) {
        return Files.isDirectory(copyOf(release), LinkOption.NOFOLLOW_LINKS);
    }

    /** Makes {@code tree} a copy of a release, from what is ready where it can. */
    void into(Path tree, Release release) throws IOException {
        if (isCopied(release)) {
            Files.move(copyOf(release), tree, StandardCopyOption.ATOMIC_MOVE);
        } else {
            copy(List.of(), store.tree(release), tree);
        }
    }

    private static void copy(List<String> before, Path from, Path to) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of("cp", "-a", "-l", "--", from.toString(), to.toString()));
        SystemProgram.output(Path.of("/"), command, new byte[0]);
    }
}
