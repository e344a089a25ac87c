package org.twinshare.fileserver.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.twinshare.exports.Octal;
import org.twinshare.fileserver.source.TreeScan.Found;

/**
 * Turns the working tree into a release: a copy that shares unchanged files with the live release and none with the working
 * tree, checked and described by a manifest. Not thread-safe.
 */
final class Freezer {
    /** More than this part of the live files gone is more likely an accident than a release. */
    private static final double VANISHED_AT_MOST = 0.2;

    private static final int SHOWN = 20;

    private final SourceSetting setting;
    private final ReleaseStore store;
    private final Ahead ahead;
    private final boolean root;

    /** @param root whether this process has the rights of root */
    Freezer(SourceSetting setting, ReleaseStore store, Ahead ahead, boolean root) {
        this.setting = setting;
        this.store = store;
        this.ahead = ahead;
        this.root = root;
    }

    /**
     * What became of the working tree.
     *
     * @param changed false where the live release has this content already
     */
    record Frozen(Release release, boolean changed, List<String> warnings) {}

    /** Makes the release of a working tree that was checked; nothing is live yet. */
    Frozen freeze(boolean allowVanished, String note) throws IOException, SourceRefused {
        Path work = setting.path();
        List<String> warnings = new ArrayList<>();
        Optional<Release> live = store.live();
        Beside<Ahead.Content> contentOfLive =
                Beside.begin(() -> live.isPresent() ? ahead.contentOf(live.get()) : Ahead.Content.NOTHING);
        Path staging = store.clearStaging();
        Path stamp = Files.createFile(staging.resolve("stamp"));
        Path tree = staging.resolve("tree");
        FrozenCopy copy = new FrozenCopy(setting, store, ahead, root);
        List<Found> found = copy.of(work, tree, live, contentOfLive);
        copy.others().forEach(name -> warnings.add("left out, neither file, directory nor symbolic link: " + name));
        Beside<List<String>> unreadable = Beside.begin(() -> unreadable(tree));
        Ahead.Content published = contentOfLive.end();
        List<Found> described = describe(tree, found, published.byPath());
        Manifest manifest = new Manifest(described.stream().map(Found::line).toList());
        checkNotEmpty(manifest);
        byte[] encoded = manifest.encode();
        checkReadable(unreadable.end());
        if (live.isPresent() && live.get().hash().equals(Manifest.hash(encoded))) {
            store.clearStaging();
            return new Frozen(live.get(), false, warnings);
        }
        if (live.isPresent() && !allowVanished) {
            checkVanished(manifest, published.manifest());
        }
        Release release = store.add(
                tree,
                encoded,
                new ReleaseStore.Facts(
                        System.currentTimeMillis(), manifest.files(), manifest.bytes(), note, allowVanished));
        ahead.remember(release, described, manifest);
        Files.move(stamp, store.stamp(), StandardCopyOption.REPLACE_EXISTING);
        return new Frozen(release, true, warnings);
    }

    /** Refuses what is no directory, and what would be only a part of a site. */
    static void checkWorkingTree(SourceSetting setting, Host host) throws IOException, SourceRefused {
        Path work = setting.path();
        if (!Files.isDirectory(work)) {
            throw SourceRefused.failed(
                    "cannot publish " + setting.name(),
                    "there is no directory " + work,
                    "make it, or bring the live release back:  twinshare source checkout " + setting.name());
        }
        for (String mounted : host.mountedBelow(work.toRealPath())) {
            throw SourceRefused.unsafe(
                    "refused: " + mounted + " is a mount point inside the working tree " + work,
                    "a release is a copy of one file system, so nodes would get an empty directory there",
                    "mount it outside of the tree, and put a symbolic link in its place");
        }
    }

