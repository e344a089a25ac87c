package org.twinshare.fileserver.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.twinshare.exports.Problem;
import org.twinshare.replication.JournalText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twinshare support}: what somebody who helps wants to see first. Reads only, also while a server runs. */
@Command(name = "support", description = "Print versions and the journal, for whoever has to find out what happened.")
final class SupportCommand implements Callable<Integer> {
    @Option(
            names = "--journal",
            paramLabel = "DIR",
            description = "Directory of the journal (default: journal in the state directory).")
    private @Nullable Path journal;

    @Option(names = "--from", description = "Sequence of the first record to print.", defaultValue = "1")
    private long from = 1;

    @Option(names = "--count", description = "The most records to print.", defaultValue = "1000")
    private long count = 1000;

    @Mixin
    private ServerOptions options = new ServerOptions();

    @Override
    public Integer call() throws IOException {
        System.out.printf(
                "twinshare %s, Java %s, %s %s %s%n",
                Version.text(),
                System.getProperty("java.version"),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch"));
        Path directory = journal == null ? options.state().resolve("journal") : journal;
        if (!Files.isDirectory(directory)) {
            System.err.println(new Problem(
                            "there is no journal in " + directory,
                            "no server has served with it yet, or it is elsewhere",
                            "name it with --journal, or its server's state directory with --state")
                    .text());
            return ExitCodes.FAILED;
        }
        JournalText.print(directory, from, count, System.out::println);
        return ExitCodes.OK;
    }
}
