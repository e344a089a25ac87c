package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A disk of one of two servers fails. A server that cannot make durable what it was given ends; it does not sync again and believe
 * that, because the kernel takes for written what it has lost (fsync(2)). What was acknowledged is on the other one.
 */
@Tag("alone")
class FailedDiskIT {
    /** Also over what is there: the kernel then has new bytes in memory, and old ones on the disk. */
    private static final String WRITE =
            "for f in large log; do dd if=/dev/urandom of=$f bs=1M count=8 conv=notrunc,fsync 2>&1 || exit 1; done";

    private static final String WRITE_SMALL = "for i in $(seq 50); do echo $i >small$i && sync small$i || exit 1; done";
    private static final String READ_SMALL =
            "for i in $(seq 50); do test $(cat small$i) = $i || exit 1; done; cat before";

    /** A pair of which one server has one of its directories on the disk that fails. */
    private static final class Pair implements AutoCloseable {
        final PairLab lab;
        private final AtomicReference<FailingDisk> disk = new AtomicReference<>();

        /** How a disk is made. */
        interface Maker {
            FailingDisk make(Path memory, Path mountPoint);
        }

        private Pair(Function<PairLab, Path> where, Maker maker, String mode) {
            lab = new PairLab(
                    before -> {
                        Path directory = where.apply(before);
                        disk.set(maker.make(before.lab.directory("memory"), directory));
                        Shell.run("chmod", mode, directory.toString()).orFail();
                    },
                    "--alone-after",
                    "3");
        }

        static Pair withDataOf(String server) {
            return new Pair(lab -> lab.data(server), FailingDisk::thatFails, "777");
        }

        static Pair withDataThatDiesOf(String server) {
            return new Pair(lab -> lab.data(server), FailingDisk::thatDies, "777");
        }

        static Pair withJournalOf(String server) {
            return new Pair(lab -> lab.journal(server), FailingDisk::thatDies, "700");
        }

        FailingDisk disk() {
            return Objects.requireNonNull(disk.get());
        }

        LabClient inStep() {
            LabClient web = lab.boot("web1");
            lab.join();
            PairLab.awaitInStep(lab.one);
            web.sh("echo before >before; sync before; " + WRITE);
            return web;
        }

        void comesBack(LabServer server, LabServer primary) {
            server.start("clients");
            PairLab.awaitInStep(primary);
            lab.awaitEqualTrees("as both servers see them");
        }

        /** With what its disk has, and not what the page cache took for written. */
        void comesBackFromDisk(LabServer server, LabServer primary) {
            disk().mountAnew();
            comesBack(server, primary);
        }

        /** Once its disk is well. */
        void isEqualOnDisk(LabServer server, LabServer primary) throws Exception {
            disk().isWell();
            comesBack(server, primary);
            server.stop();
            disk().mountAnew();
            lab.awaitEqualTrees("on the disks themselves");
        }

        @Override
        public void close() throws Exception {
            lab.one.close();
            lab.two.close();
            disk().close();
            lab.close();
        }
    }

    private static void hasEnded(LabServer server, String... saying) {
        assertThat(server.awaitExit()).isEqualTo(1);
        assertThat(server.output()).contains(saying);
    }

    private static void hasHandedOver(LabServer from, LabServer to) {
        assertThat(from.awaitExit()).isEqualTo(1);
        assertThat(to.status()).contains("role: primary");
    }

    @Test
    void aStandbyThatLosesBytesEndsAndDoesNotTakeThemForWrittenAfterwards() throws Exception {
        try (Pair pair = Pair.withDataOf("nas2")) {
            LabClient web = pair.inStep();
            pair.disk().fails();

            web.sh(WRITE);

            hasEnded(pair.lab.two, "disk", "EIO");
            web.sh("echo alone >alone; sync alone");
            pair.isEqualOnDisk(pair.lab.two, pair.lab.one);
        }
    }

    @Test
    void aStandbyWhoseJournalCannotBeWrittenEndsAndThePrimaryGoesOn() throws Exception {
        try (Pair pair = Pair.withJournalOf("nas2")) {
            LabClient web = pair.inStep();
            pair.disk().dies();

            web.sh("for i in 1 2 3; do echo $i >small$i; sync small$i; done");

            hasEnded(pair.lab.two, "journal");
            assertThat(pair.lab.one.status()).contains("replying without the standby");
            pair.comesBackFromDisk(pair.lab.two, pair.lab.one);
        }
    }

    @Test
    void aPrimaryWhoseJournalCannotBeWrittenHandsOver() throws Exception {
        try (Pair pair = Pair.withJournalOf("nas1")) {
            LabClient web = pair.inStep();
            pair.disk().dies();

            web.sh("for i in $(seq 50); do echo $i >small$i; sync small$i; done");

            hasHandedOver(pair.lab.one, pair.lab.two);
            web.sh(READ_SMALL);
            pair.comesBackFromDisk(pair.lab.one, pair.lab.two);
        }
    }

