package org.twinshare.replication.channel;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Messages over one connection. One thread receives, any thread sends; both block. It never ends without a {@link Bye} while
 * this process lives, unless nothing was heard for so long that the other server draws no conclusion: so the other one may
 * take an end without a word for this process's end.
 */
public final class Connection implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;
    /** ECONNRESET, seen by reading and by writing, and EPIPE in the words of the JDK. */
    private static final Set<String> KERNELS = Set.of("Connection reset", "Connection reset by peer", "Broken pipe");

    private static final Duration BYE_AT_MOST = Duration.ofSeconds(1);
    /** Longer than the other server draws conclusions from an end without a word: see docs/replication.md. */
    private static final Duration LINGER = Duration.ofSeconds(60);

    private final Socket socket;
    private final Socket beneath;
    private final DataInputStream in;
    private final OutputStream out;
    private final ReentrantLock sending = new ReentrantLock();
    private final ByteBuffer fixed = ByteBuffer.allocate(Message.MAX_FIXED_BYTES + 5);
    private byte[] received = new byte[BUFFER_BYTES];
    private volatile boolean closing;
    /** Closed because nothing was heard. */
    private volatile boolean lost;
    /** Sending failed in a way that says nothing about the other process; what reading says after that is not to be believed. */
    private volatile boolean unsure;

    /**
     * Over a socket that is connected.
     *
     * @param socket  what messages go through
     * @param beneath the socket of the kernel's that carries it; may be the same
     */
    public Connection(Socket socket, Socket beneath) throws IOException {
        this.socket = socket;
        this.beneath = beneath;
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
    }

    /** Sends messages, in one piece where they are small. Returns when the kernel has them; blocks while it has no room. */
    public void send(Message... messages) throws IOException {
        sending.lock();
        try {
            if (closing) {
                throw new ConnectionEnded(Ended.CLOSED_HERE, "it was closed", null);
            }
            write(messages);
        } catch (IOException e) {
            if (!isKernels(e)) {
                unsure = true;
            }
            throw e;
        } finally {
            sending.unlock();
        }
    }

    /** The same where it makes no difference to who sends; false when it could not be sent. */
    public boolean trySend(Message message) {
        try {
            send(message);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void write(Message... messages) throws IOException {
        for (Message message : messages) {
            ByteBuffer payload = message.payload();
            fixed.clear().position(Integer.BYTES);
            fixed.put(message.type().number);
            message.encode(fixed);
            fixed.putInt(0, fixed.position() - Integer.BYTES + payload.remaining());
            out.write(fixed.array(), 0, fixed.position());
            writePayload(payload);
        }
        out.flush();
    }

    private void writePayload(ByteBuffer payload) throws IOException {
        if (payload.hasArray()) {
            out.write(payload.array(), payload.arrayOffset() + payload.position(), payload.remaining());
            return;
        }
        byte[] copy = new byte[payload.remaining()];
        payload.duplicate().get(copy);
        out.write(copy);
    }

    /** The next message, whose payload holds until the next call. */
    public Message receive() throws ConnectionEnded {
        try {
            int length = in.readInt();
            MessageType type = MessageType.of(in.readByte());
            if (type == null || length < 1 || length > type.maxBytes) {
                throw new MalformedMessage("type " + type + " with " + length + " bytes");
            }
            int bytes = length - 1;
            if (bytes > received.length) {
                received = new byte[type.maxBytes];
            }
            in.readFully(received, 0, bytes);
            Message message =
                    Message.decode(type, ByteBuffer.wrap(received, 0, bytes).slice());
            if (closing) {
                throw new ConnectionEnded(Ended.CLOSED_HERE, "it was closed", null);
            }
            if (message instanceof Bye bye) {
                throw new ConnectionEnded(Ended.BYE, bye.why(), null);
            }
            return message;
        } catch (ConnectionEnded e) {
            throw e;
        } catch (IOException e) {
            throw new ConnectionEnded(ending(e), Objects.toString(e.getMessage(), "end of stream"), e);
        }
    }

    private Ended ending(IOException e) {
        if (closing) {
            return lost ? Ended.LOST : Ended.CLOSED_HERE;
        }
        if (e instanceof MalformedMessage) {
            return Ended.MALFORMED;
        }
        return isKernels(e) && !unsure ? Ended.CLOSED_BY_KERNEL : Ended.LOST;
    }

    /** FIN or RST. A timeout or an unreachable host says nothing. */
    private static boolean isKernels(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            boolean reset = each instanceof SocketException && KERNELS.contains(String.valueOf(each.getMessage()));
            if (reset || each instanceof EOFException) {
                return true;
            }
        }
        return false;
    }

    /**
     * Says Bye and closes. When that cannot be said at once, the connection is left to itself for a while: closed at once it
     * would look like the end of this process.
     */
    public void close(String why) {
        if (sayBye(why)) {
            Thread.ofVirtual().name("connection-linger").start(this::linger);
        }
    }

    /** Says Bye if that is possible, and closes at once; for the standby, from whose end nobody concludes anything. */
    public void leave(String why) {
        if (sayBye(why)) {
            abandon();
        }
    }

    /** False when somebody else has done so. */
    private boolean sayBye(String why) {
        boolean locked = false;
        try {
            locked = sending.tryLock(BYE_AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
            if (closing) {
                return false;
            }
            closing = true;
            if (locked) {
                write(new Bye(why));
                socket.shutdownOutput();
            }
        } catch (IOException e) {
            // It has ended already, or cannot be reached: there is nobody to say it to.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing = true;
        } finally {
            if (locked) {
                sending.unlock();
            }
        }
        return true;
    }

    /** Takes in what still comes: a kernel that closes with bytes unread throws away what was not sent yet. */
    private void linger() {
        long end = System.nanoTime() + LINGER.toNanos();
        byte[] unread = new byte[4096];
        try {
            while (System.nanoTime() - end < 0) {
                beneath.setSoTimeout((int) LINGER.toMillis());
                if (beneath.getInputStream().read(unread) < 0) {
                    break;
                }
            }
        } catch (IOException e) {
            // It has ended.
        }
        abandon();
    }

    /** Closes at once and without a word; only when nothing was heard for longer than the other server draws conclusions. */
    public void abandon() {
        if (!closing) {
            lost = true;
            closing = true;
        }
        try {
            beneath.close();
        } catch (IOException e) {
            // It is gone all the same.
        }
    }

    @Override
    public void close() {
        close("the server stops");
    }

    /** The address of the other server. */
    public @Nullable String peer() {
        return beneath.getInetAddress() == null
                ? null
                : beneath.getInetAddress().getHostAddress();
    }
}
