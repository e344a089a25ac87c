package org.twinshare.fileserver.command;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.twinshare.fileserver.server.JoiningStandby;
import org.twinshare.fileserver.server.Refused;
import org.twinshare.fileserver.server.StatusReport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twinshare standby}: two servers become a pair. */
@Command(
        name = "standby",
        description = "Make another server the standby of this one.",
        subcommands = {StandbyCommand.Add.class, StandbyCommand.Join.class, StandbyCommand.Remove.class})
final class StandbyCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine().usage(System.err);
        }
        return ExitCodes.USAGE;
    }

    /** On the primary. */
    @Command(name = "add", description = "Print the line that another server joins with; it is good for 15 minutes.")
    static final class Add implements Callable<Integer> {
        @Parameters(
                arity = "0..1",
                paramLabel = "ADDRESS",
                description = "Address of this server that the other one reaches, with a port if it is not 2050.")
        private @Nullable String address;

        @Mixin
        private PairAsking pair = new PairAsking();

        @Override
        public Integer call() {
            JsonObject request = PairAsking.request("add");
            if (address != null) {
                request.addProperty("address", address);
            }
            int exitCode = pair.show(request);
            if (exitCode == ExitCodes.OK) {
                System.err.println("On the new standby, within 15 minutes:  twinshare standby join LINE");
            }
            return exitCode;
        }
    }

    /** On the new standby, where no server runs yet. */
    @Command(name = "join", description = "Make this server the standby of the one that printed LINE.")
    static final class Join implements Callable<Integer> {
        @Parameters(paramLabel = "LINE", description = "What  twinshare standby add  printed on the primary.")
        private String line = "";

        @Option(names = "--name", description = "Name of this server (default: its host name).")
        private @Nullable String name;

        @Mixin
        private ServerOptions options = new ServerOptions();

        @Override
        public Integer call() {
            try {
                Path state = options.state().toAbsolutePath();
                String primary = JoiningStandby.join(state, name == null ? StatusReport.hostName() : name, line);
                System.out.println("This server is the standby of " + primary + " now.");
                System.out.println(
                        "Start it with the exports of " + primary + ", so that it can take over:  twinshare serve DIR");
                return ExitCodes.OK;
            } catch (Refused e) {
                return ServerOptions.print(e);
            }
        }
    }

    /** On the primary. */
    @Command(name = "remove", description = "Go on without a standby: one copy of the data.")
    static final class Remove implements Callable<Integer> {
        @Mixin
        private ServerOptions options = new ServerOptions();

        @Override
        public Integer call() {
            return PairAsking.show(options, PairAsking.request("remove"), false);
        }
    }
}
