package org.twinshare.fileserver.rpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves programs whose procedures never wait, and whose replies are short, over UDP on one address: a datagram is a call or
 * a reply (RFC 5531 section 10). A virtual thread of its own does it all. Whoever is not admitted hears nothing.
 */
public final class DatagramServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DatagramServer.class);
    /** Longer calls than any that is answered, shorter than what a network cuts into pieces. */
    private static final int MAX_CALL_BYTES = 1400;

    private static final int REPLY_BYTES = 1024;

    private final DatagramChannel channel;
    private final InetSocketAddress address;
    private final Predicate<InetAddress> admitted;
    private final Programs programs = new Programs();
    private final BufferPool pool = new BufferPool();
    private final CallDecoder decoder = new CallDecoder();

    private DatagramServer(DatagramChannel channel, InetSocketAddress address, Predicate<InetAddress> admitted) {
        this.channel = channel;
        this.address = address;
        this.admitted = admitted;
    }

    /**
     * Begins to serve.
     *
     * @param address an address of this host, not the wildcard: a reply must come from where the call went to
     * @throws java.net.BindException when another program has the port
     */
    public static DatagramServer start(
            InetSocketAddress address, Predicate<InetAddress> admitted, RpcProgram... programs) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        try {
            channel.bind(address);
            InetSocketAddress local = (InetSocketAddress) channel.getLocalAddress();
            DatagramServer server = new DatagramServer(channel, local, admitted);
            for (RpcProgram program : programs) {
                server.programs.offer(program);
            }
            Thread.ofVirtual().name("datagrams").start(server::serve);
            return server;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Where it serves, with the port that was chosen where 0 was asked for. */
    public InetSocketAddress address() {
        return address;
    }

    private void serve() {
        ByteBuffer datagram = ByteBuffer.allocateDirect(MAX_CALL_BYTES);
        while (channel.isOpen()) {
            try {
                InetSocketAddress from = (InetSocketAddress) channel.receive(datagram.clear());
                if (from != null && admitted.test(from.getAddress())) {
                    answer(from, datagram.flip());
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException | RuntimeException e) {
                LOG.debug("A datagram to {} was not answered", address, e);
            }
        }
    }

    private void answer(InetSocketAddress from, ByteBuffer record) throws IOException {
        XdrWriter out = new XdrWriter(pool, REPLY_BYTES);
        if (write(from, record, out)) {
            ByteBuffer reply = out.take();
            channel.send(reply, from);
            pool.give(reply);
        } else {
            out.discard();
        }
    }

    /** Whether there is a reply. */
    private boolean write(InetSocketAddress from, ByteBuffer record, XdrWriter out) {
        return switch (decoder.decode(record)) {
            case CallDecoder.Decoded.Hopeless hopeless -> false;
            case CallDecoder.Decoded.OtherRpcVersion other -> {
                Replies.rpcMismatch(out, other.xid());
                yield true;
            }
            case CallDecoder.Decoded.BadCredential bad -> {
                Replies.badCredential(out, bad.xid(), bad.reason());
                yield true;
            }
            case CallDecoder.Decoded.Good good -> {
                RpcProcedure procedure = programs.find(good.header(), refusal -> refusal.accept(out));
                yield procedure == null
                        || Dispatcher.answer(call(from, good.header(), record), procedure, out)
                                == RpcProcedure.Answer.REPLY;
            }
        };
    }

    private Call call(InetSocketAddress from, CallHeader header, ByteBuffer arguments) {
        return new Call(new Sender(from, address.getAddress()), header, arguments, false, new MemoryBudget(0));
    }

    /** The two ends of a datagram. */
    private static final class Sender extends Peer {
        private final InetSocketAddress from;
        private final InetAddress to;

        Sender(InetSocketAddress from, InetAddress to) {
            this.from = from;
            this.to = to;
        }

        @Override
        InetAddress client() {
            return from.getAddress();
        }

        @Override
        int clientPort() {
            return from.getPort();
        }

        @Override
        InetAddress local() {
            return to;
        }

        @Override
        void reserveReply(int bytes) {
            throw new UnsupportedOperationException("replies to datagrams are short");
        }

        @Override
        void releaseReply(int bytes) {}
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
