package org.twinshare.fileserver.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twinshare switchover}: the standby becomes the primary in order, and this server its standby. */
@Command(name = "switchover", description = "Hand over to the standby in order. Run it on the primary.")
final class SwitchoverCommand implements Callable<Integer> {
    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Mixin
    private ServerOptions options = new ServerOptions();

    @Override
    public Integer call() {
        return PairAsking.show(options, PairAsking.request("switchover"), json);
    }
}
