package org.twinshare.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines are as proc(5) describes them. */
class ServerProcessTest {

    @Test
    void addsUpTheProcessorTimeOfThreadsAndChildren(@TempDir Path directory) throws IOException {
        Files.writeString(
                directory.resolve("stat"),
                "17 (odd) name) S 1 17 17 0 -1 4194560 1 2 3 4 150 50 30 20 20 0 18 0 1234 5678 90 18446744073709551615\n");

        assertThat(new ServerProcess(directory).cpuSeconds()).isEqualTo(2.5);
    }

    @Test
    void addsUpWhatTheMachineDidButNotWhatItWaited(@TempDir Path directory) throws IOException {
        Path stat = Files.writeString(directory.resolve("stat"), "cpu  100 20 30 9999 8888 4 6 40 0 0\ncpu0 1 2 3\n");

        assertThat(ServerProcess.machineSeconds(stat)).isEqualTo(2.0);
    }

    @Test
    void readsThePeakOfResidentMemory(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("status"), "Name:\tx\nVmPeak:\t   99999 kB\nVmHWM:\t    1024 kB\n");

        assertThat(new ServerProcess(directory).peakMemoryBytes()).isEqualTo(1 << 20);
    }

    @Test
    void knowsThisProcess() throws IOException {
        ServerProcess self = new ServerProcess(ProcessHandle.current().pid());

        assertThat(self.cpuSeconds()).isPositive();
        assertThat(self.peakMemoryBytes()).isGreaterThan(1 << 20);
    }
}
