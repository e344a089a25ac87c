package org.twinshare.replication.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.filestore.Stability;
import org.twinshare.replication.channel.Connection;
import org.twinshare.replication.channel.Ended;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.role.Answer;
import org.twinshare.replication.role.Failover;
import org.twinshare.replication.role.Terms;
import org.twinshare.replication.role.Wish;

/** A primary in a process of its own, which ends or stands still. */
@Timeout(180)
class ProcessEndTest {
    private static final Failover FAILOVER = new Failover(ZoneOffset.UTC);

    @TempDir
    Path one;

    @TempDir
    Path two;

    private final AtomicLong answered = new AtomicLong();

    private Process start(int port) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PrimaryProcess.class.getName(),
                        one.toString(),
                        Integer.toString(port))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread.ofVirtual().start(() -> read(process));
        return process;
    }

    private void read(Process process) {
        try (DataInputStream in = new DataInputStream(process.getInputStream())) {
            while (true) {
                answered.set(in.readLong());
            }
        } catch (IOException e) {
            // The process has ended.
        }
    }

    private static CompletableFuture<LinkEnd> follow(Twins.Standby standby, ServerSocket server) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        Socket socket = server.accept();
                        Connection connection = new Connection(socket, socket);
                        return standby.link.follow(connection, Meeting.exchange(connection, standby.hello()));
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                Twins.THREADS);
    }

    @Test
    void mayTakeOverWhenThePrimarysProcessWasKilledAndHasAllThatItAnswered() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Twins.Standby standby = new Twins.Standby(two)) {
            var link = follow(standby, server);
            Process process = start(server.getLocalPort());
            await().atMost(Duration.ofSeconds(60)).until(() -> answered.get() > 200);
            assertThat(FAILOVER.mayPromote(standby.link.listen(), Wish.PLAIN))
                    .as("it answers")
                    .isInstanceOf(Answer.Refused.class);
            process.destroyForcibly();
            assertThat(link.get()).isEqualTo(new LinkEnd.Closed(Ended.CLOSED_BY_KERNEL));
            process.waitFor();
            assertThat(standby.journal.durableSequence()).isGreaterThanOrEqualTo(answered.get());
            assertThat(standby.roleFile.state().deadAt()).isEqualTo(standby.journal.durableSequence());
            assertThat(FAILOVER.mayPromote(standby.link.knowledge(), Wish.PLAIN))
                    .isInstanceOfSatisfying(
                            Answer.Go.class, go -> assertThat(go.why()).contains("ended while in step"));
        }
    }

    @Test
    void cannotKnowAboutAPrimaryThatStandsStillForLonger() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Twins.Standby standby = new Twins.Standby(two)) {
            var link = follow(standby, server);
            Process process = start(server.getLocalPort());
            try {
                await().atMost(Duration.ofSeconds(60)).until(() -> answered.get() > 200);
                signal("STOP", process);
                // What it sent until then is heard first.
                await("go, right after it was heard last")
                        .until(() -> FAILOVER.mayPromote(standby.link.listen(), Wish.PLAIN) instanceof Answer.Go);
                assertThat(link.get()).isEqualTo(new LinkEnd.Closed(Ended.LOST));
                await().until(() ->
                        FAILOVER.mayPromote(standby.link.knowledge(), Wish.PLAIN) instanceof Answer.Refused);
                assertThat(standby.roleFile.state().deadAt()).isNegative();
            } finally {
                process.destroyForcibly();
                process.waitFor();
            }
        }
    }

    @Test
    void knowsThatThePrimarysProcessEndedAlsoWhenItFindsOutBySending() throws Exception {
        try (Twins.Primary primary = new Twins.Primary(one, Terms.DEFAULT);
                Twins.Standby standby = new Twins.Standby(two)) {
            Twins.Wire wire = Twins.Wire.connect();
            var link = Twins.connect(primary, standby, wire);
            await().until(() -> !standby.roleFile.state().alone());
            CountDownLatch ended = new CountDownLatch(1);
            CountDownLatch arrived = new CountDownLatch(1);
            standby.onData = () -> {
                arrived.countDown();
                Uninterruptibles.awaitUninterruptibly(ended);
            };
            primary.content = new byte[1000];
            Entry entry = new Entry.Referenced(null, 5, 100, 200, -1, Stability.UNSTABLE, 0, 0, 0);
            primary.journal.append(EntryCodec.type(entry), 0, EntryCodec.encode(entry));
            arrived.await();
            // As a kernel does whose process is gone and has left something unread.
            wire.primarySocket().setSoLinger(true, 0);
            wire.primarySocket().close();
            await().until(() -> isGone("standby-beat"));
            ended.countDown();
            assertThat(link.join()).isEqualTo(new LinkEnd.Closed(Ended.CLOSED_BY_KERNEL));
        }
    }

    private static boolean isGone(String thread) {
        return Thread.getAllStackTraces().keySet().stream()
                .noneMatch(each -> each.getName().equals(thread));
    }

    private static void signal(String name, Process process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }
}
