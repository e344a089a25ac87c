package org.twinshare.fileserver.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a connection ends: nothing of it may stay behind on a server that hands its address over. */
class EndOfConnectionTest {
    private TestServer server;
    private Socket client;

    @BeforeEach
    void connect() throws IOException {
        server = new TestServer();
        client = new Socket(InetAddress.getLoopbackAddress(), server.port());
        client.setSoTimeout((int) TestServer.PATIENCE.toMillis());
        server.awaitConnections(1);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    @Test
    void aServerThatEndsResetsItsConnections() throws IOException {
        server.rpc.close();

        assertThatThrownBy(() -> client.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    /** The last replies come before. */
    @Test
    void whoBreaksTheRulesSeesTheEndAndNoReset() throws IOException {
        client.getOutputStream().write(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff});

        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
}
