package org.twinshare.fileserver.command;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twinshare failover}: the standby becomes the primary, because the primary is gone; exit code 5 when that may not be. */
@Command(name = "failover", description = "Become the primary, because that one is gone. Run it on the standby.")
final class FailoverCommand implements Callable<Integer> {
    @Option(names = "--check", description = "Say what would be answered now, and change nothing.")
    private boolean check;

    @Option(names = "--old-primary-off", description = "You have seen to it that the old primary is off.")
    private boolean oldPrimaryOff;

    @Option(names = "--allow-data-loss", description = "Go on although changes are known to be missing here.")
    private boolean allowDataLoss;

    @Option(
            names = "--allow-inconsistent",
            description = "With --allow-data-loss: take a copy that was never a tree of the primary's.")
    private boolean allowInconsistent;

    @Mixin
    private PairAsking pair = new PairAsking();

    @Override
    public Integer call() {
        JsonObject request = PairAsking.request("failover");
        request.addProperty("check", check);
        request.addProperty("old-primary-off", oldPrimaryOff);
        request.addProperty("allow-data-loss", allowDataLoss);
        request.addProperty("allow-inconsistent", allowInconsistent);
        return pair.show(request);
    }
}
