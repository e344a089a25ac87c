package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Which file is which, for a client, when files are changed on the server itself, and which directory is which, for the
 * server. The client keeps no attributes, so that it shows what the server says now.
 */
@Tag("alone")
class IdentityIT {
    private static Lab lab;
    private static Path data;
    private static Path outside;
    private static LabClient web;

    @BeforeAll
    static void mount() {
        lab = Lab.open();
        data = lab.directory("data");
        outside = lab.directory("outside");
        lab.serve(data.toString());
        web = lab.boot("web1", "--options", "actimeo=0,lookupcache=none");
    }

    @AfterAll
    static void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    /** Lets the client hold a file open, which it then reads by its handle, not by its name. */
    private static void hold(String name) throws IOException {
        Files.writeString(data.resolve(name), "content of " + name + "\n");
        web.sh("sleep 3600 < " + name + " & echo $! > /run/" + name + "; cat " + name);
    }

    private static String held(String name) {
        return "echo 3 > /proc/sys/vm/drop_caches; f=/proc/$(cat /run/" + name + ")/fd/0; ";
    }

    private static void assertStale(String name) {
        Shell.Result result = web.run(Duration.ofSeconds(10), List.of(), held(name) + "cat $f");
        assertThat(result.exitCode()).as(result.out()).isEqualTo(1);
        assertThat(result.err()).contains("Stale file handle");
    }

    private static String failureOf(String script) {
        Shell.Result result = web.run(Duration.ofSeconds(10), List.of(), script);
        assertThat(result.exitCode()).as(result.out()).isEqualTo(1);
        return result.err();
    }

    @Test
    void whatIsMadeOnTheServerIsSeen() throws IOException {
        Files.writeString(data.resolve("new"), "made here\n");
        Files.createDirectories(data.resolve("tree/below"));
        Files.writeString(data.resolve("tree/below/f"), "deep\n");

        assertThat(web.sh("cat new tree/below/f; ls tree")).isEqualTo("made here\ndeep\nbelow\n");

        Files.writeString(data.resolve("new"), "changed here, and longer\n");
        Files.writeString(data.resolve("tree/second"), "");
        assertThat(web.sh("cat new; ls tree")).isEqualTo("changed here, and longer\nbelow\nsecond\n");
    }

    @Test
    void aFileThatWasMovedKeepsItsHandle() throws IOException {
        hold("moved");
        Path directory = Files.createDirectory(data.resolve("target"));
        Files.move(data.resolve("moved"), directory.resolve("renamed"));

        List<String> lines = web.sh(
                        held("moved") + "cat $f; stat -L -c %i $f; stat -c %i target/renamed; ls moved 2>&1 || true")
                .lines()
                .toList();

        assertThat(lines.get(0)).isEqualTo("content of moved");
        assertThat(lines.get(1)).isEqualTo(lines.get(2));
        assertThat(lines.get(3)).contains("No such file");
    }

    @Test
    void aDirectoryThatWasMovedKeepsWhatIsBelow() throws IOException {
        Files.createDirectories(data.resolve("before/sub"));
        Files.writeString(data.resolve("before/sub/f"), "inside\n");
        Files.setPosixFilePermissions(data.resolve("before/sub"), PosixFilePermissions.fromString("rwxrwxrwx"));
        web.sh("cd before/sub; sleep 3600 & echo $! > /run/before");
        Files.move(data.resolve("before"), data.resolve("after"));

        assertThat(web.sh("cd /proc/$(cat /run/before)/cwd; cat f; echo more > g; ls; cat /mnt/nfs/after/sub/g"))
                .isEqualTo("inside\nf\ng\nmore\n");
    }

    @Test
    void aFileThatIsGoneIsStaleAndItsNameIsFree() throws IOException {
        hold("gone");
        Files.delete(data.resolve("gone"));

        assertStale("gone");
        assertThat(failureOf("cat gone")).contains("No such file");
    }

