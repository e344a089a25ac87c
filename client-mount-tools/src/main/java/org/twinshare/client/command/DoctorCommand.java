package org.twinshare.client.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.doctor.Doctor;
import org.twinshare.client.doctor.DoctorSettings;
import org.twinshare.client.doctor.Finding;
import org.twinshare.client.node.Failure;
import org.twinshare.client.node.Node;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code twinmount doctor}: says what is wrong between this node and its share, and what to do about it. */
@Command(
        name = "doctor",
        description = "Looks at everything that can be wrong between this node and its share.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:nothing failed; there may be warnings",
            "1:it is not clear which share is meant",
            "2:usage",
            "3:something failed"
        })
final class DoctorCommand implements Callable<Integer> {
    private final Node node;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..2",
            paramLabel = "[SERVER:/PATH] [MOUNTPOINT]",
            description = "The share; not needed where one is mounted.")
    private List<String> words = new ArrayList<>();

    @Option(names = "--port", defaultValue = "2049", description = "The server's port (${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--user",
            paramLabel = "NAME|UID[:GID]",
            description = "Whom the web server runs as (what its configuration says).")
    private @Nullable String user;

    @Option(
            names = "--directory",
            paramLabel = "PATH",
            defaultValue = "",
            description = "Directory below the share that the web server writes in (the share itself).")
    private String directory = "";

    @Option(
            names = "--timeout",
            defaultValue = "5s",
            converter = Converters.Durations.class,
            description = "How long each thing may take to answer (${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ZERO;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    DoctorCommand(Node node) {
        this.node = node;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            ShareChoice share = ShareChoice.of(node, words);
            DoctorSettings settings = new DoctorSettings(
                    share.source().server(),
                    port,
                    share.source().path(),
                    share.mountPoint(),
                    Optional.ofNullable(user),
                    directory,
                    timeout);
            Doctor doctor = new Doctor(node, InstantSource.system(), settings);
            List<Finding> findings = doctor.examine(json ? finding -> {} : finding -> print(out, finding));
            if (json) {
                out.println(asJson(share, findings));
            } else {
                out.println(verdict(findings));
            }
            out.flush();
            return count(findings, Finding.Level.FAIL) == 0 ? ExitCode.OK : ExitCode.PROBLEMS_FOUND;
        } catch (Failure failure) {
            spec.commandLine().getErr().println(failure.problem().text());
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
