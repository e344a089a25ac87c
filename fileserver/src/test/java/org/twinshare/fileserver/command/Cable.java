package org.twinshare.fileserver.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What lies between two servers on this machine: the standby dials its port, and it goes on to the primary's. It can be pulled
 * out, so that nothing comes through and nobody is told, and it can be cut as the kernel of a process that ended does.
 */
final class Cable implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final InetSocketAddress primary;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    /** How many more bytes come from the primary; guarded by the lock. */
    private long left = Long.MAX_VALUE;

    private final AtomicLong held = new AtomicLong();
    private final AtomicLong passed = new AtomicLong();

    Cable(InetSocketAddress primary) throws IOException {
        this.primary = primary;
        Thread unused = Thread.startVirtualThread(this::accept);
    }

    /** The port that the standby dials. */
    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket standby = listening.accept();
                Socket to = new Socket(primary.getAddress(), primary.getPort());
                for (Socket end : List.of(standby, to)) {
                    // As the servers' own: what one says at once the other hears at once.
                    end.setTcpNoDelay(true);
                    sockets.add(end);
                }
                Thread unusedUp = Thread.startVirtualThread(() -> pump(standby, to, false));
                Thread unusedDown = Thread.startVirtualThread(() -> pump(to, standby, true));
            } catch (IOException e) {
                // Nobody is there now, or it was closed.
            }
        }
    }

    private void pump(Socket from, Socket to, boolean fromPrimary) {
        byte[] bytes = new byte[4096];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                pass(fromPrimary ? count : 0);
                out.write(bytes, 0, count);
                passed.addAndGet(count);
            }
        } catch (IOException e) {
            // It was cut, or one of both ended.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pass(int count) throws InterruptedException {
        lock.lock();
        try {
            while (left <= 0) {
                held.addAndGet(count);
                moved.await();
            }
            left -= count;
        } finally {
            lock.unlock();
        }
    }

    /** So many bytes still come from the primary, and then nothing passes either way, and connections go on hanging. */
    void passes(long bytes) {
        lock.lock();
        try {
            left = bytes;
            held.set(0);
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void pullOut() {
        passes(0);
    }

    void putBack() {
        passes(Long.MAX_VALUE);
    }

    /** Whether the primary has said more than may pass. */
    boolean holdsBack() {
        return held.get() > 0;
    }

    /** Bytes that have passed, both ways. */
    long passed() {
        return passed.get();
    }

    /** Ends all connections without a word of who has them. */
    void cut() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut();
    }
}
