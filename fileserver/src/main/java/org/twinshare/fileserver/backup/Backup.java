package org.twinshare.fileserver.backup;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.twinshare.fileserver.control.Json;
import org.twinshare.fileserver.source.SystemProgram;
import org.twinshare.replication.Refusal;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.copy.StandStill;

/**
 * One dated copy of exported directories, all at one position of the journal. Most is copied while the tree goes on; then it
 * stands still for the rest. What has not changed since the last copy is a hard link into that (rsync(1), --link-dest), so each
 * copy is whole, and may be deleted by itself. One thread.
 *
 * <pre>
 *  DEST/2026-11-25T01-02-03Z/localData/...       an export, by the path that clients mount
 *  DEST/2026-11-25T01-02-03Z/twinshare-backup.json
 *  DEST/.unfinished/                             one that was broken off; the next one goes on with it
 * </pre>
 */
public final class Backup {
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH-mm-ss'Z'").withZone(ZoneOffset.UTC);
    private static final String DATED = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z";
    private static final String FACTS = "twinshare-backup.json";
    /** Of rsync: something vanished while it was copied. */
    private static final int VANISHED = 24;

    private final Path destination;
    private final List<Part> parts;

    /**
     * One exported directory.
     *
     * @param mounted the path that clients mount
     */
    public record Part(Path directory, Path mounted) {}

    /** Where the tree can be made to stand still. */
    public interface Tree {
        /** Until that is closed. */
        StandStill standStill() throws RefusedException;
    }

    /**
     * What was made.
     *
     * @param position of the last record of the journal that is in it
     * @param stoodStillMs for how long the tree stood still
     */
    public record Made(Path directory, long position, long stoodStillMs) {}

    /**
     * Into a directory of this server.
     *
     * @throws RefusedException when it is none, or is a part of what is to be copied
     */
    public Backup(Path destination, List<Part> parts) throws IOException, RefusedException {
        if (!Files.isDirectory(destination)) {
            throw new RefusedException(
                    "there is no directory " + destination,
                    "an unmounted disk must not be mistaken for the one that backups go to",
                    "mount the disk, or make it:  mkdir -p " + destination);
        }
        this.destination = destination.toRealPath();
        this.parts = parts;
        for (Part part : parts) {
            Path directory = part.directory.toRealPath();
            if (this.destination.startsWith(directory) || directory.startsWith(this.destination)) {
                throw new RefusedException(
                        "cannot back up " + directory + " into " + destination,
                        "one of them lies in the other",
                        "name a directory on another disk");
            }
        }
    }

    /** Makes a copy, which has its name only when it is whole and on the disk. */
    public Made run(Tree tree, int epoch, Instant now) throws IOException, RefusedException {
        // Whether it can at all, before most is copied.
        tree.standStill().close();
        Path unfinished = destination.resolve(".unfinished");
        Path made = destination.resolve(NAME.format(now));
        Optional<Path> last = last();
        copy(unfinished, last, true);
        long position;
        long begun = System.nanoTime();
        try (StandStill still = tree.standStill()) {
            position = still.position();
            copy(unfinished, last, false);
            if (!still.holds()) {
                throw new RefusedException(
                        "the copy is not of one moment",
                        "this server took over, or connected anew, while the copy was made",
                        "run it again on the standby: it goes on with what it has copied");
            }
        }
        long stoodStillMs = (System.nanoTime() - begun) / 1_000_000;
        JsonObject facts = new JsonObject();
        facts.addProperty("position", position);
        facts.addProperty("epoch", epoch);
        facts.addProperty("time", now.toString());
        Files.writeString(unfinished.resolve(FACTS), Json.GSON.toJson(facts) + "\n");
        SystemProgram.output(destination, List.of("sync", "-f", unfinished.toString()), new byte[0]);
        Files.move(unfinished, made, StandardCopyOption.ATOMIC_MOVE);
        return new Made(made, position, stoodStillMs);
    }

    /** The newest copy that there is. */
    private Optional<Path> last() throws IOException {
        Optional<Path> last = Optional.empty();
        try (DirectoryStream<Path> dated = Files.newDirectoryStream(destination, DATED)) {
            for (Path each : dated) {
                if (last.isEmpty() || each.compareTo(last.get()) > 0) {
                    last = Optional.of(each);
                }
            }
        }
        return last;
    }

    private void copy(Path into, Optional<Path> last, boolean mayVanish) throws IOException, RefusedException {
        for (Part part : parts) {
            // All lie below the directory of the copy, whatever clients call them.
            Path below = Path.of("/").relativize(part.mounted);
            Path target = into.resolve(below);
            Files.createDirectories(target);
            // Nanoseconds count too; our own marks are of the inode that they are on, and mean nothing on a copy.
            List<String> command = new ArrayList<>(List.of(
                    "rsync",
                    "-aHAX",
                    "--numeric-ids",
                    "--delete",
                    "--modify-window=-1",
                    "--filter=-x trusted.twinshare.id",
                    "--exclude=/.twinshare-recovery"));
            last.ifPresent(before -> command.add("--link-dest=" + before.resolve(below)));
            command.addAll(List.of("--", part.directory + "/", target + "/"));
            SystemProgram.Result result = SystemProgram.run(destination, command, new byte[0]);
            if (result.exitCode() != 0 && !(mayVanish && result.exitCode() == VANISHED)) {
                throw refused(part, result);
            }
        }
    }

    private RefusedException refused(Part part, SystemProgram.Result result) {
        return new RefusedException(new Refusal(
                part.directory + " could not be copied to " + destination,
                "rsync ended with " + result.exitCode() + ": " + result.words(),
                "make room or mend what it says, and run it again: it goes on with what it has copied"));
    }
}
