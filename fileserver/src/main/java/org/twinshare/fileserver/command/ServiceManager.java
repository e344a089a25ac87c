package org.twinshare.fileserver.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.posix.UnixDatagram;

/** Tells systemd how the server is, where systemd started it (sd_notify(3)). Has no state. */
final class ServiceManager {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

    private ServiceManager() {}

    /** The server serves. */
    static void ready(String status) {
        tell(System.getenv("NOTIFY_SOCKET"), "READY=1\nSTATUS=" + status);
    }

    /** The server has begun to stop. */
    static void stopping() {
        tell(System.getenv("NOTIFY_SOCKET"), "STOPPING=1");
    }

    /** @param socket path, or an abstract name behind an at sign; null where nobody wants to know */
    static void tell(@Nullable String socket, String state) {
        if (socket == null || socket.isEmpty()) {
            return;
        }
        byte[] address = socket.getBytes(UTF_8);
        if (address[0] == '@') {
            address[0] = 0;
        }
        try {
            UnixDatagram.send(address, state.getBytes(UTF_8));
        } catch (ErrnoException e) {
            LOG.warn(
                    "Cannot tell systemd that the server is ready: {}; it will time out unless Type=exec",
                    e.getMessage());
        }
    }
}
