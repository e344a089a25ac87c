package org.twinshare.client.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.twinshare.client.doctor.Doctor;
import org.twinshare.client.doctor.DoctorSettings;
import org.twinshare.client.doctor.Finding;
import org.twinshare.client.node.Failure;
import org.twinshare.client.node.Node;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code twinmount doctor}: says what is wrong between this node and its share, and what to do about it. */
final class DoctorCommand implements Callable<Integer> {
    private final Node node;
    private final PositionalParamSpec words = ShortCommand.words(
            "0..2", "[SERVER:/PATH] [MOUNTPOINT]", String.class, "The share; not needed where one is mounted.");
    private final OptionSpec port = OptionSpec.builder("--port")
            .type(int.class)
            .paramLabel("<port>")
            .defaultValue("2049")
            .description("The server's port (${DEFAULT-VALUE}).")
            .build();
    private final OptionSpec user = OptionSpec.builder("--user")
            .type(String.class)
            .paramLabel("NAME|UID[:GID]")
            .description("Whom the web server runs as (what its configuration says).")
            .build();
    private final OptionSpec directory = OptionSpec.builder("--directory")
            .type(String.class)
            .paramLabel("PATH")
            .defaultValue("")
            .description("Directory below the share that the web server writes in (the share itself).")
            .build();
    private final OptionSpec timeout =
            ShortCommand.duration("--timeout", "5s", "How long each thing may take to answer (${DEFAULT-VALUE}).");
    private final OptionSpec json = ShortCommand.flag("--json", "As JSON.");
    private final CommandSpec line;

    DoctorCommand(Node node) {
        this.node = node;
        line = ShortCommand.named(
                "doctor", "Looks at everything that can be wrong between this node and its share.", this);
        line.addPositional(words);
        List.of(port, user, directory, timeout, json).forEach(line::addOption);
        line.usageMessage().sortOptions(false);
        ShortCommand.exitCodes(
                line,
                Map.of(
                        ExitCode.OK,
                        "nothing failed; there may be warnings",
                        ExitCode.FAILED,
                        "it is not clear which share is meant",
                        ExitCode.USAGE,
                        "usage",
                        ExitCode.PROBLEMS_FOUND,
                        "something failed"));
    }

    /** What its line may say. */
    CommandSpec line() {
        return line;
    }

    @Override
    public Integer call() {
        PrintWriter out = line.commandLine().getOut();
        try {
            ShareChoice share = ShareChoice.of(node, words.getValue());
            DoctorSettings settings = new DoctorSettings(
                    share.source().server(),
                    port.getValue(),
                    share.source().path(),
                    share.mountPoint(),
                    Optional.ofNullable(user.getValue()),
                    directory.getValue(),
                    timeout.getValue());
            boolean asJson = json.getValue();
            Doctor doctor = new Doctor(node, InstantSource.system(), settings);
            List<Finding> findings = doctor.examine(asJson ? finding -> {} : finding -> print(out, finding));
            if (asJson) {
                out.println(asJson(share, findings));
            } else {
                out.println(verdict(findings));
            }
            out.flush();
            return count(findings, Finding.Level.FAIL) == 0 ? ExitCode.OK : ExitCode.PROBLEMS_FOUND;
        } catch (Failure failure) {
            line.commandLine().getErr().println(failure.problem().text());
            return ExitCode.of(failure);
        }
    }

    private static void print(PrintWriter out, Finding finding) {
        out.printf("%-6s %-15s %s%n", "[" + finding.level().word() + "]", finding.check(), finding.text());
        if (!finding.cause().isEmpty()) {
            out.println("        cause: " + finding.cause());
        }
        if (!finding.remedy().isEmpty()) {
            out.println("       remedy: " + finding.remedy());
        }
        out.flush();
    }

    private static String verdict(List<Finding> findings) {
        long failed = count(findings, Finding.Level.FAIL);
        long warned = count(findings, Finding.Level.WARN);
        if (failed + warned == 0) {
            return "All " + findings.size() + " checks are well.";
        }
        return findings.size() + " checks: " + failed + " failed, " + warned
                + (warned == 1 ? " warning." : " warnings.");
    }

    private static long count(List<Finding> findings, Finding.Level level) {
        return findings.stream().filter(each -> each.level() == level).count();
    }

    private static JsonObject asJson(ShareChoice share, List<Finding> findings) {
        JsonObject all = Output.json();
        all.addProperty("server", share.source().server());
        all.addProperty("path", share.source().path());
        share.mountPoint().ifPresent(each -> all.addProperty("mount_point", each.toString()));
        JsonArray checks = new JsonArray();
        for (Finding each : findings) {
            JsonObject check = new JsonObject();
            check.addProperty("check", each.check());
            check.addProperty("level", each.level().word());
            check.addProperty("text", each.text());
            check.addProperty("cause", each.cause());
            check.addProperty("remedy", each.remedy());
            checks.add(check);
        }
        all.add("checks", checks);
        all.addProperty("verdict", verdict(findings));
        return all;
    }
}
