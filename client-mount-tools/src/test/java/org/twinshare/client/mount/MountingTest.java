package org.twinshare.client.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.twinshare.client.node.Failure;
import org.twinshare.client.node.FakeNode;
import org.twinshare.client.node.RehearsedNode;

/** What is written and run on a node whose server is away; with a server that is there, the tests with a real client do it. */
class MountingTest {
    private static final Path UNIT = Path.of("/etc/systemd/system/srv-my\\x2ddata.mount");

    private final FakeNode node = new FakeNode()
            .file("/proc/sys/kernel/osrelease", "6.1.0\n")
            .file("/proc/1/comm", "systemd\n")
            .answer("stat -c %F", 0, "directory\n")
            .answer("find", 0, "");
    private final List<String> said = new ArrayList<>();
    private int closedPort;

    @BeforeEach
    void findAPortThatNobodyListensOn() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closedPort = socket.getLocalPort();
        }
    }

    private Share share() throws Failure {
        return Share.of("127.0.0.1:/localData", "/srv/my-data", closedPort);
    }

    private Mounting mounting() throws Failure {
        return new Mounting(node, share(), Duration.ofSeconds(5), said::add);
    }

    private Failure failureAtBoot(String... services) {
        return catchThrowableOfType(Failure.class, () -> mounting().atBoot(List.of(services)));
    }

    @Test
    void withoutTheServerNothingIsDoneNow() throws Failure {
        Mounting mounting = mounting();

        Failure failure = catchThrowableOfType(Failure.class, mounting::now);

        assertThat(failure.kind()).isEqualTo(Failure.Kind.UNREACHABLE);
        assertThat(failure.problem().what()).contains("TCP port " + closedPort);
        assertThat(node.changes()).isEmpty();
    }

    @Test
    void withoutTheServerAllIsWrittenForTheBoot() {
        Failure failure = failureAtBoot("apache2");

        assertThat(failure.kind()).isEqualTo(Failure.Kind.UNREACHABLE);
        assertThat(failure.problem().remedy()).contains("comes when the server does");
        assertThat(node.read(UNIT).orElseThrow())
                .contains("What=127.0.0.1:/localData\n", "Where=/srv/my-data\n", ",nofail,retry=10000\n")
                .contains("TimeoutSec=infinity\n", "WantedBy=remote-fs.target\n");
        assertThat(node.read(Path.of("/etc/systemd/system/apache2.service.d/twinmount-srv-my\\x2ddata.conf")))
                .hasValueSatisfying(text -> assertThat(text).contains("RequiresMountsFor=/srv/my-data\n"));
        assertThat(node.changes())
                .contains("chattr +i /srv/my-data", "systemctl daemon-reload")
                .endsWith("systemctl start --no-block srv-my\\x2ddata.mount twinmount-leave-srv-my\\x2ddata.service");
    }

    @Test
    void writtenTwiceIsWrittenOnce() {
        failureAtBoot("apache2");
        node.changes().clear();

        failureAtBoot("apache2");

        assertThat(node.changes()).noneMatch(each -> each.startsWith("write"));
        assertThat(said).contains(UNIT + " is as it should be");
    }

    @Test
    void withoutSystemdItIsALineInFstab() {
        node.file("/proc/1/comm", "init\n").file("/etc/fstab", "UUID=1  /  ext4  defaults  0  1");

        failureAtBoot();
        failureAtBoot();

        assertThat(node.read(Fstab.FILE).orElseThrow().lines())
                .hasSize(2)
                .first()
                .isEqualTo("UUID=1  /  ext4  defaults  0  1");
        assertThat(node.read(Fstab.FILE).orElseThrow().lines().toList().getLast())
                .startsWith("127.0.0.1:/localData  /srv/my-data  nfs  vers=3,")
                .endsWith(",_netdev,nofail,bg  0  0");
    }

    @Test
    void aLineOfSomebodyElseInFstabIsNotOverruled() {
        node.file("/etc/fstab", "# data\nold:/data /srv/my-data nfs defaults 0 0\n");

        Failure failure = failureAtBoot();

        assertThat(failure.kind()).isEqualTo(Failure.Kind.REFUSED);
        assertThat(failure.problem().cause()).contains("line 2", "old:/data /srv/my-data nfs");
        assertThat(node.changes()).isEmpty();
    }

    @Test
    void whatIsMountedAlreadyIsLeftAlone() throws Failure {
        node.file("/proc/self/mountinfo", "33 22 0:30 / /srv/my-data rw - nfs 127.0.0.1:/localData rw,vers=3\n");

        mounting().now();

        assertThat(node.changes()).isEmpty();
        assertThat(said).containsExactly("127.0.0.1:/localData is mounted at /srv/my-data already");
    }

    @Test
    void anotherMountAtTheSamePlaceIsRefused() throws Failure {
        node.file("/proc/self/mountinfo", "33 22 0:30 / /srv/my-data rw - nfs old:/data rw,vers=3\n");
        Mounting mounting = mounting();

        Failure failure = catchThrowableOfType(Failure.class, mounting::now);

        assertThat(failure.kind()).isEqualTo(Failure.Kind.REFUSED);
        assertThat(failure.problem().cause()).isEqualTo("nfs from old:/data");
    }

    @Test
    void aMountInsideAnotherIsRefused() throws Failure {
        node.file("/proc/self/mountinfo", "33 22 0:30 / /srv rw - nfs old:/data rw,vers=3\n");
        Mounting mounting = mounting();

        Failure failure = catchThrowableOfType(Failure.class, mounting::now);

        assertThat(failure.problem().what()).contains("inside /srv");
        assertThat(node.changes()).isEmpty();
    }

    @Test
    void aRehearsalSaysAllAndChangesNothing() throws Failure {
        Mounting rehearsed =
                new Mounting(new RehearsedNode(node, said::add), share(), Duration.ofSeconds(5), said::add);

        Failure failure = catchThrowableOfType(Failure.class, () -> rehearsed.atBoot(List.of()));

        assertThat(failure.kind()).isEqualTo(Failure.Kind.UNREACHABLE);
        assertThat(node.changes()).isEmpty();
        assertThat(said)
                .contains("would run    chattr +i /srv/my-data")
                .anyMatch(line -> line.startsWith("would write  " + UNIT) && line.contains("Where=/srv/my-data"))
                .anyMatch(line -> line.contains("nolock") && line.contains("PHP sessions"));
    }
}
