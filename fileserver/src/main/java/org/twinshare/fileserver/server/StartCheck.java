package org.twinshare.fileserver.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.Diagnostic;
import org.twinshare.exports.Problem;
import org.twinshare.exports.table.Export;
import org.twinshare.exports.table.ExportTable;
import org.twinshare.exports.table.ExportTableLoader;
import org.twinshare.exports.table.LoadResult;
import org.twinshare.fileserver.source.SourceSettings;
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
        StateDirectory.look(config.state()).ifPresent(problems::add);
        OpenFiles.problem(OpenFiles.limit()).ifPresent(problems::add);
        port(config.address(), taken -> PortHolder.problem(config.address(), taken), problems);
        InetSocketAddress http = config.http();
        if (http != null) {
            port(http, taken -> httpTaken(http, taken), problems);
        }
        return problems;
    }

    private static Problem httpTaken(InetSocketAddress address, String taken) {
        return new Problem(
                "no status page and no metrics: cannot listen on " + address,
                holder(address, taken),
                "stop it, or choose another with --http");
    }

    /** What would keep source trees from being served. */
    public static List<Problem> of(SourceSettings settings) {
        List<Problem> problems = new ArrayList<>();
        if (!settings.sources().isEmpty()) {
            port(settings.rsync(), taken -> settings.rsyncTaken(holder(settings.rsync(), taken)), problems);
            port(settings.channel(), taken -> settings.channelTaken(holder(settings.channel(), taken)), problems);
        }
        return problems;
    }

    private static String holder(InetSocketAddress address, String otherwise) {
        return PortHolder.of(address.getPort()).orElse(otherwise);
    }

    private static void exports(ServeConfig config, List<Problem> problems) {
        LoadResult result = ExportTableLoader.check(config.exportsFile(), config.directories());
        for (Diagnostic found : result.diagnostics()) {
            problems.add(new Problem(found.text(), "", found.remedy()));
        }
        result.table().ifPresent(table -> {
            notExported(config, table).ifPresent(problems::add);
            for (Export export : table.exports()) {
                directory(export.directory(), problems);
            }
        });
    }

    /** A directory that was named to be served, and that the exports file says nothing of. */
    static Optional<Problem> notExported(ServeConfig config, ExportTable table) {
        Map<BytePath, BytePath> named = config.mapping().directories();
        boolean exported = table.exports().stream()
                .anyMatch(export -> named.keySet().stream().anyMatch(export.path()::isWithin));
        if (exported) {
            return Optional.empty();
        }
        return named.entrySet().stream()
                .map(each -> new Problem(
                        "nobody may mount " + each.getValue(),
                        config.exportsFile() + " has no line for " + each.getKey()
                                + ", the path that clients mount it by",
                        "add the line  " + each.getKey()
                                + " 192.168.1.2(rw)  with the clients meant; or name the path"
                                + " that is in the file with --as; or leave --exports out"))
                .findFirst();
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

    private static void port(InetSocketAddress address, Function<String, Problem> taken, List<Problem> problems) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
        } catch (IOException e) {
            problems.add(taken.apply(String.valueOf(e.getMessage())));
        }
    }
}
