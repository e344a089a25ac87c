package org.twinshare.fileserver.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.table.ExportTable;
import org.twinshare.fileserver.source.Host;
import org.twinshare.fileserver.source.SourceRefused;
import org.twinshare.fileserver.source.SourceService;
import org.twinshare.fileserver.source.SourceSettings;
import org.twinshare.filestore.posix.OwnProcess;

/** Starts the distribution of source trees beside a file server. Has no state. */
final class Sources {
    private static final String DIRECTORY = "source";

    private Sources() {}

    /** Nothing to distribute. */
    static SourceSettings none(ServeConfig config) {
        InetSocketAddress nowhere = new InetSocketAddress(config.address().getAddress(), 0);
        return new SourceSettings(List.of(), nowhere, nowhere);
    }

    static SourceService start(FileServer server, SourceSettings settings) throws Refused, IOException {
        try {
            return SourceService.start(settings, server.config().state().resolve(DIRECTORY), host(server));
        } catch (SourceRefused e) {
            server.close();
            throw new Refused(e.problem());
        } catch (IOException e) {
            server.close();
            throw new Refused(
                    "cannot make the source trees ready",
                    String.valueOf(e.getMessage()),
                    "see [source.*] in the settings: run-as is a user of this system, releases a directory to write in");
        }
    }

    private static Host host(FileServer server) {
        return new Host() {
            @Override
            public boolean isRoot() {
                return OwnProcess.geteuid() == 0;
            }

            @Override
            public List<String> mountedBelow(Path directory) {
                return MountTable.read().below(BytePath.of(directory.toString())).stream()
                        .map(BytePath::toString)
                        .toList();
            }

            @Override
            public Optional<String> holderOf(int port) {
                return PortHolder.of(port);
            }

            @Override
            public ExportTable exports() {
                return server.exports().table();
            }
        };
    }
}
