package org.twinshare.fileserver.webnode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.twinshare.fileserver.lab.Lab;
import org.twinshare.fileserver.lab.LabServer;
import org.twinshare.fileserver.lab.Shell;

/**
 * What {@code twinmount mount --boot} and {@code twinmount pull --boot} write, under a real systemd on a real kernel: boots and
 * shutdowns while the server is there and while it is not. The times are printed; what is asserted leaves room for a busy machine.
 */
@Tag("alone")
@EnabledIfSystemProperty(
        named = "twinshare.long",
        matches = "true",
        disabledReason = "takes minutes: -Dtwinshare.long=true")
class BootIT {
    private static final String SERVER = "10.213.77.11";
    private static final String TREE = "/usr/local/localSource";
    private static final String PULL = "twinmount-pull-www";
    private static final long DISK_BYTES = 512L << 20;
    /** The two halves of the forced unmount, the end of a stuck Apache and systemd's last sync; without them it is for ever. */
    private static final Duration SHUTDOWN = Duration.ofMinutes(3);

    private static final Duration BOOT = Duration.ofMinutes(5);

    /** A service that knows nothing of the share's units, and needs five seconds to finish what it writes there. */
    private static final String WRITER = """
            exec 3>/localData/written
            trap 'for i in 1 2 3 4 5; do echo $i >&3; sleep 1; done; exit' TERM
            sleep infinity & wait
            """;

    private Lab lab;
    private Path data;
    private Path disk;
    private String machine;
    private LabServer server;
    private @Nullable WebNode booted;

    @BeforeEach
    void open() throws IOException {
        Assumptions.assumeTrue(Files.exists(Path.of("/lib/systemd/systemd")), "needs systemd: apt-get install systemd");
        lab = Lab.open();
        data = lab.directory("data");
        Path exports = Files.writeString(lab.directory("settings").resolve("exports"), data + " 10.213.77.0/24(rw)\n");
        machine = lab.machine("nas", SERVER);
        server = lab.serverOn(machine, "state", "--exports", exports.toString());
        disk = lab.directory("disk").resolve("root.ext4");
        try (RandomAccessFile image = new RandomAccessFile(disk.toFile(), "rw")) {
            image.setLength(DISK_BYTES);
        }
        Shell.run("mkfs.ext4", "-q", "-F", disk.toString()).orFail();
    }

    @AfterEach
    void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private void boot() {
        booted = WebNode.of(
                lab,
                lab.boot(
                        "web1",
                        "--systemd",
                        "--disk",
                        disk.toString(),
                        "--ip",
                        "10.213.77.21",
                        "--mem",
                        "384M",
                        "--boot-timeout",
                        "170"),
                "web1");
    }

    private WebNode node() {
        return Objects.requireNonNull(booted);
    }

    private void cable(boolean plugged) {
        Shell.run("ip", "-n", machine, "link", "set", Lab.linkOf(machine), plugged ? "up" : "down")
                .orFail();
    }

    private String stateOf(String unit) {
        return node().sh("systemctl is-active " + unit + " || true").strip();
    }

