package org.twinshare.fileserver.server;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.Diagnostic;
import org.twinshare.exports.Problem;
import org.twinshare.exports.table.Export;
import org.twinshare.exports.table.ExportTableLoader;
import org.twinshare.exports.table.LoadResult;

/** Looks for what would keep the server from starting, and changes nothing. */
public final class StartCheck {
    private StartCheck() {}

    /** Everything that is wrong. */
    public static List<Problem> of(ServeConfig config) {
        List<Problem> problems = new ArrayList<>();
        if (config.directory() != null) {
            directory(config.directory(), problems);
        } else {
            exports(config, problems);
        }
        port(config, problems);
        return problems;
    }

    private static void exports(ServeConfig config, List<Problem> problems) {
        LoadResult result = ExportTableLoader.check(config.exportsFile(), config.directories());
        for (Diagnostic found : result.diagnostics()) {
            problems.add(new Problem(found.text(), "", found.remedy()));
        }
        result.table().ifPresent(table -> {
            for (Export export : table.exports()) {
                directory(export.directory(), problems);
            }
        });
    }

    private static void directory(BytePath directory, List<Problem> problems) {
        // A path that an operator wrote, not a client.
        Path path = Path.of(directory.toString());
        if (!Files.isDirectory(path)) {
            problems.add(new Problem(
                    "cannot serve " + directory,
                    Files.exists(path) ? "it is not a directory" : "there is no such directory",
                    "mkdir -p " + directory + " && chown nobody:nogroup " + directory));
        }
    }

    private static void port(ServeConfig config, List<Problem> problems) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(config.address());
        } catch (IOException e) {
            problems.add(PortHolder.problem(config.address(), String.valueOf(e.getMessage())));
        }
    }
}
