package org.twinshare.client.probe;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection that carries RPC records (RFC 5531, 11). Blocking: a call waits for its own reply and keeps replies
 * to other calls for those who ask. Also sends what no honest client would. Not thread-safe.
 */
public final class RpcConnection implements Closeable {
    private static final int LAST_FRAGMENT = 0x8000_0000;
    private static final int MAXIMUM_RECORD_BYTES = 16 << 20;

    private final SocketChannel channel;
    private final InputStream in;
    private final OutputStream out;
    private final Map<Integer, RpcReply> early = new HashMap<>();
    private int lastXid = ThreadLocalRandom.current().nextInt();

    private RpcConnection(SocketChannel channel) throws IOException {
        this.channel = channel;
        this.in = channel.socket().getInputStream();
        this.out = channel.socket().getOutputStream();
    }

    /**
     * Connects.
     *
     * @param timeout how long to wait for the connection, and then for each piece of a reply
     * @throws IOException when nobody listens there
     */
    public static RpcConnection open(InetSocketAddress server, SourceAddress source, Duration timeout)
            throws IOException {
        SocketChannel channel = source.connect(server, timeout);
        channel.socket().setSoTimeout(Math.toIntExact(timeout.toMillis()));
        return new RpcConnection(channel);
    }

    /** A transaction id that this connection has not used yet. */
    public int nextXid() {
        return ++lastXid;
    }

    /** This end's address and port. */
    public InetSocketAddress localAddress() throws IOException {
        return (InetSocketAddress) channel.getLocalAddress();
    }

    /** Sends the call as one record of one fragment and returns at once. */
    public void send(RpcCall call) throws IOException {
        sendFragments(call.toRecord());
    }

    /**
     * Sends a record cut into fragments of these lengths; what they leave over is the last fragment.
     *
     * @throws IllegalArgumentException when the lengths add up to more than the record
     */
    public void sendFragments(byte[] record, int... lengthsBytes) throws IOException {
        XdrWriter framed = new XdrWriter();
        int position = 0;
        for (int length : lengthsBytes) {
            framed.putInt(length).putRaw(Arrays.copyOfRange(record, position, position + length));
            position += length;
        }
        if (position > record.length) {
            throw new IllegalArgumentException("fragments of " + position + " bytes for a record of " + record.length);
        }
        framed.putInt(LAST_FRAGMENT | (record.length - position))
                .putRaw(Arrays.copyOfRange(record, position, record.length));
        sendRaw(framed.toArray());
    }

    /** Sends these bytes as they are: the caller makes the record mark, rightly or wrongly. */
    public void sendRaw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** Sends the call and waits for its reply. */
    public RpcReply call(RpcCall call) throws IOException {
        send(call);
        return receive(call.xid());
    }

    /**
     * Waits for the reply to the call with this transaction id.
     *
     * @throws java.net.SocketTimeoutException when the server says nothing for the connection's timeout
     * @throws EOFException when the server closes the connection instead
     */
    public RpcReply receive(int xid) throws IOException {
        @Nullable RpcReply kept = early.remove(xid);
        while (kept == null) {
            RpcReply next = RpcReply.decode(receiveRecord());
            if (next.xid() == xid) {
                kept = next;
            } else {
                early.put(next.xid(), next);
            }
        }
        return kept;
    }

    /** The next record as it came, its fragments joined. */
    public byte[] receiveRecord() throws IOException {
        byte[] record = new byte[0];
        boolean last = false;
        while (!last) {
            int mark = new XdrReader(readFully(4)).getInt();
            int length = mark & ~LAST_FRAGMENT;
            last = (mark & LAST_FRAGMENT) != 0;
            if (length > MAXIMUM_RECORD_BYTES - record.length) {
                throw new MalformedReplyException("a record of more than " + MAXIMUM_RECORD_BYTES + " bytes");
            }
            byte[] fragment = readFully(length);
            byte[] joined = Arrays.copyOf(record, record.length + length);
            System.arraycopy(fragment, 0, joined, record.length, length);
            record = joined;
        }
        return record;
    }

    /**
     * Whether the server closes the connection without another byte; waits for it.
     *
     * @throws java.net.SocketTimeoutException when it does neither for the connection's timeout
     */
    public boolean closedByServer() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketTimeoutException silent) {
            throw silent;
        } catch (IOException reset) {
            return true;
        }
    }

    private byte[] readFully(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the server closed the connection");
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
