package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What a web node is in the middle of when the service moves to the other server, by hand and because the primary dies: a
 * listing, a large upload, bytes that were not committed, a file that is open and was removed.
 */
@Tag("alone")
class UnderWayIT {
    private static final int NAMES = Integer.getInteger("twinshare.underway.names", 20_000);
    private static final int MOVES = Integer.getInteger("twinshare.underway.moves", 2);
    private static final int UPLOAD_MIB = Integer.getInteger("twinshare.underway.mib", 64);
    private static final Duration AT_MOST = Duration.ofMinutes(15);

    private PairLab pair;
    private LabServer primary;

    @BeforeEach
    void open() {
        pair = new PairLab();
        primary = pair.one;
    }

    @AfterEach
    void close() throws Exception {
        if (pair != null) {
            pair.close();
        }
    }

    /** Begins, says so, and ends when it is told to and is large enough. */
    private static final String UPLOAD = """
            perl -e '
                my ($least) = @ARGV; my $mib = 0;
                open F, ">", "way/large" or die $!;
                until ($mib >= $least && -e "/run/go") {
                    my $chunk = pack("N", $mib) x 262144;
                    syswrite(F, $chunk) == length $chunk or die "write: $!";
                    $mib++;
                    select undef, undef, undef, 0.2 if $mib > $least;
                    if ($mib == int($least / 2)) { open R, ">", "/run/uploading"; close R }
                }
                close F or die "close: $!";
                open F, "<", "way/large" or die $!;
                for my $i (0 .. $mib - 1) {
                    my $is; read F, $is, 1 << 20;
                    $is eq pack("N", $i) x 262144 or die "MiB $i is other";
                }
                print "large\\n";
            ' MIB
            """.replace("MIB", Integer.toString(UPLOAD_MIB));

    /** Begins everything, says so, and ends it when it is told to. */
    private static final String UNDER_WAY = """
            rm -f /run/go /run/listed /run/uploading; mkdir -p way
            { UPLOAD } > /run/large &
            upload=$!
            perl -e '
                use IO::Handle;
                my ($all) = @ARGV; my %seen;
                open G, "+>", "way/gone" or die $!;
                print G "still here\\n"; G->flush; unlink "way/gone" or die $!;
                open W, ">", "way/open" or die $!;
                syswrite W, "first\\n" x 10000;
                opendir D, "many" or die $!;
                $seen{readdir D}++ for 1 .. 500;
                open R, ">", "/run/listed"; close R;
                select undef, undef, undef, 0.1 until -e "/run/go";
                while (defined(my $name = readdir D)) { $seen{$name}++ }
                my @twice = grep { $seen{$_} > 1 } keys %seen;
                die "twice: @twice" if @twice;
                die "names: " . keys %seen unless keys(%seen) == $all + 2;
                seek G, 0, 0; <G> eq "still here\\n" or die "what is open has gone";
                syswrite(G, "more") == 4 or die $!; close G or die "close: $!";
                syswrite W, "second\\n"; W->sync or die "sync: $!"; close W or die "close: $!";
            ' NAMES
            wait $upload
            echo 3 > /proc/sys/vm/drop_caches
            cat /run/large; ls -A way | tr '\\n' ' '; sort -u way/open | tr '\\n' ' '; wc -l < way/open; ls many | wc -l
            """.replace("UPLOAD", UPLOAD).replace("NAMES", Integer.toString(NAMES));

    private static final String RIGHT = "large\nlarge open first second 10001\n" + NAMES + "\n";

    @Test
    void itGoesOnWhereverTheServiceIs() throws Exception {
        Path many = Files.createDirectory(pair.data("nas1").resolve("many"));
        for (int i = 0; i < NAMES; i++) {
            Files.createFile(many.resolve("name%06d".formatted(i)));
        }
        LabClient web = pair.boot("web1");
        pair.join();
        PairLab.awaitInStep(pair.one);
        try {
            handOverAndFailOver(web);
        } catch (Exception | AssertionError failure) {
            // What happened is in these, and they are gone with the lab.
            pair.printServers();
            throw failure;
        }
    }

    private void handOverAndFailOver(LabClient web) throws Exception {
        CompletableFuture<String> working = begin(web);
        pair.one.twinshare("switchover").orFail();
        assertThat(end(web, working)).as("handed over").isEqualTo(RIGHT);
        long alone = pair.one
                .output()
                .lines()
                .filter(line -> line.contains("goes on alone"))
                .count();
        System.out.println(
                "handed over in an upload of " + UPLOAD_MIB + " MiB; replied alone before that: " + alone + " times");

        PairLab.awaitInStep(pair.two);
        working = begin(web);
        pair.two.kill();
        pair.one.twinshare("failover").orFail();
        assertThat(end(web, working)).as("failed over").isEqualTo(RIGHT);
    }

