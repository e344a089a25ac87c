package org.twinshare.fileserver.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonParseException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.twinshare.exports.Problem;
import org.twinshare.fileserver.control.Json;

/**
 * What is done with a whole tree, in a process of its own where the tree is large. It takes up to 2 KB of memory for each entry,
 * and a server whose memory is at an end stops, in the middle of the uploads. The process may take a quarter of the machine's
 * memory; where that is too little, the publish fails, and nothing else. Asked on its standard input and answering on its
 * output, in JSON. Has no state.
 */
final class TreeProcess {
    /** So many entries a server has room for beside its work. */
    static final int IN_SERVER_AT_MOST = 30_000;

    /** How a Java runtime ends that has no memory left, and how the kernel ends a process when the machine has none. */
    private static final List<Integer> OUT_OF_MEMORY = List.of(3, 137);

    private static final String FREEZE = "freeze";
    private static final String COMPARE = "compare";

    private TreeProcess() {}

    /** What {@code freeze} is asked. */
    private record Freeze(
            String name, String path, String runAs, String store, boolean root, boolean allowVanished, String note) {}

    /** What {@code compare} is asked. */
    private record Compare(String tree, String manifest) {}

    /**
     * How a freeze ended; a comparison is answered with true or false.
     *
     * @param release the one that there is now, or null with the problem
     */
    private record Answer(
            @Nullable String release,
            boolean changed,
            List<String> warnings,
            @Nullable Problem problem,
            SourceRefused.@Nullable Kind kind) {}

    /** Whether a tree has more entries than a server should read. */
    static boolean isLarge(Path tree) throws IOException {
        return SystemProgram.output(tree, List.of("find", ".", "-xdev", "-printf", "x"), new byte[0]).length
                > IN_SERVER_AT_MOST;
    }

    /** Does what {@link Freezer#freeze} does. */
    static Freezer.Frozen freeze(
            SourceSetting setting, ReleaseStore store, boolean root, boolean allowVanished, String note)
            throws IOException, SourceRefused {
        Answer answer = ask(
                FREEZE,
                setting.path(),
                new Freeze(
                        setting.name(),
                        setting.path().toString(),
                        setting.runAs(),
                        store.root().toString(),
                        root,
                        allowVanished,
                        note),
                Answer.class);
        Problem problem = answer.problem;
        if (problem != null) {
            SourceRefused.Kind kind = answer.kind == null ? SourceRefused.Kind.FAILED : answer.kind;
            throw new SourceRefused(kind, problem.what(), problem.cause(), problem.remedy());
        }
        Release release = Release.parse(String.valueOf(answer.release))
                .orElseThrow(() -> new IOException("not a release: " + answer.release));
        return new Freezer.Frozen(release, answer.changed, answer.warnings);
    }

    /** Whether a tree of any size is what a manifest says, all content read. */
    static boolean isAs(Path manifest, Path tree) throws IOException, SourceRefused {
        return isLarge(tree)
                ? ask(COMPARE, tree, new Compare(tree.toString(), manifest.toString()), Boolean.class)
                : TreeScan.isAs(manifest, tree);
    }

    private static <T> T ask(String what, Path tree, Object request, Class<T> type) throws IOException, SourceRefused {
        SystemProgram.Result result = SystemProgram.inOwnLocale(
                List.of(
                        "nice",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:MaxRAMPercentage=25",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TreeProcess.class.getName(),
                        what),
                Json.GSON.toJson(request).getBytes(UTF_8));
        if (OUT_OF_MEMORY.contains(result.exitCode())) {
            throw SourceRefused.failed(
                    "the machine has too little memory for " + tree,
                    "each of its entries takes up to 2 KB, and a quarter of the memory may be used",
                    "more memory, or a smaller tree: what is uploaded or generated belongs on the share");
        }
        try {
            T answer = Json.GSON.fromJson(new String(result.out(), UTF_8), type);
            if (result.exitCode() == 0 && answer != null) {
                return answer;
            }
        } catch (JsonParseException e) {
            throw new IOException("no answer about " + tree + ": " + result.words(), e);
        }
        throw new IOException("reading " + tree + " ended with " + result.exitCode() + ": " + result.words());
    }

    /** The process itself: its word says what is asked. */
    public static void main(String... words) throws IOException {
        String request;
        try (InputStream in = new FileInputStream(FileDescriptor.in)) {
            request = new String(in.readAllBytes(), UTF_8);
        }
        Object answer = words[0].equals(FREEZE)
                ? frozen(Json.GSON.fromJson(request, Freeze.class))
                : isAs(Json.GSON.fromJson(request, Compare.class));
        try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
            out.write(Json.GSON.toJson(answer).getBytes(UTF_8));
        }
    }

    private static Answer frozen(Freeze asked) throws IOException {
        SourceSetting setting = new SourceSetting(
                asked.name,
                Path.of(asked.path),
                Optional.empty(),
                List.of(),
                asked.runAs,
                List.of(),
                Optional.empty(),
                1);
        ReleaseStore store = new ReleaseStore(Path.of(asked.store));
        try {
            Freezer.Frozen frozen =
                    new Freezer(setting, store, new Ahead(store), asked.root).freeze(asked.allowVanished, asked.note);
            return new Answer(frozen.release().name(), frozen.changed(), frozen.warnings(), null, null);
        } catch (SourceRefused refused) {
            return new Answer(null, false, List.of(), refused.problem(), refused.kind());
        }
    }

    private static boolean isAs(Compare asked) throws IOException {
        return TreeScan.isAs(Path.of(asked.manifest), Path.of(asked.tree));
    }
}
