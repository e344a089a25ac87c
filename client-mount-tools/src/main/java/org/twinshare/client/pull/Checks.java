package org.twinshare.client.pull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Everything for which a pull is refused before it changes anything. Not thread-safe. */
final class Checks {
    /** More than this part of the running files gone is more likely an accident than a release. */
    private static final double VANISHED_AT_MOST = 0.2;

    private static final int SHOWN = 10;
    private static final long BYTES_PER_ENTRY = 256;
    private static final Pattern RSYNC_VERSION = Pattern.compile("rsync\\s+version\\s+v?(\\d+)\\.(\\d+)\\.?(\\d*)");
    private static final int SAFE_MAJOR = 3;
    private static final int SAFE_MINOR = 5;

    private final PullSettings settings;
    private final Layout layout;
    /** The program that was found good. */
    private @Nullable Object goodRsync;

    Checks(PullSettings settings, Layout layout) {
        this.settings = settings;
        this.layout = layout;
    }

    /** The target is one that can be a link, holds no other file system and no uploads. */
    void place() throws IOException, PullFailure {
        Path target = layout.target();
        Path parent = target.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw PullFailure.failed(
                    "cannot pull into " + target, "there is no directory " + parent, "mkdir -p " + parent);
        }
        boolean link = Files.isSymbolicLink(target);
        if (link && layout.liveDirectory().isEmpty()) {
            throw PullFailure.refused(
                    target + " is a symbolic link that no pull has made",
                    "it leads to " + Files.readSymbolicLink(target),
                    "name the path that the web server reads, or remove the link");
        }
        if (!link && Files.exists(target) && !layout.isTakeOver()) {
            throw PullFailure.refused(target + " is no directory", "it is a file", "name another target");
        }
        Path real =
                Files.exists(target) ? target.toRealPath() : parent.toRealPath().resolve(target.getFileName());
        noMountPoint(real);
        noUploads(real);
    }

    private void noMountPoint(Path real) throws IOException, PullFailure {
        List<Path> places = List.of(real, layout.base().toAbsolutePath());
        byte[] table = Files.readAllBytes(Path.of("/proc/self/mountinfo"));
        for (String line : new String(table, StandardCharsets.UTF_8).split("\n", -1)) {
            String[] fields = line.split(" ", -1);
            if (fields.length < 5) {
                continue;
            }
            String point = unescape(fields[4]);
            for (Path place : places) {
                if (point.equals(place.toString()) || point.startsWith(place + "/")) {
                    throw PullFailure.refused(
                            point + " is mounted inside the tree " + layout.target(),
                            "what is mounted there would be emptied or hidden by the next release",
                            "mount it outside of the tree, and put a symbolic link into the source");
                }
            }
        }
    }

    private static String unescape(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    private void noUploads(Path real) throws IOException, PullFailure {
        Path uploads = settings.uploads();
        Path resolved = Files.exists(uploads) ? uploads.toRealPath() : uploads.normalize();
        if (resolved.startsWith(real) || uploads.normalize().startsWith(layout.target())) {
            throw PullFailure.refused(
                    "the upload directory " + uploads + " lies inside the tree " + layout.target(),
                    "the next release would take every upload away",
                    "move it outside, and put a symbolic link into the source; or name the right one with --uploads");
        }
    }

    /** rsync is there, and is not one with known holes. */
    void rsync() throws PullFailure {
        Optional<Object> program = rsyncProgram();
        if (program.isPresent() && program.get().equals(goodRsync)) {
            return;
        }
        checkVersionOfRsync();
        goodRsync = program.orElse(null);
    }

    /** Which file it is, and when it was changed. */
    private static Optional<Object> rsyncProgram() {
        for (String directory : String.valueOf(System.getenv("PATH")).split(":", -1)) {
            Path program = Path.of("/", directory, "rsync");
            if (Files.isExecutable(program)) {
                try {
                    return Optional.of(Files.readAttributes(program, "unix:dev,ino,ctime"));
                } catch (IOException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private void checkVersionOfRsync() throws PullFailure {
        String text;
        try {
            text = new String(
                    SystemProgram.output(Path.of("/"), List.of("rsync", "--version"), new byte[0]),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw PullFailure.failed("rsync does not start", String.valueOf(e.getMessage()), "apt-get install rsync");
        }
        Matcher version = RSYNC_VERSION.matcher(text);
        boolean known = version.find();
        boolean safe = known
                && (Integer.parseInt(version.group(1)) > SAFE_MAJOR
                        || Integer.parseInt(version.group(1)) == SAFE_MAJOR
                                && Integer.parseInt(version.group(2)) >= SAFE_MINOR);
        if (!safe && !settings.allows(Allowance.OLD_RSYNC)) {
            throw PullFailure.refused(
                    "rsync is older than 3.5.0",
                    (known ? version.group() : "its version is not known") + "; 3.5.0 mends 33 known holes",
                    "apt-get update && apt-get install rsync  (Debian 12 has 3.5.0 among its security updates), or, with a"
                            + " server and a network that you trust:  --allow-old-rsync");
        }
    }

    /** The server has not gone back behind what this node has taken. */
    void sequence(NodeState state, Release offered) throws PullFailure {
        if (offered.sequence() < state.sequence && !settings.allows(Allowance.OLDER_RELEASE)) {
            throw PullFailure.refused(
                    "the server offers release " + offered.name() + ", and this node has had number " + state.sequence,
                    "the server was restored from an older copy, or another one answers at its address",
                    "see  twinshare source list  there; if it is right:  --allow-older-release");
        }
        if (offered.name().equals(state.held) && !settings.allows(Allowance.HELD_RELEASE)) {
            throw PullFailure.refused(
                    "release " + offered.name() + " was rolled back on this node",
                    "it is not taken again by itself",
                    "publish another one, or take it again with --allow-held-release");
        }
    }

    /** The release has something in it, and does not take away too much of what runs. */
    void content(Manifest release, Manifest running, Difference difference, boolean vanishedIsMeant)
            throws PullFailure {
        if (release.files() == 0) {
            throw PullFailure.refused(
                    "the release has no file", "this node would lose its site", "publish a tree that has files");
        }
        List<Entry> vanished = difference.vanished();
        boolean allowed = vanishedIsMeant || settings.allows(Allowance.VANISHED);
        if (vanished.size() > VANISHED_AT_MOST * running.files() && !allowed) {
            throw PullFailure.refused(
                    vanished.size() + " of " + running.files() + " files that run here are gone from the release",
                    names(vanished),
                    "if that is meant:  twinshare source publish --allow-vanished  on the server, or"
                            + " twinmount pull --allow-vanished  here");
        }
    }

    /** Nothing was written into the running tree that only this node has. */
    void localFiles(Manifest published, Manifest running) throws PullFailure {
        List<Entry> local = running.entries().values().stream()
                .filter(entry -> !published.entries().containsKey(entry.path()))
                .toList();
        if (!local.isEmpty() && !settings.allows(Allowance.LOCAL_FILES)) {
            throw PullFailure.refused(
                    local.size() + " files of the running tree were written on this node",
                    names(local),
                    "let the site write to the share, and move them there; or leave them behind in the old release with"
                            + " --allow-local-files");
        }
    }

    /** There is room for what has to be fetched. */
    void space(Difference difference, long entries) throws IOException, PullFailure {
        long needed = difference.bytes() + entries * BYTES_PER_ENTRY;
        long usable = Files.getFileStore(layout.base()).getUsableSpace();
        if (needed > usable) {
            throw PullFailure.refused(
                    "too little space for the release",
                    needed / 1024 + " KiB are needed in " + layout.base() + ", and " + usable / 1024 + " KiB are free",
                    "make room, or keep fewer releases with --keep");
        }
    }

    static String names(List<Entry> entries) {
        List<String> names = new ArrayList<>();
        entries.stream().limit(SHOWN).forEach(entry -> names.add(entry.path()));
        if (entries.size() > SHOWN) {
            names.add("and " + (entries.size() - SHOWN) + " more");
        }
        return String.join("\n", names);
    }

    /** What does not match, or nothing. */
    static Optional<String> mismatch(Manifest wanted, Manifest found, boolean root) {
        List<Entry> wrong = new ArrayList<>();
        for (Entry entry : wanted.entries().values()) {
            Entry other = found.entries().get(entry.path());
            if (other == null || !entry.looksLike(other, root)) {
                wrong.add(entry);
            }
        }
        found.entries().values().stream()
                .filter(entry -> !wanted.entries().containsKey(entry.path()))
                .forEach(wrong::add);
        return wrong.isEmpty() ? Optional.empty() : Optional.of(names(wrong));
    }

    /**
     * The same where what nobody has touched is known to be as it was in an earlier tree.
     *
     * @param changed entries of the wanted tree that were other in the earlier one, or not in it
     */
    static Optional<String> mismatch(Manifest wanted, TreeScan.Since found, List<Entry> changed, boolean root) {
        Map<String, Entry> looked = new LinkedHashMap<>();
        changed.forEach(entry -> looked.put(entry.path(), entry));
        Names rest = new Names();
        for (Entry entry : wanted.entries().values()) {
            if (found.touched().containsKey(entry.path())) {
                looked.put(entry.path(), entry);
            } else {
                rest.add(entry);
            }
        }
        Optional<String> wrong = mismatch(Manifest.found(looked), Manifest.found(found.touched()), root);
        return wrong.isPresent() || rest.equals(found.untouched())
                ? wrong
                : Optional.of(found.untouched() + " instead of " + rest + ", or others");
    }
}
