package org.twinshare.client.pull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The releases that are on this node beside the running one. Not thread-safe. */
final class KeptReleases {
    private static final long READY_FOR_NS = TimeUnit.SECONDS.toNanos(10);

    private final Layout layout;
    private final Staging staging;
    private final boolean root;
    /** What vouches for releases here, by directory. */
    private final Map<String, Witness> witnesses = new HashMap<>();

    private @Nullable Ready ready;

    /** What was compared for a flip that is to follow at once. */
    private record Ready(Release release, String directory, long sinceNs) {}

    KeptReleases(Layout layout, Staging staging, boolean root) {
        this.layout = layout;
        this.staging = staging;
        this.root = root;
    }

    /** The directory of one that has the same content, as far as attributes tell; a damaged one is removed. */
    Optional<String> withContentOf(Release release) throws IOException {
        Optional<String> compared = ready(release);
        if (compared.isPresent()) {
            return compared;
        }
        for (Release there : layout.all()) {
            if (there.hash().equals(release.hash())) {
                Path tree = layout.release(there.name());
                if (isVouchedFor(there.name())
                        || Checks.mismatch(manifest(there), TreeScan.of(tree), root)
                                .isEmpty()) {
                    return Optional.of(there.name());
                }
                staging.remove(tree);
            }
        }
        return Optional.empty();
    }

    /** Notes that a release was compared, and waits for the word to flip. */
    void isReady(Release release, String directory) {
        ready = new Ready(release, directory, System.nanoTime());
    }

    /** Its directory, where the word comes so soon that it need not be compared once more. */
    private Optional<String> ready(Release release) {
        return Optional.ofNullable(ready)
                .filter(there -> there.release.equals(release)
                        && System.nanoTime() - there.sinceNs < READY_FOR_NS
                        && Files.isDirectory(layout.release(there.directory), LinkOption.NOFOLLOW_LINKS))
                .map(Ready::directory);
    }

    private boolean isVouchedFor(String directory) throws IOException {
        Witness witness = witnesses.get(directory);
        return witness != null && witness.holdsFor(layout.release(directory));
    }

    /** A release that was just compared need not be compared again unless it is touched. */
    void vouch(String directory, Optional<Witness> witness) {
        witness.ifPresentOrElse(found -> witnesses.put(directory, found), () -> witnesses.remove(directory));
    }

    /** Compares a release while there is time, so that a rollback to it has only to see whether it was touched since. */
    void ahead(String directory) throws IOException {
        Optional<Release> release = Release.parse(directory);
        Path tree = layout.release(directory);
        if (release.isPresent() && Files.isDirectory(tree) && !isVouchedFor(directory)) {
            vouch(directory, Witness.of(tree, manifest(release.get()), root));
        }
    }

    /** Its manifest; one that matches nothing where it is missing or damaged. */
    Manifest manifest(Release kept) throws IOException {
        try {
            return Manifest.of(kept, Files.readAllBytes(layout.manifest(kept.name())));
        } catch (IllegalArgumentException | NoSuchFileException e) {
            return Manifest.NOTHING;
        }
    }

    /**
     * Removes old releases, but never the running one, the one before it, or one that has something of its own.
     *
     * @return what was kept although it is old, in words
     */
    List<String> prune(NodeState state, int keep) throws IOException {
        List<String> words = new ArrayList<>();
        List<Release> all = layout.all();
        for (Release old : all.subList(0, Math.max(0, all.size() - keep))) {
            if (old.name().equals(state.directory) || old.name().equals(state.previous)) {
                continue;
            }
            Path tree = layout.release(old.name());
            Manifest published = manifest(old);
            if (TreeScan.of(tree).entries().keySet().stream()
                    .allMatch(path -> published.entries().containsKey(path))) {
                staging.remove(tree);
                witnesses.remove(old.name());
                Files.deleteIfExists(layout.manifest(old.name()));
            } else {
                words.add("kept, because files were written into it on this node: " + tree);
            }
        }
        return words;
    }
}
