package org.twinshare.fileserver.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.twinshare.client.pull.Allowance;
import org.twinshare.client.pull.Pull;
import org.twinshare.client.pull.PullFailure;
import org.twinshare.client.pull.PullSettings;
import org.twinshare.client.pull.Step;

/** A pull in a process of its own that ends without a word behind one step. */
final class KilledPull {
    static final int EXIT_CODE = 137;

    private KilledPull() {}

    private static List<String> java(String main) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main));
    }

    static List<String> command(SourceLab lab, Path target, Step step) {
        List<String> command = java(KilledPull.class.getName());
        command.addAll(List.of(target.toString(), Integer.toString(lab.nodePort), lab.base.toString(), step.name()));
        return command;
    }

    /** The command as a user runs it. */
    static List<String> twinmount(SourceLab lab, Path target) {
        List<String> command = java("org.twinshare.client.command.Twinmount");
        command.addAll(List.of(
                "pull",
                "www",
                target.toString(),
                "--server",
                "127.0.0.1",
                "--node-port",
                Integer.toString(lab.nodePort),
                "--uploads",
                lab.base.resolve("localData").toString()));
        return command;
    }

    public static void main(String[] words) throws IOException, PullFailure {
        Set<Allowance> allowances = EnumSet.of(Allowance.OLD_RSYNC);
        if (words.length > 4) {
            allowances.add(Allowance.TAKE_OVER);
            allowances.add(Allowance.VANISHED);
        }
        PullSettings settings = new PullSettings(
                "www",
                Path.of(words[0]),
                "127.0.0.1",
                Integer.parseInt(words[1]),
                OptionalInt.empty(),
                "killed",
                3,
                Optional.empty(),
                Path.of(words[2], "localData"),
                Optional.empty(),
                Optional.empty(),
                1000,
                allowances);
        Step last = Step.valueOf(words[3]);
        Pull pull = new Pull(settings, new SourceLab.Silent(), step -> {
            if (step == last) {
                Runtime.getRuntime().halt(EXIT_CODE);
            }
        });
        pull.once();
    }
}