    @Test
    void aPrimaryThatLosesBytesHandsOverAndTheWriterHearsNothingOfIt() throws Exception {
        try (Pair pair = Pair.withDataOf("nas1")) {
            LabClient web = pair.inStep();
            pair.disk().fails();

            web.sh(WRITE + "; sha256sum large >sum; sync sum");

            hasHandedOver(pair.lab.one, pair.lab.two);
            web.sh("sha256sum -c sum");
            pair.isEqualOnDisk(pair.lab.one, pair.lab.two);
        }
    }

    /** What is small is in the journal, and the checkpoint finds that the disk has not taken it. */
    @Test
    void aPrimaryThatWasTheStandbyHandsOverToo() throws Exception {
        try (Pair pair = Pair.withDataOf("nas2")) {
            LabClient web = pair.inStep();
            pair.lab.one.twinshare("switchover").orFail();
            PairLab.awaitInStep(pair.lab.two);
            pair.disk().fails();

            web.sh(
                    "for i in $(seq 150); do head -c 60000 /dev/urandom >f$i; sync f$i; done; sha256sum f* >sum; sync sum");

            hasHandedOver(pair.lab.two, pair.lab.one);
            web.sh("sha256sum -c sum");
            pair.disk().isWell();
            pair.comesBack(pair.lab.two, pair.lab.one);
        }
    }

    @Test
    void aPrimaryWhoseFileSystemBecomesReadOnlyHandsOver() throws Exception {
        try (Pair pair = Pair.withDataThatDiesOf("nas1")) {
            LabClient web = pair.inStep();
            pair.disk().becomesReadOnly();

            web.sh(WRITE_SMALL);

            hasHandedOver(pair.lab.one, pair.lab.two);
            pair.comesBackFromDisk(pair.lab.one, pair.lab.two);
        }
    }

    @Test
    void aStandbyWhoseFileSystemBecomesReadOnlyEndsAndThePrimaryGoesOn() throws Exception {
        try (Pair pair = Pair.withDataThatDiesOf("nas2")) {
            LabClient web = pair.inStep();
            pair.disk().becomesReadOnly();

            web.sh(WRITE);

            hasEnded(pair.lab.two, "disk", "EROFS");
            pair.comesBackFromDisk(pair.lab.two, pair.lab.one);
        }
    }

    @Test
    void aStandbyWhoseDiskDiesInTheFirstCopyEndsAndGoesOnWithItAfterwards() throws Exception {
        try (Pair pair = Pair.withDataThatDiesOf("nas2")) {
            Path tree = pair.lab.data("nas1");
            Shell.run("sh", "-c", "cd " + tree + " && seq 5000 | split -a 3 -l 1")
                    .orFail();

            pair.lab.join();
            pair.disk().dies();

            hasEnded(pair.lab.two, "disk", "EIO");
            pair.comesBackFromDisk(pair.lab.two, pair.lab.one);
        }
    }

    /** As where a disk has bad sectors before it ever has a standby. */
    @Test
    void aFileThatCannotBeCopiedIsNamedAndTheCopyGoesOnWhenItIsAway() throws Exception {
        try (Pair pair = Pair.withDataOf("nas1")) {
            String large = pair.lab.data("nas1").resolve("large").toString();
            Shell.run("dd", "if=/dev/urandom", "of=" + large, "bs=1M", "count=8", "conv=fsync")
                    .orFail();
            pair.disk().fails();
            Shell.run("dd", "if=" + large, "iflag=nocache", "count=0").orFail();

            pair.lab.join();

            for (LabServer server : List.of(pair.lab.one, pair.lab.two)) {
                server.awaitWords("data-nas1/large");
                assertThat(server.output()).contains("EIO", "put it back from a backup, or remove it");
            }
            Shell.run("rm", large).orFail();
            PairLab.awaitInStep(pair.lab.one);
            assertThat(pair.lab.data("nas2")).isEmptyDirectory();
        }
    }

    @Test
    void aPrimaryWhoseJournalHangsHandsOver() throws Exception {
        try (Pair pair = Pair.withJournalOf("nas1")) {
            hangs(pair);
        }
    }

    @Test
    void aPrimaryWhoseDataHangHandsOver() throws Exception {
        try (Pair pair = Pair.withDataThatDiesOf("nas1")) {
            hangs(pair);
        }
    }

    private static void hangs(Pair pair) {
        LabClient web = pair.inStep();
        pair.disk().hangs();

        web.sh(WRITE_SMALL);

        assertThat(pair.lab.two.status()).contains("role: primary");
        pair.disk().goesOn();
        assertThat(pair.lab.one.awaitExit()).isEqualTo(1);
        web.sh(READ_SMALL);
        pair.comesBack(pair.lab.one, pair.lab.two);
    }

    @Test
    void whoOnlyReadsHearsNothingOfADiskThatIsDeadEither() throws Exception {
        try (Pair pair = Pair.withDataThatDiesOf("nas1")) {
            LabClient web = pair.inStep();
            web.sh("sha256sum large log >sums; sync sums; echo 3 >/proc/sys/vm/drop_caches");
            pair.disk().dies();

            web.sh("cat before && sha256sum -c sums && ls");

            hasHandedOver(pair.lab.one, pair.lab.two);
            pair.comesBackFromDisk(pair.lab.one, pair.lab.two);
        }
    }
}
