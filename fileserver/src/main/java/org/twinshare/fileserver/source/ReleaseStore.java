package org.twinshare.fileserver.source;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.twinshare.fileserver.control.Json;

/**
 * The releases of one source, in one directory tree that a copy of itself can stand in for. Not thread-safe.
 *
 * <pre>
 *  releases/12-4f3a9c0d11223344/      the tree, never changed again
 *  manifests/12-4f3a9c0d11223344      what it consists of
 *  manifests/12-4f3a9c0d11223344.json when it was published, and how
 *  current -> releases/12-...         the live one, moved by one rename
 *  sequence                           the highest number given so far
 *  staging/                           a release in the making; worthless after a crash
 *  ahead/12-4f3a9c0d11223344/         a copy of the live one that the next begins as; the same
 * </pre>
 */
final class ReleaseStore {
    /** So many releases another server may have made that never came here. */
    private static final long NUMBERS_OF_ANOTHER = 100;

    private final Path root;

    /**
     * What is known of a release beside its content.
     *
     * @param allowVanished nodes may take it although many files are gone
     */
    record Facts(long publishedAtMs, long files, long bytes, String note, boolean allowVanished) {}

    ReleaseStore(Path root) {
        this.root = root;
    }

    /** Makes the directories, and removes what a publish that was cut off has left. */
    void prepare() throws IOException {
        for (Path directory : List.of(root.resolve("releases"), root.resolve("manifests"))) {
            Files.createDirectories(directory);
        }
        clearStaging();
        remove(ahead());
    }

    Path clearStaging() throws IOException {
        Path staging = root.resolve("staging");
        remove(staging);
        return Files.createDirectories(staging);
    }

    /** With rm(1): a name need not be one that a Java path can hold. */
    void remove(Path directory) throws IOException {
        SystemProgram.output(root, List.of("rm", "-rf", "--one-file-system", "--", directory.toString()), new byte[0]);
    }

    Path ahead() {
        return root.resolve("ahead");
    }

    Path releases() {
        return root.resolve("releases");
    }

    Path current() {
        return root.resolve("current");
    }

    /** Its mtime is the time at which the newest release began to be frozen. */
    Path stamp() {
        return root.resolve("frozen");
    }

    Path tree(Release release) {
        return releases().resolve(release.name());
    }

    Path root() {
        return root;
    }

    /** What a release consists of; may be large. */
    Path manifestFile(Release release) {
        return root.resolve("manifests").resolve(release.name());
    }

    /** What else is known of it. */
    Path factsFile(Release release) {
        return root.resolve("manifests").resolve(release.name() + ".json");
    }

    /** The live release; empty before the first publish. */
    Optional<Release> live() throws IOException {
        try {
            Path target = Files.readSymbolicLink(current()).getFileName();
            return target == null ? Optional.empty() : Release.parse(target.toString());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** All complete releases, the oldest first. */
    List<Release> all() throws IOException {
        List<Release> all = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(releases())) {
            for (Path entry : entries) {
                Release.parse(entry.getFileName().toString()).ifPresent(all::add);
            }
        }
        all.sort(Comparator.naturalOrder());
        return all;
    }

    Manifest manifest(Release release) throws IOException {
        return Manifest.decode(Files.readAllBytes(manifestFile(release)));
    }

    Facts facts(Release release) throws IOException {
        try {
            return Json.GSON.fromJson(Files.readString(factsFile(release)), Facts.class);
        } catch (JsonParseException e) {
            throw new IOException(factsFile(release) + " is damaged", e);
        }
    }

    /** The next number, which is never given again, whatever becomes of the release. */
    private long nextSequence() throws IOException {
        long last = reserved();
        for (Release release : all()) {
            last = Math.max(last, release.sequence());
        }
        reserve(last + 1);
        return last + 1;
    }

    private Path sequence() {
        return root.resolve("sequence");
    }

    private long reserved() throws IOException {
        try {
            return Long.parseLong(Files.readString(sequence()).strip());
        } catch (NoSuchFileException e) {
            return 0;
        } catch (NumberFormatException e) {
            throw new IOException(sequence() + " is damaged; write the highest number of a release into it", e);
        }
    }

    private void reserve(long number) throws IOException {
        write(sequence(), (number + "\n").getBytes(US_ASCII));
    }

    /**
     * Puts a staged copy of another server's release among these, under its own number; durable when this returns.
     *
     * @param manifest a file that becomes this server's
     */
    void receive(Path staged, Release release, Path manifest, byte[] facts) throws IOException {
        // Numbers that the other server gave to what never came here are not given again.
        reserve(Math.max(reserved(), release.sequence() + NUMBERS_OF_ANOTHER));
        place(manifest, manifestFile(release));
        write(factsFile(release), facts);
        moveIn(staged, release);
    }

    private void moveIn(Path staged, Release release) throws IOException {
        SystemProgram.output(root, List.of("sync", "-f", staged.toString()), new byte[0]);
        Files.move(staged, tree(release), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Puts a staged tree among the releases; it is durable when this returns. */
    Release add(Path staged, byte[] manifest, Facts facts) throws IOException {
        Release release = new Release(nextSequence(), Manifest.hash(manifest));
        write(manifestFile(release), manifest);
        write(factsFile(release), encoded(facts));
        moveIn(staged, release);
        return release;
    }

    /** The same content under a new number: the sequence grows also when nodes go back. */
    Release renumber(Release old, String note) throws IOException {
        Release release = new Release(nextSequence(), old.hash());
        Facts before = facts(old);
        place(Files.copy(manifestFile(old), temporary(manifestFile(release)), REPLACE_EXISTING), manifestFile(release));
        write(
                factsFile(release),
                encoded(new Facts(System.currentTimeMillis(), before.files, before.bytes, note, true)));
        Files.move(tree(old), tree(release), StandardCopyOption.ATOMIC_MOVE);
        forget(old);
        return release;
    }

    private static byte[] encoded(Facts facts) {
        return Json.GSON.toJson(facts).getBytes(US_ASCII);
    }

    private void forget(Release release) throws IOException {
        Files.deleteIfExists(manifestFile(release));
        Files.deleteIfExists(factsFile(release));
    }

    /** Takes a release away that is not live. */
    void discard(Release release) throws IOException {
        remove(tree(release));
        forget(release);
    }

    /** Makes a release the live one, by one rename. */
    void makeLive(Release release) throws IOException {
        Path link = root.resolve("current.new");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of("releases", release.name()));
        Files.move(link, current(), StandardCopyOption.ATOMIC_MOVE);
        sync(root);
    }

    /** Keeps the newest releases, and the live one in any case. */
    void prune(int keep) throws IOException {
        List<Release> all = all();
        Optional<Release> live = live();
        for (Release release : all.subList(0, Math.max(0, all.size() - keep))) {
            if (!live.equals(Optional.of(release))) {
                discard(release);
            }
        }
    }

    /** Replaces a file as a whole, on the disk when this returns. */
    private static void write(Path file, byte[] content) throws IOException {
        place(Files.write(temporary(file), content), file);
    }

    private static Path temporary(Path file) {
        return file.resolveSibling(file.getFileName() + ".new");
    }

    /** Moves a file to its place, on the disk when this returns. */
    private static void place(Path temporary, Path file) throws IOException {
        sync(temporary);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        sync(file.resolveSibling("."));
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
