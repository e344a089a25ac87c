package org.twinshare.fileserver.metrics;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;

/**
 * HTTP servers of the JDK within limits, which it has none of unless told: whoever connects and asks nothing, or takes no
 * answer, must not hold the descriptors that the clients of the share need. The properties are those of the module
 * {@code jdk.httpserver}; one that is set already stays.
 */
public final class HttpServers {
    /** Connections of each server. */
    private static final int MOST_CONNECTIONS = 500;

    /** Until all of a request has come. */
    private static final int REQUEST_SECONDS = 10;

    /** From then on until all of the answer has been taken; a manifest has some megabytes, and the network may be slow. */
    private static final int ANSWER_SECONDS = 600;

    private static final int BACKLOG = 128;

    static {
        limit("jdk.httpserver.maxConnections", MOST_CONNECTIONS);
        limit("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
        limit("sun.net.httpserver.maxRspTime", ANSWER_SECONDS);
    }

    private HttpServers() {}

    private static void limit(String property, int value) {
        if (System.getProperty(property) == null) {
            String unusedNone = System.setProperty(property, Integer.toString(value));
        }
    }

    /** One that is bound, and answers on these threads when it has been started. */
    public static HttpServer bind(InetSocketAddress address, Executor threads) throws IOException {
        HttpServer server = HttpServer.create(address, BACKLOG);
        server.setExecutor(threads);
        return server;
    }
}
