package org.twinshare.fileserver.control;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Asks the running server. */
public final class ControlClient {
    private ControlClient() {}

    /** The server did not carry the command out. */
    public static final class Failed extends Exception {
        Failed(String why) {
            super(why, null, false, false);
        }
    }

    /**
     * Sends one command and returns its result.
     *
     * @throws IOException when no server answers on this socket
     */
    public static JsonObject ask(Path socket, JsonObject request) throws IOException, Failed {
        try (SocketChannel channel = ControlSocket.use(socket, SocketChannel::open);
                BufferedReader reader = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8))) {
            channel.write(ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8)));
            String line = reader.readLine();
            if (line == null) {
                throw new IOException("the server closed the connection without an answer");
            }
            JsonObject answer = JsonParser.parseString(line).getAsJsonObject();
            if (answer.has("error")) {
                throw new Failed(answer.get("error").getAsString());
            }
            return answer.getAsJsonObject("result");
        }
    }
}
