package org.twinshare.client.pull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.twinshare.client.node.Node;
import org.twinshare.client.node.SystemdText;

/** The systemd units that pull from boot on: a service that watches, and a timer with a service of its own as the net. */
public final class BootUnits {
    private static final Path UNITS = Path.of("/etc/systemd/system");
    private static final String PREFIX = "twinmount-pull-";
    /** The description of the service that watches, as it is written below. */
    private static final Pattern KEEP =
            Pattern.compile("(?m)^Description=Keep (/.+) equal to the live release of \\S+$");

    private final String name;
    private final Map<String, String> units = new LinkedHashMap<>();

    /** @param command the command that pulls once, each word by itself */
    public BootUnits(String source, Path target, List<String> command) {
        name = PREFIX + source;
        String words =
                String.join(" ", command.stream().map(SystemdText::argument).toList());
        String parent = SystemdText.word(String.valueOf(target.getParent()));
        units.put(name + ".service", """
                [Unit]
                Description=Keep %1$s equal to the live release of %2$s
                Wants=network-online.target
                After=network-online.target nss-lookup.target
                RequiresMountsFor=%3$s

                [Service]
                ExecStart=%4$s --watch
                Restart=always
                RestartSec=5
                # How Java ends when it is asked to.
                SuccessExitStatus=143

                [Install]
                WantedBy=multi-user.target
                """.formatted(target, source, parent, words));
        units.put(name + "-net.service", """
                [Unit]
                Description=Pull the live release of %2$s, where nobody watches
                After=network-online.target
                RequiresMountsFor=%3$s

                [Service]
                Type=oneshot
                ExecStart=%4$s
                """.formatted(target, source, parent, words));
        units.put(name + "-net.timer", """
                [Unit]
                Description=Pull the live release of %2$s every 10 minutes, whatever became of the watcher

                [Timer]
                OnBootSec=2min
                OnUnitActiveSec=10min
                RandomizedDelaySec=1min

                [Install]
                WantedBy=timers.target
                """.formatted(target, source));
    }

    /** The targets of all such units that a node has. */
    static List<Path> targets(Node node) {
        return node.list(UNITS).stream()
                .filter(unit -> String.valueOf(unit.getFileName()).matches(PREFIX + ".*\\.service"))
                .flatMap(unit -> KEEP.matcher(node.read(unit).orElse("")).results())
                .map(found -> Path.of(found.group(1)))
                .toList();
    }

    /** All of them, each behind its path. */
    public String text() {
        StringBuilder text = new StringBuilder();
        units.forEach((unit, content) -> text.append("# ")
                .append(UNITS.resolve(unit))
                .append('\n')
                .append(content)
                .append('\n'));
        return text.toString();
    }

    /** Writes them, and lets systemd start them now and with every boot. */
    public void install() throws PullFailure {
        if (!Files.isDirectory(Path.of("/run/systemd/system"))) {
            throw PullFailure.failed(
                    "cannot enable " + name + ".service",
                    "this system was not started by systemd",
                    "print the units with --dry-run, and let your own service manager run the command");
        }
        try {
            for (Map.Entry<String, String> unit : units.entrySet()) {
                Files.writeString(UNITS.resolve(unit.getKey()), unit.getValue());
            }
            for (List<String> words : List.of(
                    List.of("systemctl", "daemon-reload"),
                    List.of("systemctl", "enable", "--now", name + ".service", name + "-net.timer"))) {
                SystemProgram.output(Path.of("/"), words, new byte[0]);
            }
        } catch (IOException e) {
            throw PullFailure.failed(
                    "cannot enable " + name + ".service", String.valueOf(e.getMessage()), "say it again with sudo");
        }
    }
}
