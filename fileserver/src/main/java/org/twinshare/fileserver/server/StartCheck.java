package org.twinshare.fileserver.server;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.Diagnostic;
import org.twinshare.exports.Problem;
import org.twinshare.exports.table.Export;
import org.twinshare.exports.table.ExportTableLoader;
import org.twinshare.exports.table.LoadResult;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;

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
        String cause;
        try {
            if (ServedDirectory.stat(directory).type() == FileType.DIRECTORY) {
                return;
            }
            cause = "it is not a directory";
        } catch (ErrnoException e) {
            cause = e.errno() == Errno.ENOENT
                    ? "there is no such directory"
                    : e.errno().name();
        }
        String word = ShellWord.of(directory);
        problems.add(new Problem("cannot serve " + directory, cause, "mkdir -p " + word + " && chown nobody: " + word));
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