    private void awaitActive(String unit) {
        Awaitility.await(unit + " is active")
                .atMost(BOOT)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> stateOf(unit).equals("active"));
    }

    private void report(String what) {
        System.out.println(what + ": "
                + node().sh("systemctl show -p ActiveEnterTimestampMonotonic --value multi-user.target; cat /proc/stat")
                        .lines()
                        .limit(2)
                        .toList());
    }

    private Shell.Result upload(String place) {
        return node().client()
                .run(Duration.ofSeconds(60), List.of("--user", "33:33"), "echo kept > " + place + "/photo.jpg");
    }

    private void refusesUploads(String place) {
        assertThat(upload(place).err()).as(place).contains("cannot create");
        assertThat(node().sh("ls -A " + place)).isEmpty();
    }

    @Test
    void aNodeBootsWithoutItsServerAndIsShutDownWithoutIt() {
        boot();
        WebNode.Said written =
                node().twinmount("mount", SERVER + ":" + data, "/localData", "--boot", "--timeout", "20s");
        assertThat(written.exitCode()).as(written.text()).isEqualTo(4);
        String line = written.text();
        assertThat(stateOf("localData.mount")).as(line).isEqualTo("activating");
        // As Mounting writes it where there is no systemd.
        node().sh(
                        "chattr -i /localData; mkdir /listed; chattr +i /localData /listed; lsattr -d /localData | grep -q -- -i-;"
                                + " sed -n 's/^Options=//p' /etc/systemd/system/localData.mount | sed 's/,nofail.*//' >/tmp/options;"
                                + " echo \"" + SERVER + ":" + data
                                + "  /listed  nfs  $(cat /tmp/options),_netdev,nofail,bg  0  0\" >/etc/fstab");
        System.out.println("a shutdown while the share has never come took "
                + node().client().powerOff(SHUTDOWN).toMillis() + " ms");

        boot();
        awaitActive("multi-user.target");
        report("boot without the server");
        assertThat(stateOf("localData.mount")).isEqualTo("activating");
        assertThat(stateOf("listed.mount")).isEqualTo("activating");
        refusesUploads("/localData");
        refusesUploads("/listed");

        server.start();
        awaitActive("localData.mount");
        awaitActive("listed.mount");
        awaitActive("twinmount-leave-localData.service");
        assertThat(upload("/localData").err()).isEmpty();
        assertThat(data.resolve("photo.jpg")).hasContent("kept");
        assertThat(node().sh("cat /listed/photo.jpg; systemctl --failed --no-legend"))
                .isEqualTo("kept\n");
        node().sh("umount /listed");

        server.kill();
        node().sh("setsid sh -c 'echo stuck > /localData/stuck; exec 3</localData/photo.jpg; cat <&3'"
                + " >/dev/null 2>&1 </dev/null & sleep 2");
        System.out.println("a shutdown with the server's process dead took "
                + node().client().powerOff(SHUTDOWN).toMillis() + " ms");
    }

    @Test
    void aWebServerStartsWithTheShareAndDoesNotHoldUpTheShutdown() {
        server.start();
        boot();
        node().sh("systemctl disable --now rpc-statd rpcbind rpcbind.socket");
        node().sh("""
                mkdir -p /etc/systemd/system/multi-user.target.wants
                ln -s /lib/systemd/system/apache2.service /etc/systemd/system/multi-user.target.wants/
                mkdir -p /etc/apache2/conf-enabled
                printf 'ServerName web1\\nAlias /uploads /localData\\n<Directory /localData>\\nRequire all granted\\n</Directory>\\n' \
                    > /etc/apache2/conf-enabled/zz-share.conf
                """);
        WebNode.Said written = node().twinmount(
                        "mount",
                        SERVER + ":" + data,
                        "/localData",
                        "--boot",
                        "--service",
                        "apache2",
                        "--timeout",
                        "60s");
        assertThat(written.exitCode()).as(written.text()).isZero();
        awaitActive("twinmount-leave-localData.service");
        node().sh(
                        "cat >/run/writer <<'END'\n" + WRITER + "END\n"
                                + "systemd-run --quiet --unit=writer /bin/sh /run/writer; until [ -e /localData/written ]; do sleep 0.2; done");
        System.out.println("a shutdown with the server there took "
                + node().client().powerOff(SHUTDOWN).toMillis() + " ms");
        assertThat(data.resolve("written"))
                .as("what a service wrote while it was stopped")
                .hasContent("1\n2\n3\n4\n5");

        cable(false);
        boot();
        awaitActive("network-online.target");
        awaitActive("basic.target");
        assertThat(node().sh("systemctl list-jobs --no-legend")).contains("localData.mount", "apache2.service");
        refusesUploads("/localData");
        assertThat(stateOf("apache2")).isEqualTo("inactive");

        cable(true);
        awaitActive("apache2");
        awaitActive("multi-user.target");
        assertThat(upload("/localData").err()).isEmpty();
        assertThat(data.resolve("photo.jpg")).hasContent("kept");

        cable(false);
        node().sh(
                        "for i in 1 2 3; do setsid busybox wget -q -O /dev/null http://127.0.0.1/uploads/none$i >/dev/null 2>&1 </dev/null & done;"
                                + " until ps -eLo stat,comm | grep -q '^D.*apache2'; do sleep 0.2; done");
        System.out.println("a shutdown with a stuck Apache and the server's cable out took "
                + node().client().powerOff(SHUTDOWN).toMillis() + " ms");
    }

    /** The twinmount command as a program that the node itself can start: its root is this machine's. */
    private String launcher() throws IOException {
        Path file = lab.directory("launcher").resolve("twinmount");
        Files.writeString(
                file,
                "#!/bin/sh\nexec " + Path.of(System.getProperty("java.home"), "bin", "java")
                        + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx64m -Dtwinmount.launcher=" + file + " -cp "
                        + System.getProperty("java.class.path")
                        + " org.twinshare.client.command.Twinmount \"$@\"\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file.toString();
    }

    private void publish(Path work, String content) throws IOException {
        Files.writeString(work.resolve("index.html"), content);
        // A node whose Java has half a minute to start is not waited for.
        assertThat(server.twinshare("source", "publish", "www", "--timeout", "5")
                        .out())
                .contains(" is live: 1 files");
    }

    private void awaitTree(String content) {
        Awaitility.await("the node has release " + content)
                .atMost(BOOT)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> node().sh("cat " + TREE + "/index.html 2>&1 || true")
                        .strip()
                        .equals(content));
    }

    @Test
    void aNodeFollowsItsSourceTreeFromBootOn() throws IOException {
        Path work = lab.directory("work");
        Path settings = Files.writeString(lab.directory("settings").resolve("twinshare.conf"), """
                [source.www]
                path = "%s"
                run-as = "root"
                nodes = ["10.213.77.0/24"]
                """.formatted(work));
        server = lab.serverOn(machine, "state", data.toString(), "--config", settings.toString());
        server.start();
        publish(work, "1");
        boot();
        node().client()
                .run(
                        BOOT,
                        List.of(),
                        launcher() + " pull www " + TREE + " --server " + SERVER + " --allow-old-rsync --boot")
                .orFail();
        awaitTree("1");
        assertThat(stateOf(PULL + ".service")).isEqualTo("active");
        System.out.println("a shutdown with a watcher took "
                + node().client().powerOff(SHUTDOWN).toMillis() + " ms");

        cable(false);
        boot();
        awaitActive("multi-user.target");
        awaitActive(PULL + ".service");
        assertThat(node().sh("cat " + TREE + "/index.html")).isEqualTo("1");
        publish(work, "2");
        cable(true);
        awaitTree("2");

        node().sh("systemctl kill --signal=KILL " + PULL + ".service");
        publish(work, "3");
        awaitTree("3");

        // The net below the watcher: its timer starts the same service.
        assertThat(stateOf(PULL + "-net.timer")).isEqualTo("active");
        node().sh("systemctl stop " + PULL + ".service");
        publish(work, "4");
        node().client()
                .run(BOOT, List.of(), "systemctl start " + PULL + "-net.service")
                .orFail();
        assertThat(node().sh("cat " + TREE + "/index.html; systemctl --failed --no-legend"))
                .isEqualTo("4");
    }
}
