package org.twinshare.client.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What the kernel says of the server's process (proc(5)): processor time of all its threads and of the children that it
 * waited for, and the most memory that it ever had. Stateless but for the process id.
 */
final class ServerProcess {
    /** USER_HZ, in which /proc counts on every architecture of Linux: 100 in a second. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int IDLE_FIELD = 4;
    private static final int IO_WAIT_FIELD = 5;
    private static final int STEAL_FIELD = 8;
    private static final int STATE_FIELD = 3;
    private static final int USER_TIME_FIELD = 14;
    private static final int LAST_TIME_FIELD = 17;

    private final Path directory;

    ServerProcess(long pid) {
        this(Path.of("/proc", Long.toString(pid)));
    }

    ServerProcess(Path directory) {
        this.directory = directory;
    }

    /**
     * What all processes of this machine together used since it started, the hypervisor's share included: everything in
     * the first line of /proc/stat but idle and iowait.
     */
    static double machineSeconds(Path stat) throws IOException {
        String line = Files.readAllLines(stat, StandardCharsets.ISO_8859_1).getFirst();
        String[] fields = line.split(" +", -1);
        long ticks = 0;
        for (int field = 1; field <= STEAL_FIELD; field++) {
            ticks += field == IDLE_FIELD || field == IO_WAIT_FIELD ? 0 : Long.parseLong(fields[field]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** utime, stime, cutime and cstime together. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(directory.resolve("stat"), StandardCharsets.ISO_8859_1);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = Arrays.stream(fields, USER_TIME_FIELD - STATE_FIELD, LAST_TIME_FIELD - STATE_FIELD + 1)
                .mapToLong(Long::parseLong)
                .sum();
        return ticks / TICKS_PER_SECOND;
    }

    /** VmHWM. */
    long peakMemoryBytes() throws IOException {
        List<String> lines = Files.readAllLines(directory.resolve("status"), StandardCharsets.ISO_8859_1);
        for (String line : lines) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        return 0;
    }
}
