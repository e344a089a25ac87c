package org.twinshare.fileserver.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.twinshare.fileserver.control.Json;
import org.twinshare.fileserver.server.StatusReport;
import org.twinshare.fileserver.server.StatusText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twinshare clients}: who uses the server, and how much. */
@Command(name = "clients", description = "Show who uses the server.")
final class ClientsCommand implements Callable<Integer> {
    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Mixin
    private ServerOptions options = new ServerOptions();

    @Override
    public Integer call() {
        JsonObject request = new JsonObject();
        request.addProperty("command", "clients");
        try {
            JsonObject answer = options.ask(request);
            if (json) {
                Output.json(answer);
            } else {
                System.out.print(table(answer));
            }
            return ExitCodes.OK;
        } catch (ServerOptions.NoAnswer e) {
            return e.print();
        }
    }

    private static String table(JsonObject answer) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {
            "CLIENT", "CONNECTIONS", "CALLS", "FAILED", "READ", "WRITTEN", "P50", "P99", "SEEN", "MOUNTS"
        });
        for (JsonElement element : answer.getAsJsonArray("clients")) {
            StatusReport.Client client = Json.GSON.fromJson(element, StatusReport.Client.class);
            rows.add(new String[] {
                client.address(),
                Integer.toString(client.connections()),
                Long.toString(client.calls()),
                Long.toString(client.failures()),
                StatusText.size(client.readBytes()),
                StatusText.size(client.writtenBytes()),
                milliseconds(client.p50Millis()),
                milliseconds(client.p99Millis()),
                client.lastCallSecondsAgo() < 0 ? "-" : client.lastCallSecondsAgo() + " s ago",
                String.join(" ", client.mounts())
            });
        }
        return StatusText.columns(rows);
    }

    private static String milliseconds(double milliseconds) {
        return String.format(Locale.ROOT, "%.3f ms", milliseconds);
    }
}
