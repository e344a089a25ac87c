package org.twinshare.client.pull;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** Lets the target lead to another directory, by one rename(2); a directory that is there itself is exchanged for the link. */
final class Flip {
    /** renameat2(2) by number, because perl is on every Debian and mv --exchange is not yet. */
    private static final String EXCHANGE = """
            my %number = ('x86_64' => 316, 'aarch64' => 276);
            my ($machine) = (POSIX::uname())[4];
            my $call = $number{$machine} or die "renameat2 has no known number on $machine\\n";
            my ($at, $exchange) = (-100, 2);
            syscall($call, $at, $ARGV[0], $at, $ARGV[1], $exchange) == 0 or die "renameat2: $!\\n";
            """;

    private final Layout layout;
    private final Consumer<Step> progress;

    Flip(Layout layout, Consumer<Step> progress) {
        this.layout = layout;
        this.progress = progress;
    }

    /** Finishes what was cut off between the exchange and the move of the old directory. */
    void repair() throws IOException {
        Path link = layout.link();
        if (Files.isDirectory(link, LinkOption.NOFOLLOW_LINKS)) {
            keepTakenOver(link);
        }
        Files.deleteIfExists(link);
    }

    private void keepTakenOver(Path old) throws IOException {
        Files.createDirectories(layout.releases());
        Files.move(old, layout.release(Layout.TAKEN_OVER), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The target leads to this release when it returns, also after a crash. */
    void to(String directory) throws IOException, PullFailure {
        Path link = layout.link();
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, layout.linkTo(directory));
        progress.accept(Step.LINKED);
        if (layout.isTakeOver()) {
            exchange(link);
            progress.accept(Step.FLIPPED);
            keepTakenOver(link);
        } else {
            Files.move(link, layout.target(), StandardCopyOption.ATOMIC_MOVE);
            progress.accept(Step.FLIPPED);
        }
        try (FileChannel parent =
                FileChannel.open(Objects.requireNonNull(layout.target().getParent()), StandardOpenOption.READ)) {
            parent.force(true);
        }
    }

    private void exchange(Path link) throws IOException, PullFailure {
        if (Files.exists(layout.release(Layout.TAKEN_OVER), LinkOption.NOFOLLOW_LINKS)) {
            throw PullFailure.refused(
                    layout.target() + " is a directory again",
                    "an earlier one was taken over and is kept as " + layout.release(Layout.TAKEN_OVER),
                    "move one of the two away");
        }
        SystemProgram.Result result = SystemProgram.run(
                Path.of("/"),
                List.of(
                        "perl",
                        "-MPOSIX",
                        "-e",
                        EXCHANGE,
                        link.toString(),
                        layout.target().toString()),
                new byte[0]);
        if (result.exitCode() != 0) {
            throw PullFailure.failed(
                    "cannot take over " + layout.target(),
                    result.words(),
                    "its file system must know RENAME_EXCHANGE (ext4, XFS, btrfs and tmpfs do); or move it away yourself");
        }
    }
}
