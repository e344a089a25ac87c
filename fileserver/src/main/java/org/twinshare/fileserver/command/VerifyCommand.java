package org.twinshare.fileserver.command;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twinshare verify}: compares both trees; exit code 3 when they differ. */
@Command(name = "verify", description = "Compare the standby's tree with the primary's. Run it on the standby.")
final class VerifyCommand implements Callable<Integer> {
    @Option(names = "--content", description = "Compare the bytes of files too, not only names and attributes.")
    private boolean content;

    @Option(names = "--repair", description = "Make the standby's tree the same where it differs.")
    private boolean repair;

    @Mixin
    private PairAsking pair = new PairAsking();

    @Override
    public Integer call() {
        JsonObject request = PairAsking.request("verify");
        request.addProperty("content", content);
        request.addProperty("repair", repair);
        return pair.show(request);
    }
}