    /** What the rsync daemon could not read. */
    private List<String> unreadable(Path tree) throws IOException, SourceRefused {
        if (!root || setting.runAs().equals("root")) {
            return List.of();
        }
        SystemProgram.Result result = SystemProgram.run(
                tree,
                List.of(
                        "setpriv",
                        "--reuid",
                        setting.runAs(),
                        "--regid",
                        RunAs.groupOf(setting.runAs()),
                        "--clear-groups",
                        "--",
                        "find",
                        ".",
                        "-xdev",
                        "(",
                        "-type",
                        "d",
                        "(",
                        "!",
                        "-readable",
                        "-o",
                        "!",
                        "-executable",
                        ")",
                        "-prune",
                        "-o",
                        "-type",
                        "f",
                        "!",
                        "-readable",
                        ")",
                        "-printf",
                        "%P\\0"),
                new byte[0]);
        List<String> unreadable = names(result.out());
        if (unreadable.isEmpty() && result.exitCode() != 0) {
            throw SourceRefused.failed(
                    "cannot see whether " + setting.runAs() + " can read " + setting.path(),
                    result.words(),
                    "run-as must be a user of this system");
        }
        return unreadable;
    }

    private void checkReadable(List<String> unreadable) throws SourceRefused {
        if (!unreadable.isEmpty()) {
            throw SourceRefused.failed(
                    "cannot publish " + setting.name() + ": " + setting.runAs() + " cannot read " + unreadable.size()
                            + " of its files and directories",
                    String.join("\n", shown(unreadable)),
                    "chmod a+r (a+rx for directories), or  run-as = \"root\"  in [source." + setting.name() + "]");
        }
    }

    /** Adds the digests. A file that is shared with the live release and looks as its manifest says is not read again. */
    private static List<Found> describe(Path tree, List<Found> found, Map<String, Found> live) throws IOException {
        List<Found> described = new ArrayList<>();
        List<Found> fresh = new ArrayList<>();
        for (Found entry : found) {
            Manifest.Line line = entry.line();
            Found old = live.get(line.path());
            if (old != null
                    && old.isSameFile(entry)
                    && old.line().isRead()
                    && old.line().looksLike(line)) {
                described.add(entry.as(old.line()));
            } else if (line.isFile()) {
                fresh.add(entry);
            } else {
                described.add(entry);
            }
        }
        Map<String, String> digests = TreeScan.digests(tree, fresh);
        for (Found entry : fresh) {
            String digest = digests.get(entry.line().path());
            if (digest == null) {
                throw new IOException("no digest of " + entry.line().path());
            }
            described.add(entry.as(entry.line().withDigest(digest)));
        }
        return described;
    }

    private void checkNotEmpty(Manifest manifest) throws SourceRefused {
        if (manifest.files() == 0) {
            throw SourceRefused.unsafe(
                    "refused: the working tree " + setting.path() + " has no file",
                    "every node would lose its site",
                    "fill it, or bring the live release back:  twinshare source checkout " + setting.name());
        }
    }

    private void checkVanished(Manifest next, Manifest live) throws SourceRefused {
        Set<String> there = new HashSet<>();
        next.lines().stream().filter(Manifest.Line::isFile).forEach(line -> there.add(line.path()));
        List<String> vanished = live.lines().stream()
                .filter(line -> line.isFile() && !there.contains(line.path()))
                .map(Manifest.Line::path)
                .toList();
        if (vanished.size() > VANISHED_AT_MOST * live.files()) {
            throw SourceRefused.unsafe(
                    "refused: " + vanished.size() + " of " + live.files() + " files of the live release are gone from "
                            + setting.path(),
                    String.join("\n", shown(vanished)),
                    "if that is meant:  twinshare source publish " + setting.name() + " --allow-vanished");
        }
    }

    private static List<String> shown(List<String> names) {
        if (names.size() <= SHOWN) {
            return names;
        }
        List<String> shown = new ArrayList<>(names.subList(0, SHOWN));
        shown.add("and " + (names.size() - SHOWN) + " more");
        return shown;
    }

    private static List<String> names(byte[] separated) {
        List<String> names = new ArrayList<>();
        for (String name : new String(separated, ISO_8859_1).split("\0", -1)) {
            if (!name.isEmpty()) {
                byte[] bytes = name.getBytes(ISO_8859_1);
                String text = new String(bytes, UTF_8);
                names.add(
                        text.chars().allMatch(c -> c >= ' ' && c != 0x7f && c != 0xfffd)
                                ? text
                                : Octal.escape(bytes, "\\"));
            }
        }
        return names;
    }
}
