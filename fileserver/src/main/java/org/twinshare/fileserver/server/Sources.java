package org.twinshare.fileserver.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.table.ExportTable;
import org.twinshare.fileserver.source.Host;
import org.twinshare.fileserver.source.SourceRefused;
import org.twinshare.fileserver.source.SourceService;
import org.twinshare.fileserver.source.SourceSettings;
import org.twinshare.filestore.posix.OwnProcess;
import org.twinshare.replication.twin.TwinStatus;

/** Starts the distribution of source trees beside a file server. Has no state. */
final class Sources {
    private static final String DIRECTORY = "source";

    private Sources() {}

    /** Nothing to distribute. */
    static SourceSettings none(ServeConfig config) {
        InetSocketAddress nowhere = new InetSocketAddress(config.address().getAddress(), 0);
        return new SourceSettings(List.of(), nowhere, nowhere);
    }

    /** @param server asked each time: it is another one when the role of this server changes */
    static SourceService start(Supplier<FileServer> server, SourceSettings settings) throws Refused, IOException {
        try {
            Path state = server.get().config().state();
            return SourceService.start(settings, state.resolve(DIRECTORY), host(server));
        } catch (SourceRefused e) {
            server.get().close();
            throw new Refused(e.problem());
        } catch (IOException e) {
            server.get().close();
            throw new Refused(
                    "cannot make the source trees ready",
                    String.valueOf(e.getMessage()),
                    "see [source.*] in the settings: run-as is a user of this system, releases a directory to write in");
        }
    }

    private static Host host(Supplier<FileServer> server) {
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
                return server.get().exports().table();
            }

            @Override
            public Optional<Twin> twin() {
                TwinStatus now = server.get().twin().status();
                String ownName = server.get().config().pair().name();
                return now.peerAddress().isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                new Twin(ownName, now.peerAddress(), now.role().equals("standby")));
            }
        };
    }
}
