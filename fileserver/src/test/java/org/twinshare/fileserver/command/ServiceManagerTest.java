package org.twinshare.fileserver.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServiceManagerTest {
    /** A receiver as systemd is one: a datagram socket (sd_notify(3)), here perl's. */
    private static final String RECEIVER = """
            use Socket; $| = 1;
            socket(S, AF_UNIX, SOCK_DGRAM, 0) or die; my $name = $ARGV[0]; $name =~ s/^@/\\0/;
            bind(S, pack('S a*', AF_UNIX, $name)) or die $!; print "bound\\n";
            recv(S, my $message, 4096, 0); print $message, "\\n";""";

    @TempDir
    private Path base;

    private static String heard(String socket) throws IOException {
        Process receiver = new ProcessBuilder("perl", "-e", RECEIVER, socket).start();
        try (BufferedReader lines = receiver.inputReader(UTF_8)) {
            assertThat(lines.readLine()).isEqualTo("bound");
            ServiceManager.tell(socket, "READY=1\nSTATUS=serving");
            return lines.readLine() + "|" + lines.readLine();
        }
    }

    @Test
    void systemdHearsThatTheServerIsReady() throws IOException {
        assertThat(heard(base.resolve("notify").toString())).isEqualTo("READY=1|STATUS=serving");
        assertThat(heard("@twinshare-test-" + ProcessHandle.current().pid())).isEqualTo("READY=1|STATUS=serving");
    }

    @Test
    void nobodyThereIsNoFailure() {
        ServiceManager.tell(null, "READY=1");
        ServiceManager.tell("", "READY=1");
        ServiceManager.tell(base.resolve("absent").toString(), "READY=1");
    }
}
