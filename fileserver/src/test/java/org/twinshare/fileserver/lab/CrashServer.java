package org.twinshare.fileserver.lab;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server in a Linux kernel of its own, with its data and its state on two disk images. When that kernel is killed, its page
 * cache is lost and the images hold what had reached the disks. Two disks, so that no sync of one writes the other's journal.
 */
final class CrashServer {
    private static final Duration START = Duration.ofMinutes(2);
    private static final String STATE = "/disk/state/twinshare";
    private static final long DISK_BYTES = 256L << 20;

    private final Lab lab;
    private final String name;
    private final String address;
    private final Path disks;
    private final String arguments;
    private final String preparation;
    private @Nullable LabClient kernel;
    private Duration clockAhead = Duration.ZERO;

    CrashServer(Lab lab, String arguments) {
        this(lab, "nas", CrashCalls.SERVER, arguments, List.of(), "");
    }

    /**
     * @param features    options of mkfs.ext4 for the disk of the data
     * @param preparation what is run when that is mounted, before the server starts
     */
    CrashServer(Lab lab, String name, String address, String arguments, List<String> features, String preparation) {
        this.name = name;
        this.address = address;
        this.preparation = preparation;
        this.lab = lab;
        this.disks = lab.directory("disks-" + name);
        this.arguments = arguments;
        for (String disk : List.of("data", "state")) {
            try (RandomAccessFile image = new RandomAccessFile(image(disk).toFile(), "rw")) {
                image.setLength(DISK_BYTES);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            // Nothing is left to be written later, beside what the server writes.
            List<String> make =
                    new ArrayList<>(List.of("mkfs.ext4", "-qF", "-E", "lazy_itable_init=0,lazy_journal_init=0"));
            make.addAll(disk.equals("data") ? features : List.of());
            make.add(image(disk).toString());
            Shell.run(make.toArray(String[]::new)).orFail();
        }
    }

    /** How far its clock is ahead of the other machines' from the next boot on; behind them where that is negative. */
    void clockAhead(Duration next) {
        clockAhead = next;
    }

    private Path image(String disk) {
        return disks.resolve(disk + ".img");
    }

    LabClient kernel() {
        return Objects.requireNonNull(kernel);
    }

    private static String twinshare() {
        List<String> command = new ArrayList<>(Lab.java("org.twinshare.fileserver.command.Twinshare", List.of()));
        // To compile well takes most of the time of a start in a kernel like this.
        command.add(1, "-XX:TieredStopAtLevel=1");
        return command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    }

    /** Boots the kernel and starts the server, and waits until that serves. */
    void start() {
        boot();
        serve("Mount it");
    }

    /** Boots the kernel and mounts the disks; the kernel writes nothing to a disk by itself for long. */
    void boot() {
        kernel = lab.boot(
                name,
                "--no-mount",
                "--ip",
                address,
                "--mem",
                "900M",
                "--kernel-arg",
                "ubd0=" + image("data"),
                "--kernel-arg",
                "ubd1=" + image("state"));
        kernel().run(START, List.of(), """
                        date -s @$(($(date +%%s) + %d))
                        modprobe ext4; mkdir -p /disk/data /disk/state
                        mount -t ext4 -o commit=600 /dev/ubda /disk/data; mount -t ext4 -o commit=600 /dev/ubdb /disk/state
                        sysctl -qw vm.dirty_writeback_centisecs=60000 vm.dirty_expire_centisecs=60000
                        [ -d /disk/data/tree ] || { mkdir /disk/data/tree; chmod 777 /disk/data/tree; }
                        %s
                        """.formatted(clockAhead.toSeconds(), preparation))
                .orFail();
    }

    /** Starts the server, and waits for words in its output. */
    void serve(String words) {
        kernel().run(START, List.of(), """
                        setsid %s serve /disk/data/tree --state %s --http off --portmap off %s > /run/out 2>&1 &
                        until grep -q '%s' /run/out; do kill -0 $! || { cat /run/out; exit 1; }; sleep 0.1; done
                        sync
                        """.formatted(twinshare(), STATE, arguments, words))
                .orFail();
    }

    /** Runs another of our commands against it. */
    Shell.Result twinshare(String... words) {
        String all = Stream.of(words).map(word -> " '" + word + "'").collect(Collectors.joining());
        return kernel().run(START, List.of(), twinshare() + all + " --state " + STATE);
    }

    String output() {
        return kernel().sh("cat /run/out");
    }

    /** Kills the kernel. */
    void crash() {
        kernel().cutPower();
    }

    /** Replays the journals and checks the file systems; returns what is wrong with them. */
    List<String> check() {
        List<String> wrong = new ArrayList<>();
        for (String disk : List.of("data", "state")) {
            Shell.run("e2fsck", "-E", "journal_only", "-p", image(disk).toString());
            Shell.Result checked = Shell.run("e2fsck", "-fn", image(disk).toString());
            if (checked.exitCode() != 0) {
                wrong.add(disk + ": " + checked.out());
            }
        }
        return wrong;
    }
}
