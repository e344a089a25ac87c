import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Answers every call of {@code twinmount doctor} as a server does with which all is well (RFC 1813), while the cache of classes
 * is made: it keeps nothing. Prints its port, and ends with its standard input.
 */
final class TrainingServer {
    private static final int MOUNT = 100005;
    private static final int USER = 33;
    private static final byte[] CONTENT = "twinmount doctor\n".getBytes(StandardCharsets.UTF_8);

    public static void main(String... unused) throws IOException {
        ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        System.out.println(server.getLocalPort());
        Thread.ofPlatform().daemon().start(() -> accept(server));
        while (System.in.read() >= 0) {}
    }

    private static void accept(ServerSocket server) {
        while (true) {
            try {
                Socket socket = server.accept();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                byte[] call = in.readNBytes(in.readInt() & Integer.MAX_VALUE);
                DataInputStream header = new DataInputStream(new ByteArrayInputStream(call));
                int xid = header.readInt();
                header.skipNBytes(8);
                int program = header.readInt();
                header.skipNBytes(4);
                byte[] reply = reply(xid, program, header.readInt());
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                out.writeInt(reply.length | Integer.MIN_VALUE);
                out.write(reply);
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private static byte[] reply(int xid, int program, int procedure) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        // Accepted, without a verifier, successful.
        ints(out, xid, 1, 0, 0, 0, 0);
        if (program == MOUNT && procedure == 1) {
            ints(out, 0, 8, 0, 1, 1, 1);
        } else if (program != MOUNT) {
            switch (procedure) {
                // READ, WRITE, CREATE, REMOVE, READDIRPLUS
                case 6 -> {
                    ints(out, 0, 0, CONTENT.length, 1, CONTENT.length);
                    out.write(CONTENT);
                    out.write(new byte[(4 - CONTENT.length % 4) % 4]);
                }
                case 7 -> ints(out, 0, 0, 0, CONTENT.length, 2, 0, 0);
                case 8 -> {
                    ints(out, 0, 1, 8, 0, 2, 1);
                    attributes(out);
                    ints(out, 0, 0);
                }
                case 12 -> ints(out, 0, 0, 0);
                case 17 -> ints(out, 0, 0, 0, 0, 0, 1);
                default -> {}
            }
        }
        return bytes.toByteArray();
    }

    /** Of an empty file. */
    private static void attributes(DataOutputStream out) throws IOException {
        ints(out, 1, 0600, 1, USER, USER, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2);
        for (int time = 0; time < 3; time++) {
            ints(out, (int) Instant.now().getEpochSecond(), 0);
        }
    }

    private static void ints(DataOutputStream out, int... values) throws IOException {
        for (int value : values) {
            out.writeInt(value);
        }
    }
}
