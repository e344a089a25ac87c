package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a web node notices when the server it uses becomes another one: that it waits, and nothing else. */
@Tag("alone")
class PairIT {
    /** How long after the primary's death the standby is told to take over. */
    private static final Duration LATER = Duration.ofSeconds(Integer.getInteger("twinshare.failover.after", 0));

    private static final int SWITCHOVERS = Integer.getInteger("twinshare.switchovers", 2);
    private static final Duration WRITING_AT_MOST = Duration.ofMinutes(19 + SWITCHOVERS / 2);
    /** The client's own pause before it connects again must not add up. */
    private static final Duration APART = Duration.ofSeconds(4);

    private PairLab pair;

    @BeforeEach
    void open() {
        pair = new PairLab();
    }

    @AfterEach
    void close() throws Exception {
        if (pair != null) {
            pair.close();
        }
    }

    /** Writes files until it is told to stop, each durable before the next, and says what it has written. */
    private static final String WRITING = """
            mkdir -p up; : > /run/written
            perl -e '
                use IO::Handle; use Time::HiRes "time";
                my $n = 0; my $last = time;
                until (-e "/run/stop") {
                    $n++;
                    my $name = sprintf "up/f%05d", $n;
                    open F, ">", "$name.part" or die "$name: $!";
                    print F "content $n\n" x (1 + $n % 300) or die "$name: $!";
                    F->flush; F->sync or die "sync $name: $!"; close F or die "close $name: $!";
                    rename "$name.part", $name or die "rename $name: $!";
                    unlink sprintf("up/f%05d", $n - 7) or die "unlink: $!" if $n % 10 == 8;
                    open W, ">>", "/run/written"; print W "$n\n"; close W;
                    my $now = time;
                    open G, ">>", "/run/gaps"; printf G "%.0f %.3f\n", 1000 * ($now - $last), $now; close G;
                    $last = $now;
                }
                print "$n\n";
            '
            """;

    /** Looks at every file that was written. */
    private static final String CHECKING = """
            echo 3 > /proc/sys/vm/drop_caches
            perl -e '
                open W, "<", "/run/written"; my @all = map { 0 + $_ } <W>; my $last = $all[-1]; my $seen = 0;
                for my $n (@all) {
                    my $gone = $n % 10 == 1 && $n + 7 <= $last;
                    my $name = sprintf "up/f%05d", $n;
                    if ($gone) { die "$name is back" if -e $name; next }
                    open F, "<", $name or die "$name: $!"; local $/; my $is = <F>; close F;
                    die "$name is other" unless $is eq "content $n\n" x (1 + $n % 300);
                    $seen++;
                }
                die "a name was left over" if grep { /part/ && $_ } glob "up/*.part";
                print "right\n";
            '
            """;

    private static long written(LabClient web) {
        return Long.parseLong(
                web.shAside("wc -l < /run/written 2>/dev/null || echo 0").strip());
    }

    private static String inOwnDirectory(LabClient node, String script) {
        return "mkdir -p " + node.name() + "; cd " + node.name() + "\n" + script;
    }

    private static void awaitWritten(LabClient web, long more) {
        awaitWritten(web, written(web), more);
    }

