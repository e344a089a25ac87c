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
    /** To compare less than this with what runs here costs the processors more than the network gains. */
    private static final long COMPARED_FROM_BYTES = 64L << 20;

    private final PullSettings settings;
    private final Layout layout;
    private final boolean root;
    private final Consumer<Step> progress;
    /** Vouches for the copy that was made ahead. */
    private @Nullable Witness copy;

    Staging(PullSettings settings, Layout layout, boolean root, Consumer<Step> progress) {
        this.settings = settings;
        this.layout = layout;
        this.root = root;
        this.progress = progress;
    }

    /**
     * Brings a release among the others.
     *
     * @param rsyncPort where the server's rsync daemon listens
     * @return what vouches for it from now on, where that is known
     */
    Optional<Witness> stage(Work work, int rsyncPort) throws IOException, PullFailure {
        Release release = work.release();
        Path live = work.live();
        Path tree = layout.staging().resolve(release.name());
        Optional<String> wrong = Optional.of("");
        Optional<Witness> vouches = Optional.empty();
        if (live != null && work.known()) {
            Witness copied = clone(live, tree);
            progress.accept(Step.CLONED);
            takeOut(tree, work.difference());
            progress.accept(Step.REMOVED);
            fetch(work, tree, rsyncPort, true);
            progress.accept(Step.FETCHED);
            long moment = Witness.moment();
            wrong = mismatch(tree, work, copied);
            if (copied != null && wrong.isEmpty()) {
                vouches = Optional.of(new Witness(copied.fromNs(), moment, Optional.empty()));
            }
        }
        if (wrong.isPresent()) {
            clear();
            fetch(work, Files.createDirectories(tree), rsyncPort, false);
            progress.accept(Step.FETCHED);
            wrong = mismatchOfAll(tree, work.manifest());
        }
        if (wrong.isPresent()) {
            throw PullFailure.refused(
                    "what was fetched is not what the manifest of " + release.name() + " says",
                    wrong.get(),
                    "on the server: nobody may write below its releases; publish again");
        }
        progress.accept(Step.VERIFIED);
        store(release, work.manifestBytes(), tree);
        progress.accept(Step.STORED);
        Object root = Witness.changed(layout.release(release.name()));
        return vouches.map(witness -> new Witness(witness.fromNs(), witness.toNs(), Optional.of(root)));
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
        copy = null;
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

    /**
     * Makes the copy that shares all files with the running release, ahead of the next one, with what is left of the machine,
     * and compares it with what was published, so that only what is touched later has to be compared then.
     */
    void prepare(Path live, Manifest published) throws IOException {
        Path prepared = preparedOf(live);
        if (!isPrepared(live)) {
            Path making = layout.staging().resolve("making");
            clear();
            run("nice", "-n", "19", "cp", "-a", "-l", "--", live.toString(), making.toString());
            Files.move(making, prepared, StandardCopyOption.ATOMIC_MOVE);
        }
        if (copy == null) {
            copy = Witness.of(prepared, published, root).orElse(null);
        }
    }

    /** Returns what vouches for the copy, where it was made and compared ahead. */
    private @Nullable Witness clone(Path live, Path tree) throws IOException {
        Path prepared = preparedOf(live);
        if (Files.isDirectory(prepared)) {
            Files.move(prepared, tree, StandardCopyOption.ATOMIC_MOVE);
            Witness vouches = copy;
            copy = null;
            return vouches;
        }
        clear();
        run("cp", "-a", "-l", "--", live.toString(), tree.toString());
        return null;
    }

    /**
     * Shared files are never changed in place: what is other goes first, and comes as a file of its own. Were it still there,
     * ext4 would write each file to the disk at the moment when rsync gives it its name.
     */
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

    /** @param onlyChanged whether all else is in the tree already */
    private void fetch(Work work, Path tree, int rsyncPort, boolean onlyChanged) throws IOException, PullFailure {
        Release release = work.release();
        Path live = work.live();
        byte[] names = onlyChanged ? TreeScan.names(work.difference().changed()) : new byte[0];
        List<String> command = new ArrayList<>(List.of(
                "rsync",
                "-a",
                "--no-D",
                "-x",
                "--numeric-ids",
                "--modify-window=-1",
                "--contimeout=10",
                "--timeout=120"));
        if (onlyChanged) {
            command.addAll(List.of("--from0", "--files-from=-"));
        }
        if (onlyChanged && work.difference().bytes() < COMPARED_FROM_BYTES) {
            command.add("--whole-file");
        } else if (live != null) {
            command.add("--link-dest=" + live);
        }
        if (!onlyChanged) {
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
        SystemProgram.Result result = SystemProgram.run(Path.of("/"), command, names);
        if (result.exitCode() != 0) {
            throw new PullFailure(
                    result.exitCode() == UNREACHABLE ? PullFailure.Kind.UNREACHABLE : PullFailure.Kind.FAILED,
                    "cannot fetch release " + release.name(),
                    "rsync ended with " + result.exitCode() + ": " + result.words(),
                    "on the server:  twinshare source status; this node must be among its nodes");
        }
    }

    /** All attributes of all entries, and the content of those that were fetched, or touched since the copy was made. */
    private Optional<String> mismatch(Path tree, Work work, @Nullable Witness copied) throws IOException {
        if (copied == null) {
            Optional<String> wrong = Checks.mismatch(work.manifest(), TreeScan.of(tree), root);
            return wrong.isPresent()
                    ? wrong
                    : mismatchOfContent(tree, work.difference().changed());
        }
        TreeScan.Since found = TreeScan.since(copied, tree);
        Optional<String> wrong =
                Checks.mismatch(work.manifest(), found, work.difference().changed(), root);
        if (wrong.isPresent()) {
            return wrong;
        }
        Map<String, Entry> wanted = work.manifest().entries();
        return mismatchOfContent(
                tree, found.touched().keySet().stream().map(wanted::get).toList());
    }

    /** All attributes and all content. */
    private Optional<String> mismatchOfAll(Path tree, Manifest manifest) throws IOException {
        Optional<String> wrong = Checks.mismatch(manifest, TreeScan.of(tree), root);
        return wrong.isPresent()
                ? wrong
                : mismatchOfContent(tree, manifest.entries().values());
    }

    private static Optional<String> mismatchOfContent(Path tree, Collection<Entry> entries) throws IOException {
        List<Entry> files = entries.stream().filter(Entry::isFile).toList();
        Map<String, String> digests = TreeScan.digests(tree, files);
        List<Entry> other = files.stream()
                .filter(entry -> !entry.digest().equals(digests.get(entry.path())))
                .toList();
        return other.isEmpty() ? Optional.empty() : Optional.of("content: " + Checks.names(other));
    }
}
