package org.twinshare.fileserver.source;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlInvalidTypeException;
import org.tomlj.TomlTable;
import org.twinshare.exports.Problem;
import org.twinshare.exports.Spelling;

/**
 * All source trees, and where they are served.
 *
 * @param rsync   where the rsync daemon listens
 * @param channel where nodes ask for releases
 */
public record SourceSettings(List<SourceSetting> sources, InetSocketAddress rsync, InetSocketAddress channel) {
    /** How many releases are kept when nobody says otherwise. */
    public static final int KEEP = 10;

    private static final Set<String> KEYS =
            new TreeSet<>(Set.of("path", "releases", "nodes", "run-as", "auth-users", "secrets-file", "keep"));
    private static final String NAME = "[A-Za-z0-9_-]{1,64}";

    /** Reads the table {@code [source]}; there is none where nothing is to be distributed. */
    public static SourceSettings of(@Nullable TomlTable table, InetSocketAddress rsync, InetSocketAddress channel)
            throws SourceRefused {
        List<SourceSetting> sources = new ArrayList<>();
        if (table == null) {
            return new SourceSettings(List.of(), rsync, channel);
        }
        for (String name : table.keySet()) {
            if (!(table.get(List.of(name)) instanceof TomlTable source)) {
                throw wrong("source." + name, "it is no table", "write  [source." + name + "]  and its keys below");
            }
            sources.add(source(name, source));
        }
        return new SourceSettings(List.copyOf(sources), rsync, channel);
    }

    /** Why the rsync daemon cannot listen, and what to do; the holder of the port is in words. */
    public Problem rsyncTaken(String holder) {
        String service = holder.startsWith("xinetd") ? "xinetd" : "rsync";
        return new Problem(
                "cannot serve the source trees on TCP port " + rsync.getPort(),
                holder,
                "stop it (systemctl disable --now " + service + "), or take another port with --rsync-port");
    }

    /** Why nodes cannot be told of releases, and what to do. */
    public Problem channelTaken(String holder) {
        return new Problem(
                "nodes cannot ask for releases on TCP port " + channel.getPort(),
                holder,
                "stop it, or take another port with --node-port (and  twinmount pull --node-port)");
    }

    private static SourceSetting source(String name, TomlTable table) throws SourceRefused {
        if (!name.matches(NAME)) {
            throw wrong("[source." + name + "]", "a source is named with letters, digits, - and _", "rename it");
        }
        for (String key : table.keySet()) {
            if (!KEYS.contains(key)) {
                throw wrong(
                        "unknown key " + key + " in [source." + name + "]",
                        "",
                        Spelling.nearest(key, KEYS)
                                .map(meant -> "did you mean  " + meant + " ?")
                                .orElse("the keys are: " + String.join(", ", KEYS)));
            }
        }
        try {
            SourceSetting setting = read(name, table);
            check(setting);
            return setting;
        } catch (TomlInvalidTypeException e) {
            throw wrong("[source." + name + "]", String.valueOf(e.getMessage()), "see docs/source-tree.md");
        }
    }

    private static SourceSetting read(String name, TomlTable table) throws SourceRefused {
        String path = table.getString("path");
        if (path == null) {
            throw wrong("[source." + name + "]", "it has no path", "add  path = \"/srv/" + name + "\"");
        }
        return new SourceSetting(
                name,
                Path.of(path),
                Optional.ofNullable(table.getString("releases")).map(Path::of),
                words(table, "nodes"),
                table.getString("run-as", () -> "nobody"),
                words(table, "auth-users"),
                Optional.ofNullable(table.getString("secrets-file")).map(Path::of),
                (int) table.getLong("keep", () -> KEEP));
    }

    private static void check(SourceSetting setting) throws SourceRefused {
        String where = "[source." + setting.name() + "]";
        if (!setting.path().isAbsolute()
                || !setting.releases().map(Path::isAbsolute).orElse(true)) {
            throw wrong(where, "path and releases must be absolute", "write them as /one/two");
        }
        Path releases = setting.releases().orElse(Path.of("/"));
        if (setting.releases().isPresent()
                && releases.normalize().startsWith(setting.path().normalize())) {
            throw wrong(where, "releases lies inside the working tree", "choose a directory beside it");
        }
        if (setting.keep() < 2) {
            throw wrong(where, "keep is less than 2", "a rollback needs the release before");
        }
        if (setting.authUsers().isEmpty() == setting.secretsFile().isPresent()) {
            throw wrong(where, "auth-users and secrets-file go together", "write both or none");
        }
        if (!setting.runAs().matches("[a-z_][a-z0-9_-]*|[0-9]+")) {
            throw wrong(where, "run-as is no user's name", "run-as = \"nobody\"");
        }
    }

    private static List<String> words(TomlTable table, String key) throws SourceRefused {
        TomlArray array = table.getArray(key);
        List<String> words = new ArrayList<>();
        for (int at = 0; array != null && at < array.size(); at++) {
            String word = array.getString(at);
            // They end up in a line of rsyncd.conf.
            if (!word.matches("[A-Za-z0-9_.:/-]+")) {
                throw wrong(
                        key + " has '" + word + "'", "it is no name, address or network", "see docs/source-tree.md");
            }
            words.add(word);
        }
        return List.copyOf(words);
    }

    private static SourceRefused wrong(String what, String cause, String remedy) {
        return SourceRefused.failed("cannot use the settings: " + what, cause, remedy);
    }
}