    private static void awaitWritten(LabClient web, long before, long more) {
        Awaitility.await("more files are written")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> written(web) >= before + more);
    }

    @Test
    void uploadsOfTwoNodesGoOnWhenThePrimaryIsKilledAndTheStandbyTakesOver() throws Exception {
        pair.one.twinshare("status").orFail();
        List<LabClient> nodes =
                List.of(pair.boot("web1", "--ip", "10.213.77.2"), pair.boot("web2", "--ip", "10.213.77.3"));
        LabClient web = nodes.getFirst();
        web.sh("mkdir old; for i in 1 2 3 4 5; do echo old $i > old/f$i; done; ln old/f1 old/hard; ln -s f1 old/soft");
        pair.join();
        PairLab.awaitInStep(pair.one);
        List<CompletableFuture<String>> writing = new ArrayList<>();
        for (LabClient node : nodes) {
            writing.add(node.meanwhile(WRITING_AT_MOST, inOwnDirectory(node, WRITING)));
            node.sh("stat -c '%n %i' . old old/* > /run/before");
            awaitWritten(node, 20);
        }

        pair.one.kill();
        Awaitility.await().pollDelay(LATER).timeout(LATER.plusMinutes(1)).until(() -> true);
        Instant command = Instant.now();
        String answer = pair.two.twinshare("failover").orFail();
        System.out.println("failover " + LATER.toSeconds() + " s after the death of the primary; the command took "
                + Duration.between(command, Instant.now()).toMillis() + " ms");
        assertThat(answer).contains("ended while in step").contains("Nothing acknowledged is missing");
        for (int i = 0; i < nodes.size(); i++) {
            LabClient node = nodes.get(i);
            awaitWritten(node, 20);
            List<String> gap = Splitter.on(' ')
                    .splitToList(node.shAside("sort -nr /run/gaps | head -n 1").strip());
            System.out.println(node.name() + ": the longest time between two files was " + gap.get(0) + " ms, until "
                    + (Math.round(1000 * Double.parseDouble(gap.get(1))) - command.toEpochMilli())
                    + " ms after the command was given");
            node.shAside("touch /run/stop");
            writing.get(i).get(3, TimeUnit.MINUTES);
            assertThat(node.sh(inOwnDirectory(node, CHECKING))).isEqualTo("right\n");
            assertThat(node.sh("stat -c '%n %i' . old old/* | cmp /run/before - && echo same; cat old/soft"))
                    .isEqualTo("same\nold 1\n");
        }

        pair.one.start("clients");
        PairLab.awaitInStep(pair.two);
        assertThat(pair.one.twinshare("status").out()).contains("STANDBY, in step");
    }

    @Test
    void uploadsGoOnWhenThePrimaryHandsOverAndBack() throws Exception {
        // Half a minute for each, and all that comes before and after.
        LabClient web = pair.boot("web1", "--lifetime", Integer.toString(1200 + 30 * SWITCHOVERS));
        pair.join();
        PairLab.awaitInStep(pair.one);
        CompletableFuture<String> writing = web.meanwhile(WRITING_AT_MOST, WRITING);
        awaitWritten(web, 20);
        try {
            handOverAndBack(web, writing);
        } catch (ConditionTimeoutException failure) {
            // What happened is in these, and they are gone with the lab.
            System.out.println(
                    web.shAside("dmesg | tail -n 50; ss -tno; ip neigh; grep -A 50 nfs /proc/self/mountstats; true"));
            pair.printServers();
            throw failure;
        }
        web.shAside("touch /run/stop");
        writing.get(3, TimeUnit.MINUTES);
        System.out.println(SWITCHOVERS + " switchovers; the longest times between two files, in ms: "
                + web.shAside("sort -nr /run/gaps | head -n " + SWITCHOVERS + " | tr '\\n' ' '"));
        assertThat(web.run(Duration.ofMinutes(2 + SWITCHOVERS / 10), List.of(), CHECKING)
                        .orFail())
                .isEqualTo("right\n");
    }

    private void handOverAndBack(LabClient web, CompletableFuture<String> writing) throws Exception {
        LabServer primary = pair.one;
        for (int i = 0; i < SWITCHOVERS; i++) {
            String next = primary == pair.one ? "nas2" : "nas1";
            assertThat(primary.twinshare("switchover").orFail()).contains(next + "  primary (epoch " + (i + 2) + ")");
            long enough = written(web) + 20;
            Awaitility.await("more files are written")
                    .atMost(Duration.ofMinutes(2))
                    // A look takes the processors from those who are being looked at.
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> writing.isDone() || written(web) >= enough);
            if (writing.isDone()) {
                throw new AssertionError("the node ended: " + writing.get());
            }
            primary = pair.other(primary);
            PairLab.awaitInStep(primary);
            Awaitility.await().pollDelay(APART).until(() -> true);
            System.out.println((i + 1) + " switchovers, " + written(web) + " files");
        }
    }
}
