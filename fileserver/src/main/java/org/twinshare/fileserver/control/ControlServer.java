package org.twinshare.fileserver.control;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the commands: a request is one line of JSON with {@code command}, the answer one line with {@code result} or
 * {@code error}. Who may open the socket, which is the server's own user and root, may do everything. Thread-safe.
 */
public final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final int MAX_REQUEST_CHARS = 64 << 10;

    private final Path socket;
    private final ServerSocketChannel channel;
    private final Map<String, Handler> handlers;

    /** Carries out one command. */
    public interface Handler {
        JsonObject handle(JsonObject request);
    }

    private ControlServer(Path socket, ServerSocketChannel channel, Map<String, Handler> handlers) {
        this.socket = socket;
        this.channel = channel;
        this.handlers = Map.copyOf(handlers);
    }

    /** Begins to listen; a socket that a server left behind is replaced, because the caller holds the state directory. */
    public static ControlServer start(Path socket, Map<String, Handler> handlers) throws IOException {
        Files.deleteIfExists(socket);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        ControlSocket.use(socket, channel::bind);
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        ControlServer server = new ControlServer(socket, channel, handlers);
        Thread.ofVirtual().name("control").start(server::accept);
        return server;
    }

    private void accept() {
        while (channel.isOpen()) {
            try {
                SocketChannel client = channel.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                if (channel.isOpen()) {
                    LOG.warn(
                            "The control socket {} failed: {}; commands will not reach the server",
                            socket,
                            e.getMessage());
                }
                return;
            }
        }
    }

    private void serve(SocketChannel client) {
        try (client;
                InputStream in = Channels.newInputStream(client);
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            JsonObject answer = answer(readLine(reader));
            client.write(ByteBuffer.wrap((answer + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            LOG.debug("A command went away: {}", e.getMessage());
        }
    }

    private static String readLine(BufferedReader reader) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = reader.read(); c >= 0 && c != '\n'; c = reader.read()) {
            if (line.length() == MAX_REQUEST_CHARS) {
                throw new IOException("a request of more than " + MAX_REQUEST_CHARS + " characters");
            }
            line.append((char) c);
        }
        return line.toString();
    }

    private JsonObject answer(String line) {
        JsonObject answer = new JsonObject();
        try {
            JsonObject request = JsonParser.parseString(line).getAsJsonObject();
            Handler handler = handlers.get(request.get("command").getAsString());
            if (handler == null) {
                answer.addProperty("error", "this server knows no command " + request.get("command"));
            } else {
                answer.add("result", handler.handle(request));
            }
        } catch (JsonParseException | IllegalStateException | NullPointerException e) {
            answer.addProperty("error", "not a request: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("A command failed; this is a fault of the server", e);
            answer.addProperty("error", e.toString());
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(socket);
    }
}