    /** The file system gives the inode number of the old file to the new one. */
    @Test
    void aFileMadeAnewUnderTheSameNameIsAnotherOne() throws IOException {
        hold("again");
        String before = web.sh("stat -c %i again");
        Object inode = Files.getAttribute(data.resolve("again"), "unix:ino");
        Files.delete(data.resolve("again"));
        Files.writeString(data.resolve("again"), "second life\n");
        System.out.println(
                "inode number used again: " + inode.equals(Files.getAttribute(data.resolve("again"), "unix:ino")));

        assertStale("again");
        assertThat(web.sh("cat again")).isEqualTo("second life\n");
        assertThat(web.sh("stat -c %i again")).isNotEqualTo(before);
    }

    @Test
    void aFileThatWasReplacedIsStaleAndTheNewOneIsRead() throws IOException {
        hold("replaced");
        String before = web.sh("stat -c %i replaced");
        Files.writeString(data.resolve("replacement"), "the new one\n");
        Files.move(data.resolve("replacement"), data.resolve("replaced"), StandardCopyOption.REPLACE_EXISTING);

        assertThat(web.sh("cat replaced")).isEqualTo("the new one\n");
        assertThat(web.sh("stat -c %i replaced")).isNotEqualTo(before);
        assertStale("replaced");
    }

    @Test
    void aFileThatWasMovedOutOfTheExportIsStale() throws IOException {
        hold("leaving");
        hold("linked");
        Files.move(data.resolve("leaving"), outside.resolve("leaving"));
        Files.createLink(outside.resolve("linked"), data.resolve("linked"));
        Files.delete(data.resolve("linked"));

        assertStale("leaving");
        assertStale("linked");
        assertThat(outside.resolve("leaving")).hasContent("content of leaving");
    }

    private static String[] serve(Path directory, String port) {
        return new String[] {directory.toString(), "--port", port, "--http", "off", "--portmap", "off"};
    }

    private static void assertRefused(Path directory, String state, String cause) {
        List<String> words =
                new ArrayList<>(List.of("serve", "--state", lab.directory(state).toString()));
        words.addAll(List.of(serve(directory, "2051")));
        Shell.Result result = lab.inNetwork(
                Lab.java("org.twinshare.fileserver.command.Twinshare", words).toArray(String[]::new));

        assertThat(result.exitCode()).isEqualTo(5);
        assertThat(result.err())
                .contains(
                        "error: refusing to serve " + directory, " cause: ", cause, "remedy: mount the disk", "--adopt")
                .doesNotContain("Exception");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void aDirectoryThatIsNotTheOneKnownIsRefusedWithARemedy() throws IOException {
        Path served = lab.directory("bound");
        Path other = lab.directory("other");
        lab.serveWith("bound-state", serve(served, "2051")).stop();
        lab.serveWith("other-state", serve(other, "2051")).stop();

        assertRefused(served, "lost-state", "served before with another state directory");

        Path away = served.resolveSibling("away");
        Files.move(served, away);
        assertRefused(lab.directory("bound"), "bound-state", "is its disk mounted?");
        Files.delete(served);

        Files.move(other, served);
        assertRefused(served, "bound-state", "another directory");
        Files.move(served, other);

        Files.move(away, served);
        lab.serveWith("bound-state", serve(served, "2051")).stop();
    }

    @Test
    void withoutRootItServesAsItsOwnUserAndSaysSoOnce() throws IOException {
        Path mine = lab.directory("mine");
        Files.setAttribute(mine, "unix:uid", 1234);
        Files.setAttribute(mine, "unix:gid", 1234);

        LabServer server = lab.serveAs(1234, "own-state", serve(mine, "2052"));
        String seen = web.sh("""
                mkdir /mnt/own; mount -t nfs -o vers=3,proto=tcp,mountproto=tcp,port=2052,mountport=2052,nolock,hard %s:/localData /mnt/own
                cd /mnt/own; mkdir d; echo hello > d/f; cat d/f; mv d/f g; stat -c '%%u:%%g' g; rmdir d; ls; cd /; umount /mnt/own
                """.formatted(Lab.SERVER));

        assertThat(seen).isEqualTo("hello\n1234:1234\ng\n");
        assertThat(server.output().lines().filter(line -> line.contains("without root")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("belongs to this user"));
        server.stop();
    }
}
