package org.twinshare.fileserver.source;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The text of rsyncd.conf(5). For each source there are two modules: NAME is the live release, for any rsync; NAME.releases has
 * all of them, so that a node can fetch one before it is live and cannot get half of two.
 */
@SuppressWarnings("InlineFormatString") // the text of a file is read best as a whole
final class RsyncdConfiguration {
    private static final String GLOBAL = """
            # Written by twinshare serve, and again with every change: edit [source.*] in the settings instead.
            port = %d
            %suse chroot = %s
            read only = yes
            list = no
            numeric ids = yes
            munge symlinks = no
            reverse lookup = no
            forward lookup = no
            max connections = 64
            lock file = %s
            timeout = 600
            max verbosity = 1
            hosts deny = *
            """;

    private static final String MODULE = """

            [%s]
            path = %s
            uid = %s
            gid = %s
            hosts allow = %s
            """;

    private final StringBuilder text;
    private final boolean root;

    /** @param root whether the daemon can change its root directory and its user */
    RsyncdConfiguration(InetSocketAddress address, Path directory, boolean root) {
        this.root = root;
        boolean any = address.getAddress().isAnyLocalAddress();
        text = new StringBuilder(GLOBAL.formatted(
                address.getPort(),
                any ? "" : "address = " + address.getAddress().getHostAddress() + "\n",
                root ? "yes" : "no",
                directory.resolve("rsyncd.lock")));
    }

    /** Adds the two modules of a source. */
    RsyncdConfiguration add(SourceSetting setting, ReleaseStore store, String hostsAllow, String gid) {
        String name = setting.name();
        module(setting, name, store.current(), hostsAllow, gid);
        module(setting, name + ".releases", store.releases(), hostsAllow, gid);
        return this;
    }

    private void module(SourceSetting setting, String name, Path path, String hostsAllow, String gid) {
        String module = MODULE.formatted(name, path, setting.runAs(), gid, hostsAllow);
        List<String> lines = new ArrayList<>(module.lines().toList());
        if (!root) {
            lines.removeIf(line -> line.startsWith("uid =") || line.startsWith("gid ="));
        }
        setting.secretsFile().ifPresent(file -> {
            lines.add("auth users = " + String.join(", ", setting.authUsers()));
            lines.add("secrets file = " + file);
        });
        lines.forEach(line -> text.append(line).append('\n'));
    }

    String text() {
        return text.toString();
    }
}
