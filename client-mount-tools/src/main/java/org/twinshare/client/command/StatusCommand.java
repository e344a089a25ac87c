package org.twinshare.client.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.twinshare.client.health.MountStatus;
import org.twinshare.client.node.MountAnswer;
import org.twinshare.client.node.Node;
import org.twinshare.client.pull.TreeStatus;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code twinmount status}: what is mounted on this node and whether it answers, and how far its source trees are. */
final class StatusCommand implements Callable<Integer> {
    private final Node node;
    private final InstantSource clock;
    private final OptionSpec timeout =
            ShortCommand.duration("--timeout", "1s", "How long a share may take to answer (${DEFAULT-VALUE}).");
    private final PositionalParamSpec trees = ShortCommand.words(
            "0..*",
            "TREE",
            Path.class,
            "Targets of twinmount pull (/usr/local/localSource, and those that are pulled from boot on).");
    private final OptionSpec json = ShortCommand.flag("--json", "As JSON.");
    private final CommandSpec line;

    StatusCommand(Node node) {
        this(node, InstantSource.system());
    }

    StatusCommand(Node node, InstantSource clock) {
        this.node = node;
        this.clock = clock;
        line = ShortCommand.named(
                "status",
                "Shows the shares that are mounted here and whether they answer, and the source trees that are pulled.",
                this);
        line.addPositional(trees).addOption(timeout).addOption(json);
        ShortCommand.exitCodes(
                line,
                Map.of(
                        ExitCode.OK,
                        "all that is mounted answers, and each tree is the server's live release",
                        ExitCode.USAGE,
                        "usage",
                        ExitCode.PROBLEMS_FOUND,
                        "nothing is mounted, something does not answer, or a tree is behind or has failed"));
    }

    /** What its line may say. */
    CommandSpec line() {
        return line;
    }

    @Override
    public Integer call() {
        PrintWriter out = line.commandLine().getOut();
        List<MountStatus> all = MountStatus.all(node, timeout.getValue());
        List<TreeStatus> pulled = TreeStatus.all(node, trees.getValue(), clock.instant());
        boolean asJson = json.getValue();
        if (asJson) {
            out.println(asJson(all, pulled));
        } else {
            print(out, all);
            pulled.forEach(each -> TreeLines.print(out, each));
        }
        out.flush();
        boolean well = !all.isEmpty()
                && all.stream().allMatch(MountStatus::isWell)
                && pulled.stream().allMatch(TreeStatus::isWell);
        return well ? ExitCode.OK : ExitCode.PROBLEMS_FOUND;
    }

    private static JsonObject asJson(List<MountStatus> all, List<TreeStatus> pulled) {
        JsonObject object = Output.json();
        JsonArray mounts = new JsonArray();
        all.forEach(each -> mounts.add(asJson(each)));
        object.add("mounts", mounts);
        JsonArray trees = new JsonArray();
        pulled.forEach(each -> trees.add(TreeLines.json(each)));
        object.add("trees", trees);
        return object;
    }

    private static void print(PrintWriter out, List<MountStatus> all) {
        if (all.isEmpty()) {
            out.println("  mount:  none\n action:  twinmount mount SERVER:/PATH MOUNTPOINT");
        }
        all.forEach(each -> print(out, each));
    }

    private static void print(PrintWriter out, MountStatus status) {
        out.println("  mount:  " + status.mount().mountPoint() + "   from "
                + status.mount().source() + "   "
                + String.join(",", status.mount().options()));
        switch (status.answer()) {
            case MountAnswer.Answered answered -> {
                out.printf(
                        "  state:  ONLINE, answers in %.1f ms%n",
                        answered.took().toNanos() / 1e6);
                out.printf("   disk:  %d %% used, %s free%n", answered.usedPercent(), gigabytes(answered.freeBytes()));
            }
            case MountAnswer.Silent silent -> {
                out.println("  state:  NOT ANSWERING for " + silent.waited().toMillis() + " ms");
                out.println(" action:  twinmount doctor");
            }
            case MountAnswer.Failed failed -> {
                out.println("  state:  FAILING: " + failed.message());
                out.println(" action:  twinmount doctor");
            }
        }
    }

    private static String gigabytes(long bytes) {
        return "%.1f GiB".formatted((double) bytes / (1 << 30));
    }

    private static JsonObject asJson(MountStatus status) {
        JsonObject mount = new JsonObject();
        mount.addProperty("mount_point", status.mount().mountPoint().toString());
        mount.addProperty("source", status.mount().source());
        mount.add("options", Output.GSON.toJsonTree(status.mount().options()));
        switch (status.answer()) {
            case MountAnswer.Answered answered -> {
                mount.addProperty("state", "online");
                mount.addProperty("answer_seconds", answered.took().toNanos() / 1e9);
                mount.addProperty("total_bytes", answered.totalBytes());
                mount.addProperty("free_bytes", answered.freeBytes());
            }
            case MountAnswer.Silent silent -> mount.addProperty("state", "not_answering");
            case MountAnswer.Failed failed -> {
                mount.addProperty("state", "failing");
                mount.addProperty("error", failed.message());
            }
        }
        return mount;
    }
}
