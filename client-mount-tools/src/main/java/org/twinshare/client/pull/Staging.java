package org.twinshare.client.pull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Builds a release beside the running one. Where the running release is known, its files are shared, what is other is taken
 * out, and rsync fetches only that; else, or where the result is not what the manifest says, rsync compares everything with
 * the running tree. Not thread-safe.
 */
final class Staging {
    private static final String PREPARED = "prepared-";
    private static final int UNREACHABLE = 10;

    private final PullSettings settings;
    private final Layout layout;
    private final boolean root;
    private final Consumer<Step> progress;

    Staging(PullSettings settings, Layout layout, boolean root, Consumer<Step> progress) {
        this.settings = settings;
        this.layout = layout;
        this.root = root;
        this.progress = progress;
    }

    /**
     * Brings a release among the others.
     *
     * @param live       the directory of the running tree, if there is one
     * @param difference what leads from it to the release
     * @param known      whether the running tree has been compared by content before, so that only the difference is fetched
     * @param rsyncPort  where the server's rsync daemon listens
     */
    void stage(
            Release release,
            byte[] manifestBytes,
            Manifest manifest,
            @Nullable Path live,
            Difference difference,
            boolean known,
            int rsyncPort)
            throws IOException, PullFailure {
        Path tree = layout.staging().resolve(release.name());
        Optional<String> wrong = Optional.of("");
        if (live != null && known) {
            clone(live, tree);
            progress.accept(Step.CLONED);
            takeOut(tree, difference);
            progress.accept(Step.REMOVED);
            fetch(release, tree, live, rsyncPort, TreeScan.names(difference.changed()));
            progress.accept(Step.FETCHED);
            wrong = mismatch(tree, manifest, difference.changed());
        }
        if (wrong.isPresent()) {
            clear();
            fetch(release, Files.createDirectories(tree), live, rsyncPort, null);
            progress.accept(Step.FETCHED);
            wrong = mismatch(tree, manifest, manifest.entries().values());
        }
        if (wrong.isPresent()) {
            throw PullFailure.refused(
                    "what was fetched is not what the manifest of " + release.name() + " says",
                    wrong.get(),
                    "on the server: nobody may write below its releases; publish again");
        }
        progress.accept(Step.VERIFIED);
        store(release, manifestBytes, tree);
        progress.accept(Step.STORED);
    }

    /** On the disk before it can become the running one. */
    private void store(Release release, byte[] manifestBytes, Path tree) throws IOException {
        Path manifestFile = layout.manifest(release.name());
        Files.createDirectories(manifestFile.resolveSibling("."));
        Files.write(manifestFile, manifestBytes);
        run("sync", "-f", tree.toString());
        Files.createDirectories(layout.releases());
        Files.move(tree, layout.release(release.name()), StandardCopyOption.ATOMIC_MOVE);
    }

    private void run(String... words) throws IOException {
        SystemProgram.output(Path.of("/"), List.of(words), new byte[0]);
    }

    /** Removes what a pull that was cut off has left, and a prepared copy of what no longer runs. */
    void clear() throws IOException {
        remove(layout.staging());
        Files.createDirectories(layout.staging());
    }

    void remove(Path directory) throws IOException {
        run("rm", "-rf", "--one-file-system", "--", directory.toString());
    }

    private Path preparedOf(Path live) {
        return layout.staging().resolve(PREPARED + live.getFileName());
    }

    boolean isPrepared(Path live) {
        return Files.isDirectory(preparedOf(live));
    }

    /** Makes the copy that shares all files with the running release, ahead of the next one, with what is left of the machine. */
    void prepare(Path live) throws IOException {
        Path making = layout.staging().resolve("making");
        clear();
        run("nice", "-n", "19", "cp", "-a", "-l", "--", live.toString(), making.toString());
        Files.move(making, preparedOf(live), StandardCopyOption.ATOMIC_MOVE);
    }

    private void clone(Path live, Path tree) throws IOException {
        Path prepared = preparedOf(live);
        if (Files.isDirectory(prepared)) {
            Files.move(prepared, tree, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        clear();
        run("cp", "-a", "-l", "--", live.toString(), tree.toString());
    }

    /** Shared files are never changed in place: what is other goes first, and comes as a file of its own. */
    private static void takeOut(Path tree, Difference difference) throws IOException {
        List<Entry> files = new ArrayList<>(difference.replaced());
        files.addAll(difference.removed());
        if (!files.isEmpty()) {
            SystemProgram.output(tree, List.of("xargs", "-0", "rm", "-f", "--"), TreeScan.names(files));
        }
        if (!difference.directories().isEmpty()) {
            SystemProgram.output(
                    tree,
                    List.of("xargs", "-0", "rmdir", "--ignore-fail-on-non-empty", "--"),
                    TreeScan.names(difference.directories()));
        }
    }

    /** @param names what to fetch, each name with a NUL behind it; null for all */
    private void fetch(Release release, Path tree, @Nullable Path live, int rsyncPort, byte @Nullable [] names)
            throws IOException, PullFailure {
        List<String> command = new ArrayList<>(List.of(
                "rsync",
                "-a",
                "--no-D",
                "-x",
                "--numeric-ids",
                "--modify-window=-1",
                "--contimeout=10",
                "--timeout=120"));
        if (live != null) {
            command.add("--link-dest=" + live);
        }
        if (names != null) {
            command.addAll(List.of("--from0", "--files-from=-"));
        } else {
            command.addAll(List.of("--delete", "--max-delete=" + settings.maxDelete()));
            // A tree that somebody else wrote may have another content of the same size and time.
            command.add(live == null ? "--no-checksum" : "--checksum");
        }
        settings.passwordFile().ifPresent(file -> command.add("--password-file=" + file));
        String host = settings.server().indexOf(':') >= 0 ? "[" + settings.server() + "]" : settings.server();
        String user = settings.user().map(name -> name + "@").orElse("");
        command.addAll(List.of(
                "--",
                "rsync://" + user + host + ":" + settings.rsyncPort().orElse(rsyncPort) + "/" + settings.source()
                        + ".releases/" + release.name() + "/",
                tree + "/"));
        SystemProgram.Result result = SystemProgram.run(Path.of("/"), command, names == null ? new byte[0] : names);
        if (result.exitCode() != 0) {
            throw new PullFailure(
                    result.exitCode() == UNREACHABLE ? PullFailure.Kind.UNREACHABLE : PullFailure.Kind.FAILED,
                    "cannot fetch release " + release.name(),
                    "rsync ended with " + result.exitCode() + ": " + result.words(),
                    "on the server:  twinshare source status; this node must be among its nodes");
        }
    }

    /** All attributes of all entries, and the content of those that were fetched. */
    private Optional<String> mismatch(Path tree, Manifest manifest, Collection<Entry> fetched) throws IOException {
        Optional<String> wrong = Checks.mismatch(manifest, TreeScan.of(tree), root);
        if (wrong.isPresent()) {
            return wrong;
        }
        List<Entry> files = fetched.stream().filter(Entry::isFile).toList();
        Map<String, String> digests = TreeScan.digests(tree, files);
        List<Entry> other = files.stream()
                .filter(entry -> !entry.digest().equals(digests.get(entry.path())))
                .toList();
        return other.isEmpty() ? Optional.empty() : Optional.of("content: " + Checks.names(other));
    }
}
