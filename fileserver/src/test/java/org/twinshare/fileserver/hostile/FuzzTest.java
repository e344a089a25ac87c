package org.twinshare.fileserver.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.twinshare.client.probe.AttributeCalls;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.CreateCalls;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.DataCalls;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.ListCalls;
import org.twinshare.client.probe.MountProcedure;
import org.twinshare.client.probe.NameCalls;
import org.twinshare.client.probe.NfsCall;
import org.twinshare.client.probe.RpcCall;
import org.twinshare.client.probe.SetAttributes;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.XdrWriter;

/**
 * Rule 2, and hostile input: damaged calls of every program against a whole server, while a well-behaved client goes on. The
 * seed of a run is in its name.
 */
@Timeout(300)
class FuzzTest {
    private static final int CONNECTIONS = 120;
    private static final int CALLS_PER_CONNECTION = 16;
    private static final long FLAT_BYTES = 48L << 20;

    @TempDir
    private static Path directory;

    private static ServedDirectory served;

    @BeforeAll
    static void start() throws Exception {
        served = new ServedDirectory(directory);
    }

    @AfterAll
    static void stop() throws IOException {
        served.close();
    }

    static LongStream seeds() {
        return LongStream.of(1, 2, 3, 4, 5, 6, System.nanoTime());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void outlivesDamagedCalls(long seed) throws IOException {
        System.err.println("FuzzTest seed " + seed);
        Mutation mutation = new Mutation(seed);
        List<byte[]> calls = calls();
        attack(mutation, calls, CONNECTIONS / 10);
        served.awaitCalm();
        long heapBefore = ServedDirectory.heapBytes();
        long directBefore = ServedDirectory.directBytes();

        attack(mutation, calls, CONNECTIONS);

        served.awaitCalm();
        served.assertServesTheWellBehaved();
        assertThat(ServedDirectory.heapBytes() - heapBefore).as("heap").isLessThan(FLAT_BYTES);
        assertThat(ServedDirectory.directBytes() - directBefore).as("direct").isLessThan(FLAT_BYTES);
    }

    private static void attack(Mutation mutation, List<byte[]> calls, int connections) throws IOException {
        for (int i = 0; i < connections; i++) {
            XdrWriter stream = new XdrWriter();
            for (int j = 0; j < CALLS_PER_CONNECTION; j++) {
                stream.putRaw(mutation.of(calls.get(mutation.below(calls.size()))));
            }
            send(stream.toArray());
            if (i % 20 == 0) {
                served.assertServesTheWellBehaved();
            }
        }
    }

    /** Sends it all, says that this was all, and reads to the end: the server closes, whatever it made of it. */
    private static void send(byte[] stream) throws IOException {
        InetSocketAddress server = served.target().nfsAddress();
        try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
            Thread sender = Thread.ofVirtual().start(() -> write(socket, stream));
            byte[] sink = new byte[65_536];
            InputStream in = socket.getInputStream();
            try {
                while (in.read(sink) >= 0) {
                    // Replies are of no interest here.
                }
            } catch (IOException e) {
                // Closed with bytes of ours unread.
            }
            sender.interrupt();
        }
    }

    private static void write(Socket socket, byte[] stream) {
        try {
            socket.getOutputStream().write(stream);
            socket.shutdownOutput();
        } catch (IOException e) {
            // The server has had enough of it.
        }
    }

    /** Calls as an honest client makes them, on the directory that anybody may write in. */
    private static List<byte[]> calls() {
        FileHandle open = served.open();
        FileHandle root = served.root();
        Bytes name = Bytes.of("name");
        List<NfsCall<?, ?>> nfs = List.of(
                AttributeCalls.ping(),
                AttributeCalls.getattr(open),
                AttributeCalls.setattr(open, SetAttributes.ofMode(0777), Optional.empty()),
                AttributeCalls.access(root, 0x3f),
                AttributeCalls.fsstat(root),
                AttributeCalls.fsinfo(root),
                AttributeCalls.pathconf(root),
                NameCalls.lookup(root, Bytes.of("good")),
                NameCalls.readlink(open),
                NameCalls.remove(open, name),
                NameCalls.rmdir(open, name),
                NameCalls.rename(open, name, open, Bytes.of("other")),
                NameCalls.link(open, open, name),
                DataCalls.read(served.good(), 0, 65_536),
                DataCalls.write(served.good(), 0, Stability.FILE_SYNC, new byte[5000]),
                DataCalls.commit(served.good(), 0, 0),
                CreateCalls.create(open, name, new CreateCalls.How.Unchecked(SetAttributes.ofMode(0644))),
                CreateCalls.create(open, Bytes.of("exclusive"), new CreateCalls.How.Exclusive(42)),
                CreateCalls.mkdir(open, name, SetAttributes.ofMode(0755)),
                CreateCalls.symlink(open, Bytes.of("link"), Bytes.of("../good"), SetAttributes.NONE),
                CreateCalls.mknod(open, Bytes.of("fifo"), new CreateCalls.Node.Fifo(SetAttributes.ofMode(0644))),
                ListCalls.readdir(open, 0, 0, 4096),
                ListCalls.readdirplus(root, 0, 0, 4096, 65_536));
        List<byte[]> calls = new ArrayList<>();
        Credential anybody = Credential.of(1000, 1000, 4L, 24L, 27L);
        for (NfsCall<?, ?> each : nfs) {
            calls.add(RpcCall.nfs(calls.size() + 1, each.procedure(), anybody, each.arguments())
                    .toRecord());
        }
        Bytes path =
                Bytes.of(new XdrWriter().putOpaque(Bytes.of("/localData/open")).toArray());
        for (MountProcedure each : MountProcedure.values()) {
            calls.add(RpcCall.mount(calls.size() + 1, each, anybody, path).toRecord());
        }
        RpcCall template = RpcCall.mount(0, MountProcedure.NULL, anybody, lock(open));
        for (int procedure = 0; procedure < 24; procedure++) {
            calls.add(template.withProgram(100021, 4).withProcedure(procedure).toRecord());
        }
        return calls;
    }

    private static Bytes lock(FileHandle file) {
        return Bytes.of(new XdrWriter()
                .putOpaque(Bytes.of("cookie"))
                .putBoolean(true)
                .putBoolean(true)
                .putOpaque(Bytes.of("web1"))
                .putOpaque(file.bytes())
                .putOpaque(Bytes.of("owner"))
                .putInt(4711)
                .putLong(0)
                .putLong(1)
                .putBoolean(false)
                .putInt(1)
                .toArray());
    }
}
