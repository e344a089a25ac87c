package org.twinshare.fileserver.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import org.twinshare.client.probe.MountReply;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.Target;

/** A program that asks for a listing of the directory it is told, until a server answers, and prints how many ms that took. */
public final class FirstListing {
    private static final int PAGE_BYTES = 1 << 16;
    private static final long PAUSE_NS = 20_000_000;

    private FirstListing() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String directory = commands.readLine(); directory != null; directory = commands.readLine()) {
            long begin = System.nanoTime();
            while (!listed(directory)) {
                LockSupport.parkNanos(PAUSE_NS);
            }
            System.out.println((System.nanoTime() - begin) / 1_000_000);
            System.out.println(LabProgram.DONE);
        }
    }

    private static boolean listed(String directory) {
        try (NfsProbe probe = NfsProbe.connect(Target.at(Lab.SERVER, 2049))) {
            if (!(probe.mount(directory) instanceof MountReply.Mounted mounted)) {
                return false;
            }
            return probe.readdirplus(mounted.handle(), 0, 0, PAGE_BYTES, PAGE_BYTES)
                            .ok()
                            .entries()
                            .size()
                    > 100;
        } catch (IOException notYet) {
            return false;
        }
    }
}
