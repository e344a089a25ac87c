package org.twinshare.client.pull;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.twinshare.exports.Problem;

/**
 * What a node remembers of a pulled tree, and shows: {@code status.json} beside the tree, described in
 * {@code docs/source-tree.md}. Not thread-safe; whoever holds the lock writes it.
 */
final class NodeState {
    private static final Gson GSON = new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .setPrettyPrinting()
            .create();

    @SuppressWarnings("UnusedVariable") // written for whoever reads the file
    private final int outputVersion = 1;

    String source = "";
    String server = "";
    int nodePort;
    String target = "";
    /** The release that is live here, by its newest name; the directory may bear an older one with the same content. */
    @Nullable String live;
    /** Where the target leads. */
    @Nullable String directory;
    /** Where it led before. */
    @Nullable String previous;
    /** The highest number that this node has taken. */
    long sequence;

    long flippedAtMs;
    /** What could be flipped to at once. */
    @Nullable String staged;
    /** What was rolled back on this node and is not taken again by itself. */
    @Nullable String held;
    /** The release that is live on the server, as far as this node knows, and since when it knows. */
    @Nullable String offered;

    long offeredAtMs;
    /** When the server last answered. */
    long contactAtMs;

    @Nullable Problem error;

    long errorAtMs;
    /** The process that watches, 0 for none. */
    long watcher;
    /** Whether the next release can be staged without copying the live one first. */
    boolean prepared;

    /** Reads it; what is missing or damaged begins anew. */
    static NodeState read(Path file) throws IOException {
        try {
            return parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            return new NodeState();
        }
    }

    /** What such a file says. */
    static NodeState parse(String text) {
        try {
            NodeState state = GSON.fromJson(text, NodeState.class);
            return state == null ? new NodeState() : state;
        } catch (JsonParseException e) {
            return new NodeState();
        }
    }

    /** Replaces the file as a whole. */
    void write(Path file) throws IOException {
        Path temporary = file.resolveSibling("status.json.new");
        Files.writeString(temporary, GSON.toJson(this) + "\n");
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    String json() {
        return GSON.toJson(this);
    }

    void failedWith(@Nullable Problem problem) {
        error = problem;
        errorAtMs = problem == null ? 0 : System.currentTimeMillis();
    }

    void offeredIs(@Nullable String release) {
        contactAtMs = System.currentTimeMillis();
        if (release != null && !release.equals(offered)) {
            offered = release;
            offeredAtMs = contactAtMs;
        }
    }
}
