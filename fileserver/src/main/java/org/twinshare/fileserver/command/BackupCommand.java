package org.twinshare.fileserver.command;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code twinshare backup}: a dated copy of the standby's tree at one moment. */
@Command(
        name = "backup",
        description = "Copy the exported directories, as they are at one moment, into a dated directory below DEST."
                + " Run it on the standby.")
final class BackupCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DEST", description = "A directory on another disk, of this server.")
    private Path destination = Path.of("");

    @Mixin
    private PairAsking pair = new PairAsking();

    @Override
    public Integer call() {
        JsonObject request = PairAsking.request("backup");
        request.addProperty(
                "destination", destination.toAbsolutePath().normalize().toString());
        return pair.show(request);
    }
}
