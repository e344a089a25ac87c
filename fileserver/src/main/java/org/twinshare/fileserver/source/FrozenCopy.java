package org.twinshare.fileserver.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.twinshare.fileserver.source.TreeScan.Found;

/**
 * Copies the working tree beside the live release, with which it shares what is the same. Where the live release came from this
 * working tree, the copy begins as the live one, loses what is other, and rsync brings only that; else, or where the result is
 * not what was found in the working tree, rsync compares everything. For one publish. Not thread-safe.
 */
final class FrozenCopy {
    private final SourceSetting setting;
    private final ReleaseStore store;
    private final boolean root;
    private final Ahead ahead;
    private final List<String> others = new ArrayList<>();

    /** @param root whether this process can give files away: else owners differ, and all is compared */
    FrozenCopy(SourceSetting setting, ReleaseStore store, Ahead ahead, boolean root) {
        this.setting = setting;
        this.store = store;
        this.ahead = ahead;
        this.root = root;
    }

    /** What was left out, because it is neither file, directory nor symbolic link. */
    List<String> others() {
        return others;
    }

    /**
     * Makes the copy, and returns what is in it.
     *
     * @param content of the live release; waited for only where it is needed
     */
    List<Found> of(Path work, Path tree, Optional<Release> live, Beside<Ahead.Content> content)
            throws IOException, SourceRefused {
        List<Found> wanted = TreeScan.of(work, others);
        boolean compareAll = !Files.exists(store.stamp());
        if (root && live.isPresent() && !compareAll) {
            changeCopyOf(live.get(), content.end().byPath(), work, wanted, tree);
            List<Found> found = TreeScan.of(tree, new ArrayList<>());
            if (isWanted(found, wanted)) {
                return found;
            }
            // Somebody is writing in the working tree.
            store.remove(tree);
        }
        copyAll(work, tree, live, compareAll);
        return TreeScan.of(tree, new ArrayList<>());
    }

    private static boolean isWanted(List<Found> found, List<Found> wanted) {
        Map<String, Manifest.Line> lines = new HashMap<>();
        wanted.forEach(entry -> lines.put(entry.line().path(), entry.line()));
        return found.size() == lines.size()
                && found.stream()
                        .allMatch(entry ->
                                entry.line().equals(lines.get(entry.line().path())));
    }

    private void changeCopyOf(Release live, Map<String, Found> before, Path work, List<Found> wanted, Path tree)
            throws IOException, SourceRefused {
        long stampNs = stampNs();
        Map<String, Found> gone = new LinkedHashMap<>(before);
        List<Found> changed = new ArrayList<>();
        List<Found> touchedOnly = new ArrayList<>();
        for (Found entry : wanted) {
            Found old = gone.remove(entry.line().path());
            boolean touched = isTouched(entry, stampNs);
            if (old != null && !touched && old.line().looksLike(entry.line())) {
                continue;
            }
            (old != null && isAsLong(old, entry) ? touchedOnly : changed).add(entry);
            if (old != null && !(old.isDirectory() && entry.isDirectory())) {
                gone.put(entry.line().path(), old);
            }
        }
        ahead.into(tree, live);
        takeOut(tree, gone.values());
        copy(words(Optional.empty()), work, tree, changed);
        // Perhaps with the content of before; it is compared, and then shared again.
        List<String> words = words(Optional.of(store.tree(live)));
        words.add("--checksum");
        copy(words, work, tree, touchedOnly);
    }

    private static boolean isAsLong(Found old, Found entry) {
        return entry.line().isFile()
                && old.line().isFile()
                && old.line().size().equals(entry.line().size());
    }

    private void copy(List<String> words, Path work, Path tree, List<Found> entries) throws IOException, SourceRefused {
        if (!entries.isEmpty()) {
            List<String> command = new ArrayList<>(words);
            command.addAll(List.of("--from0", "--files-from=-"));
            rsync(command, work, tree, TreeScan.names(entries));
        }
    }

    /** When the working tree was copied the last time. */
    private long stampNs() throws IOException {
        return Files.getLastModifiedTime(store.stamp()).to(TimeUnit.NANOSECONDS);
    }

    /** Whether a file may have another content since then, whatever its attributes say. */
    private static boolean isTouched(Found entry, long stampNs) {
        return entry.line().isFile() && entry.changedNs() >= stampNs;
    }

    /** Shared files are never changed in place: what is other goes first, and comes as a file of its own. */
    private static void takeOut(Path tree, Collection<Found> gone) throws IOException {
        List<Found> files = gone.stream().filter(entry -> !entry.isDirectory()).toList();
        if (!files.isEmpty()) {
            SystemProgram.output(tree, List.of("xargs", "-0", "rm", "-f", "--"), TreeScan.names(files));
        }
        List<Found> directories = gone.stream()
                .filter(Found::isDirectory)
                .sorted(Comparator.comparing((Found entry) -> entry.line().path())
                        .reversed())
                .toList();
        if (!directories.isEmpty()) {
            SystemProgram.output(tree, List.of("xargs", "-0", "rmdir", "--"), TreeScan.names(directories));
        }
    }

    /** Files that rsync takes for unchanged although they were touched since the last time are compared by content. */
    private void copyAll(Path work, Path tree, Optional<Release> release, boolean compareAll)
            throws IOException, SourceRefused {
        List<String> words = words(release.map(store::tree));
        List<String> all = new ArrayList<>(words);
        if (compareAll) {
            all.add("--checksum");
        }
        rsync(all, work, tree, new byte[0]);
        if (release.isPresent() && !compareAll) {
            long stampNs = stampNs();
            List<Found> touched = TreeScan.of(work, new ArrayList<>()).stream()
                    .filter(entry -> isTouched(entry, stampNs))
                    .toList();
            words.add("--checksum");
            copy(words, work, tree, touched);
        }
    }

    private static List<String> words(Optional<Path> liveTree) {
        List<String> words =
                new ArrayList<>(List.of("rsync", "-a", "--no-D", "-x", "--numeric-ids", "--modify-window=-1"));
        liveTree.ifPresent(path -> words.add("--link-dest=" + path));
        return words;
    }

    private void rsync(List<String> words, Path work, Path tree, byte[] input) throws IOException, SourceRefused {
        List<String> command = new ArrayList<>(words);
        command.addAll(List.of("--", work + "/", tree + "/"));
        SystemProgram.Result result = SystemProgram.run(Path.of("/"), command, input);
        if (result.exitCode() != 0) {
            throw SourceRefused.failed(
                    "cannot freeze " + setting.path(),
                    "rsync ended with " + result.exitCode() + ": " + result.words(),
                    "see that nobody writes there meanwhile, and publish again");
        }
    }
}
