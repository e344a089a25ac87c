package org.twinshare.client.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The two looks at the clocks around a measured stretch: the wall's, this process's, the server's and the machine's. Not
 * thread-safe.
 */
final class Costs {
    private static final Path MACHINE = Path.of("/proc/stat");

    private final OperatingSystemMXBean self = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final Optional<ServerProcess> process;
    private double elapsedSeconds;
    private double ownSeconds;
    private double serverSeconds;
    private double machineSeconds;
    private long peakMemoryBytes;

    private Costs(Optional<ServerProcess> process) {
        this.process = process;
    }

    /**
     * The first look.
     *
     * @throws IOException when there is no such process
     */
    static Costs begin(OptionalLong serverPid) throws IOException {
        Costs costs = new Costs(serverPid.stream().mapToObj(ServerProcess::new).findFirst());
        costs.look(-1);
        return costs;
    }

    /**
     * The second look.
     *
     * @throws IOException when the server's process is gone
     */
    void end() throws IOException {
        look(1);
    }

    private void look(int sign) throws IOException {
        elapsedSeconds += sign * System.nanoTime() / 1e9;
        ownSeconds += sign * self.getProcessCpuTime() / 1e9;
        if (process.isPresent()) {
            serverSeconds += sign * process.get().cpuSeconds();
            machineSeconds += sign * ServerProcess.machineSeconds(MACHINE);
            peakMemoryBytes = process.get().peakMemoryBytes();
        }
    }

    double elapsedSeconds() {
        return elapsedSeconds;
    }

    RunReport.Generator generator() {
        return new RunReport.Generator(ownSeconds, Runtime.getRuntime().availableProcessors());
    }

    Optional<RunReport.Server> server() {
        double others = Math.max(0, machineSeconds - ownSeconds - serverSeconds);
        return process.map(each -> new RunReport.Server(serverSeconds, peakMemoryBytes, others));
    }
}