    /** What an administrator does all day, again and again: a call that is answered twice must not fail the second time. */
    private static final String EVERYDAY = """
            mkdir -p /run/src; cd /run/src
            for d in 1 2 3; do
                mkdir -p d$d/deep/er
                for f in 1 2; do echo "$d $f" > d$d/f$f; ln -s f$f d$d/s$f; done
                echo x > d$d/deep/er/x; ln d$d/f1 d$d/hard; chmod 2750 d$d/deep
            done
            tar cf /run/src.tar .; cd /mnt/nfs; mkdir day; cd day
            n=0
            until [ -e /run/stop ]; do
                n=$((n + 1))
                mkdir new; tar xpf /run/src.tar --no-same-owner -C new
                diff -r --no-dereference /run/src new
                mv new old$n; cp -a old$n copy; rm -r old$n
                [ "$(stat -c %h copy/d3/hard) $(stat -c %a copy/d3/deep)" = "2 2750" ]
                mv copy/d1 copy/d2/moved; mv -T copy/d3 copy/d2/moved/deep/er/d3
                rm -r copy
                echo $n >> log
                [ "$(ls)" = log ]
                echo $n > /run/times
            done
            seq $n | cmp - log && echo right
            """;

    private static void awaitTimes(LabClient web, CompletableFuture<String> working, int more) {
        String times = "cat /run/times 2>/dev/null || echo 0";
        int enough = Integer.parseInt(web.shAside(times).strip()) + more;
        Awaitility.await("it goes on")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .until(() ->
                        working.isDone() || Integer.parseInt(web.shAside(times).strip()) >= enough);
    }

    @Test
    void everydayCommandsDoNotFailWhereverTheServiceIs() throws Exception {
        LabClient web = pair.boot("web1");
        pair.join();
        PairLab.awaitInStep(pair.one);
        CompletableFuture<String> working = web.meanwhile(AT_MOST, EVERYDAY);
        for (int i = 0; i < MOVES && !working.isDone(); i++) {
            awaitTimes(web, working, 1);
            if (i % 2 == 0) {
                primary.twinshare("switchover").orFail();
            } else {
                primary.kill();
                pair.other(primary).twinshare("failover").orFail();
                awaitTimes(web, working, 1);
                primary.start("clients");
            }
            primary = pair.other(primary);
            awaitTimes(web, working, 1);
            PairLab.awaitInStep(primary);
            System.out.println((i + 1) + " moves, everything done "
                    + web.shAside("cat /run/times").strip() + " times");
        }
        web.shAside("touch /run/stop");
        assertThat(working.get(3, TimeUnit.MINUTES)).isEqualTo("right\n");
        pair.awaitEqualTrees("in the end");
    }

    private interface Happening {
        void happen() throws Exception;
    }

    /** An upload in the middle of which the other server does something; it ends once both are in step again. */
    private void inAnUpload(LabClient web, CompletableFuture<String> working, String what, Happening happening)
            throws Exception {
        awaitTimes(web, working, 1);
        web.shAside("rm -f /run/go /run/uploading");
        CompletableFuture<String> upload = web.meanwhile(AT_MOST, "mkdir -p way; " + UPLOAD);
        Awaitility.await("the upload was begun")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> upload.isDone()
                        || web.shAside("ls /run/uploading 2>/dev/null || true").contains("uploading"));
        happening.happen();
        PairLab.awaitInStep(primary);
        assertThat(end(web, upload)).as(what).isEqualTo("large\n");
        System.out.println(
                what + ", everything done " + web.shAside("cat /run/times").strip() + " times");
    }

    @Test
    @EnabledIfSystemProperty(named = "twinshare.long", matches = "true")
    void theOtherServerComesAndGoesMeanwhile() throws Exception {
        LabClient web = pair.boot("web1");
        CompletableFuture<String> working = web.meanwhile(AT_MOST, EVERYDAY);
        try {
            comeAndGo(web, working);
        } catch (Exception | AssertionError failure) {
            pair.printServers();
            throw failure;
        }
        web.shAside("touch /run/stop");
        assertThat(working.get(3, TimeUnit.MINUTES)).isEqualTo("right\n");
        pair.awaitEqualTrees("in the end");
    }

    private void comeAndGo(LabClient web, CompletableFuture<String> working) throws Exception {
        inAnUpload(web, working, "the standby joins", pair::join);
        inAnUpload(web, working, "the standby is killed and comes back", () -> {
            pair.two.kill();
            pair.two.start("Following");
        });
        inAnUpload(web, working, "another standby takes its place", () -> {
            pair.two.kill();
            pair.loseDisks("nas2");
            pair.one.twinshare("standby", "remove").orFail();
            awaitTimes(web, working, 1);
            pair.join();
        });
        inAnUpload(web, working, "the primary dies and comes back as the standby", () -> {
            pair.one.kill();
            pair.two.twinshare("failover").orFail();
            primary = pair.two;
            pair.one.start("clients");
        });
    }

    private static CompletableFuture<String> begin(LabClient web) {
        web.shAside("rm -f /run/listed /run/uploading");
        CompletableFuture<String> working = web.meanwhile(AT_MOST, UNDER_WAY);
        Awaitility.await("everything was begun")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> working.isDone()
                        || web.shAside("ls /run/listed /run/uploading 2>/dev/null | wc -l")
                                .strip()
                                .equals("2"));
        return working;
    }

    private static String end(LabClient web, CompletableFuture<String> working) throws Exception {
        web.shAside("touch /run/go");
        return working.get(10, TimeUnit.MINUTES);
    }
}
