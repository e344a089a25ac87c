package org.twinshare.client.pull;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out what there is to do for a release, and refuses what would lose files of this node's own. Not thread-safe. */
final class Survey {
    private final Layout layout;
    private final Channel channel;
    private final Checks checks;
    private final KeptReleases kept;
    private final boolean root;
    private @Nullable Unwritten unwritten;

    /**
     * The running tree, when no file of this node's own was in it.
     *
     * @param directories their names
     * @param times       each with its inode and ctime: a name that comes or goes changes that, also that of a directory
     */
    private record Unwritten(String directory, Manifest published, byte[] directories, String times) {}

    Survey(Layout layout, Channel channel, Checks checks, KeptReleases kept, boolean root) {
        this.layout = layout;
        this.channel = channel;
        this.checks = checks;
        this.kept = kept;
        this.root = root;
    }

    Work of(Release release) throws IOException, PullFailure {
        byte[] bytes = channel.manifest(release);
        String directory = layout.liveDirectory().orElse(null);
        Manifest published = directory == null ? Manifest.NOTHING : published(directory);
        Manifest manifest;
        try {
            manifest = Manifest.of(release, bytes, published);
        } catch (IllegalArgumentException e) {
            throw PullFailure.refused(
                    "the manifest of " + release.name() + " is not the one that was published",
                    String.valueOf(e.getMessage()),
                    "on the server: nobody may write below its releases; publish again");
        }
        Path live = directory == null ? (layout.isTakeOver() ? layout.target() : null) : layout.release(directory);
        boolean known = !published.entries().isEmpty();
        Manifest before = published;
        if (!known) {
            before = live == null ? Manifest.NOTHING : TreeScan.of(live);
        } else if (live != null && !isUnwritten(live)) {
            checks.localFiles(published, TreeScan.of(live));
        }
        Difference difference = Difference.between(before, manifest, root);
        return new Work(release, bytes, manifest, live, before, difference, known);
    }

    private Manifest published(String directory) throws IOException {
        if (unwritten != null && unwritten.directory.equals(directory)) {
            return unwritten.published;
        }
        Release live = Release.parse(directory).orElse(null);
        return live == null ? Manifest.NOTHING : kept.manifest(live);
    }

    private boolean isUnwritten(Path live) throws IOException {
        return unwritten != null
                && live.endsWith(unwritten.directory)
                && times(live, unwritten.directories).equals(Optional.of(unwritten.times));
    }

    /** Empty where one is gone. */
    private static Optional<String> times(Path tree, byte[] directories) throws IOException {
        SystemProgram.Result result =
                SystemProgram.run(tree, List.of("xargs", "-0", "stat", "--printf=%i %.9Z %n\\0", "--"), directories);
        return result.exitCode() == 0 ? Optional.of(new String(result.out(), ISO_8859_1)) : Optional.empty();
    }

    /** Looks at the running tree while there is time; returns its manifest, if it has one. */
    Manifest ahead(String directory) throws IOException {
        if (unwritten != null && unwritten.directory.equals(directory)) {
            return unwritten.published;
        }
        Manifest published = published(directory);
        Path live = layout.release(directory);
        // Before the names are read: what is written meanwhile shows the next time.
        byte[] directories = TreeScan.find(live, List.of("-type", "d", "-print0"));
        Optional<String> times = times(live, directories);
        boolean clean = published
                .entries()
                .keySet()
                .containsAll(TreeScan.of(live).entries().keySet());
        unwritten = clean && times.isPresent() ? new Unwritten(directory, published, directories, times.get()) : null;
        return published;
    }
}
