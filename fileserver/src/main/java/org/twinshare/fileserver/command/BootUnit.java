package org.twinshare.fileserver.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.twinshare.fileserver.server.Refused;
import org.twinshare.fileserver.server.ServeConfig;
import org.twinshare.filestore.posix.OwnProcess;

/** The systemd unit that serves from boot on: its text, and putting it in place. */
final class BootUnit {
    static final String NAME = "twinshare.service";
    private static final Path UNITS = Path.of("/etc/systemd/system");
    private static final String WITHOUT_QUOTES = "[A-Za-z0-9_./:=@,+-]+";

    private final String text;

    private BootUnit(String text) {
        this.text = text;
    }

    /**
     * A unit that runs this command line, which has been checked to be one.
     *
     * @param launcher the command itself, absolute
     * @param words    its arguments without those that only write the unit
     * @param environment of this process, of which the unit keeps what the command reads
     */
    static BootUnit of(ServeConfig config, Path launcher, List<String> words, Map<String, String> environment) {
        List<String> command = new ArrayList<>();
        command.add(quoted(launcher.toString()));
        words.forEach(word -> command.add(quoted(word)));
        List<String> needed = new ArrayList<>(List.of(quoted(config.state().toString())));
        config.directories()
                .directories()
                .values()
                .forEach(directory -> needed.add(quoted(new String(directory.bytes(), StandardCharsets.UTF_8))));
        return new BootUnit(
                """
                [Unit]
                Description=Twinshare NFSv3 file server
                Wants=network-online.target
                After=network-online.target nss-lookup.target
                RequiresMountsFor=%s

                [Service]
                Type=notify
                %sExecStart=%s
                ExecReload=/bin/kill -HUP $MAINPID
                Restart=on-failure
                RestartSec=1
                # How Java ends when it is asked to: a server that was stopped has not failed.
                SuccessExitStatus=143
                TimeoutStartSec=5min
                TimeoutStopSec=10
                LimitNOFILE=1048576

                [Install]
                WantedBy=multi-user.target
                """.formatted(String.join(" ", needed), environment(environment), String.join(" ", command)));
    }

    /** One line for each variable that the command reads. */
    static String environment(Map<String, String> all) {
        return new TreeMap<>(all)
                .entrySet().stream()
                        .filter(each -> each.getKey().equals("JAVA_HOME")
                                || each.getKey().startsWith("TWINSHARE_"))
                        // Here a dollar sign is only itself.
                        .map(each -> "Environment="
                                + quoted(each.getKey() + "=" + each.getValue()).replace("$$", "$") + "\n")
                        .collect(Collectors.joining());
    }

    /** As systemd.service(5) reads it: specifiers and variables doubled, other than plain words in quotes. */
    private static String quoted(String word) {
        String escaped = word.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("%", "%%")
                .replace("$", "$$");
        return word.matches(WITHOUT_QUOTES) ? word : '"' + escaped + '"';
    }

    String text() {
        return text;
    }

    /** Writes it, and lets systemd start it now and with every boot. */
    void install() throws Refused {
        if (OwnProcess.geteuid() != 0) {
            throw new Refused("cannot write " + UNITS.resolve(NAME), "only root may", "say it again with sudo");
        }
        if (!Files.isDirectory(Path.of("/run/systemd/system"))) {
            throw new Refused(
                    "cannot enable " + NAME,
                    "this system was not started by systemd",
                    "print the unit with --dry-run, and let your own service manager run its ExecStart");
        }
        try {
            Files.writeString(UNITS.resolve(NAME), text);
        } catch (IOException e) {
            throw new Refused("cannot write " + UNITS.resolve(NAME), String.valueOf(e.getMessage()), "");
        }
        run("systemctl", "daemon-reload");
        run("systemctl", "enable", "--now", NAME);
    }

    private static void run(String... words) throws Refused {
        try {
            int code = new ProcessBuilder(words).inheritIO().start().waitFor();
            if (code != 0) {
                throw new Refused(
                        String.join(" ", words) + " failed", "exit code " + code, "journalctl -u twinshare  says why");
            }
        } catch (IOException e) {
            throw new Refused(String.join(" ", words) + " failed", String.valueOf(e.getMessage()), "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(String.join(" ", words) + " was interrupted", "", "run it yourself");
        }
    }
}
