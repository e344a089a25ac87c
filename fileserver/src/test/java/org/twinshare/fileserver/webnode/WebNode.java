package org.twinshare.fileserver.webnode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.twinshare.fileserver.lab.Lab;
import org.twinshare.fileserver.lab.LabClient;
import org.twinshare.fileserver.lab.LabProgram;

/** A web node of a lab with the twinmount command for it. */
final class WebNode {
    private final LabClient client;
    private final LabProgram twinmount;

    private WebNode(LabClient client, LabProgram twinmount) {
        this.client = client;
        this.twinmount = twinmount;
    }

    /** Boots it with nothing mounted. */
    static WebNode boot(Lab lab, String name, String... prefix) {
        LabClient client = lab.boot(name, "--no-mount", "--mem", "384M", "--boot-timeout", "150");
        return of(lab, client, name, prefix);
    }

    static WebNode of(Lab lab, LabClient client, String name, String... prefix) {
        List<String> arguments = new ArrayList<>(List.of(Lab.SCRIPT.toString(), name));
        arguments.addAll(List.of(prefix));
        return new WebNode(client, lab.program(TwinmountProgram.class, arguments.toArray(String[]::new)));
    }

    /** One that has this text in its {@code /etc/hosts} from now on. */
    static WebNode knowing(String hosts, Lab lab, LabClient client, String name) throws IOException {
        // Not read in there from the file: the kernel may have an earlier content of it in its cache.
        client.sh("cat >/etc/hosts <<'END'\n" + hosts + "END\n");
        Path file = Files.writeString(lab.directory("hosts").resolve(name), hosts);
        return new WebNode(client, lab.programWith(file, TwinmountProgram.class, Lab.SCRIPT.toString(), name));
    }

    /** What a command printed, how it ended, and how long its programs ran on the node. */
    record Said(List<String> lines, int exitCode, long millis) {
        String text() {
            return String.join("\n", lines);
        }

        /** The line of one check of the doctor. */
        String check(String name) {
            return lines.stream()
                    .filter(each -> each.matches("\\[\\w+] +" + name + " .*"))
                    .findFirst()
                    .orElse("no check " + name + " in:\n" + text());
        }
    }

    /** Runs the command; its words have no blanks in them. */
    Said twinmount(String... words) {
        client.sh("rm -f /run/twinmount-ms");
        List<String> lines = new ArrayList<>(twinmount.ask(String.join(" ", words)));
        int exitCode = Integer.parseInt(lines.removeLast());
        String millis = client.sh("awk '{all += $1} END {print all + 0}' /run/twinmount-ms 2>/dev/null || echo 0");
        return new Said(lines, exitCode, Long.parseLong(millis.strip()));
    }

    /** Runs a script on the node as root; fails when the script does. */
    String sh(String script) {
        return client.sh("cd /\n" + script);
    }

    LabClient client() {
        return client;
    }
}
