package org.twinshare.client.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.twinshare.client.probe.SourceAddress;

/**
 * How a connection is made.
 *
 * @param patience how long the server may be away
 * @param again    whether a connection that was lost is made anew
 */
record Dialer(SourceAddress source, InetSocketAddress server, Duration patience, boolean again) {
    private static final long PAUSE_MS = 10;

    SocketChannel connect() throws IOException {
        return source.connect(server, patience);
    }

    /** As often as is needed: nobody may listen for a moment. */
    SocketChannel connectAgain() throws IOException {
        long beginNs = System.nanoTime();
        while (true) {
            try {
                return connect();
            } catch (IOException e) {
                if (System.nanoTime() - beginNs > patience.toNanos()) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while connecting", e);
        }
    }
}
