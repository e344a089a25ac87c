package org.twinshare.client.probe;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server for tests on a loopback port: reads records, joins their fragments, and sends whatever bytes the behaviour
 * gives for each. Every connection has a thread.
 */
public final class FakeServer implements Closeable {

    /** One call that came in, as it was sent. */
    public record Received(Bytes record) {
        public int xid() {
            return field(0);
        }

        public int program() {
            return field(3);
        }

        public int procedure() {
            return field(5);
        }

        private int field(int index) {
            return ByteBuffer.wrap(record.toArray()).getInt(4 * index);
        }

        /** An accepted and successful reply with these results, as one fragment. */
        public byte[] success(String resultsHex) {
            return frame(Bytes.ofHex("00000001" + "00000000" + "00000000" + "00000000" + "00000000" + resultsHex));
        }

        private byte[] frame(Bytes behindXid) {
            return new XdrWriter()
                    .putInt(0x8000_0000 | (4 + behindXid.length()))
                    .putInt(xid())
                    .putRaw(behindXid.toArray())
                    .toArray();
        }
    }

    /** What to send, with record marks, for a call; nothing at all when empty. */
    @FunctionalInterface
    public interface Behaviour {
        byte[] answer(Received call);
    }

    private final ServerSocket listener;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Behaviour behaviour;

    public FakeServer(Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    public Target target() throws IOException {
        return Target.at("127.0.0.1", listener.getLocalPort()).ports(SourceAddress.Ports.EPHEMERAL);
    }

    public List<Received> received() {
        return received;
    }

    /** The addresses and ports that connections came from. */
    public List<Socket> sockets() {
        return sockets;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    /** Until either side closes the connection, or the behaviour throws. */
    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            while (true) {
                Received call = new Received(Bytes.of(readRecord(in)));
                received.add(call);
                out.write(behaviour.answer(call));
                out.flush();
            }
        } catch (IOException | IllegalStateException over) {
            // So is this connection.
        }
    }

    private static byte[] readRecord(DataInputStream in) throws IOException {
        XdrWriter record = new XdrWriter();
        boolean last = false;
        while (!last) {
            int mark = in.readInt();
            last = mark < 0;
            record.putRaw(in.readNBytes(mark & 0x7fff_ffff));
        }
        return record.toArray();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket each : sockets) {
            each.close();
        }
    }
}
