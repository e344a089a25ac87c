package org.twinshare.fileserver.server;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.Problem;
import org.twinshare.exports.table.Export;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.RootRefused;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.local.TreeView;
import org.twinshare.replication.JournaledTree;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.twin.TwinServer;

/** The file server as its pair sees it: which directories it exports, and how it begins and ends to answer. */
final class PairHost implements TwinServer {
    private final FileServer server;
    private final LocalTree tree;

    PairHost(FileServer server, LocalTree tree) {
        this.server = server;
        this.tree = tree;
    }

    @Override
    public List<TreeView.Root> roots() {
        List<TreeView.Root> roots = new ArrayList<>();
        for (Export export : server.exports().table().exports()) {
            Long root = server.rootOf(export);
            if (root != null) {
                roots.add(new TreeView.Root(root, export.path().bytes()));
            }
        }
        return roots;
    }

    @Override
    public void bind(List<TreeView.Root> roots) throws IOException, RefusedException {
        for (TreeView.Root root : roots) {
            BytePath path = BytePath.of(root.path());
            BytePath directory = directoryOf(path)
                    .orElseThrow(() -> new RefusedException(
                            "the primary exports " + path + ", and this server has no directory for it",
                            "the exports of this server, " + server.config().exportsFile() + " or the directory that it"
                                    + " was started with, do not name it",
                            "give both servers the same exports file, and start this one again"));
            bind(root.id(), directory);
        }
    }

    private Optional<BytePath> directoryOf(BytePath path) {
        return server.exports().table().exports().stream()
                .filter(export -> export.path().equals(path))
                .map(Export::directory)
                .findFirst();
    }

    private void bind(long root, BytePath directory) throws IOException, RefusedException {
        try {
            tree.bindAs(directory.bytes(), root);
        } catch (RootRefused e) {
            throw new RefusedException(
                    "refusing to keep a copy in " + directory,
                    String.valueOf(e.getMessage()),
                    "mount the disk that belongs there, or give the standby an empty directory");
        } catch (ErrnoException e) {
            throw new IOException(directory + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void serve(JournaledTree served) throws IOException, RefusedException {
        try {
            server.serve(served);
        } catch (Refused e) {
            Problem problem = e.problem();
            throw new RefusedException(problem.what(), problem.cause(), problem.remedy());
        }
    }

    @Override
    public boolean hold(Duration atMost) throws InterruptedException {
        return server.rpc().hold(atMost);
    }

    @Override
    public void resume() {
        server.rpc().resume();
    }

    @Override
    public void silence() throws IOException {
        server.rpc().close();
    }

    @Override
    public void startAnew(String why) {
        server.endsWith(FileServer.End.START_ANEW, why);
    }

    @Override
    public void failed(String why) {
        server.endsWith(FileServer.End.FAILED, why);
    }
}
