package org.twinshare.fileserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PortHolderTest {
    /** A listening socket on port 2049 (0801), as proc_pid_net(5) describes it. */
    private static final String LISTENING = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 00000000:0801 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1
            """;

    @TempDir
    private Path proc;

    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 2049);

    private void listening() throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net/tcp"), LISTENING);
    }

    private void kernelServer(String threads) throws IOException {
        Files.createDirectories(proc.resolve("fs/nfsd"));
        Files.writeString(proc.resolve("fs/nfsd/threads"), threads + "\n");
    }

    private void process(String number, String name, String socket) throws IOException {
        Files.createDirectories(proc.resolve(number + "/fd"));
        Files.writeString(proc.resolve(number + "/comm"), name + "\n");
        Files.createSymbolicLink(proc.resolve(number + "/fd/3"), Path.of(socket));
    }

    @Test
    void namesTheKernelsServerAndHowToEndIt() throws IOException {
        listening();
        kernelServer("8");

        assertThat(new PortHolder(proc).problemOf(address, "?").text())
                .contains(
                        "cannot listen on TCP port 2049 of 127.0.0.1",
                        "the kernel's NFS server (knfsd)",
                        "remedy: systemctl disable --now nfs-server");
    }

    @Test
    void namesTheProcessThatHoldsThePortEvenBesideTheKernelsServer() throws IOException {
        listening();
        kernelServer("8");
        process("12", "bash", "socket:[1]");
        process("4242", "ganesha.nfsd", "socket:[4711]");

        assertThat(new PortHolder(proc).holder(2049)).contains("ganesha.nfsd, process 4242");
        assertThat(new PortHolder(proc).problemOf(address, "?").remedy()).contains("--port");
    }

    @Test
    void knowsNothingOfAPortThatNobodyHolds() throws IOException {
        listening();
        kernelServer("0");

        assertThat(new PortHolder(proc).holder(2050)).isEmpty();
        assertThat(new PortHolder(proc).holder(2049)).isEmpty();
        assertThat(new PortHolder(proc).problemOf(address, "not permitted").cause())
                .isEqualTo("not permitted");
    }

    @Test
    void namesThisProcess() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(PortHolder.of(socket.getLocalPort()))
                    .get()
                    .asString()
                    .endsWith(", process " + ProcessHandle.current().pid());
        }
    }
}
