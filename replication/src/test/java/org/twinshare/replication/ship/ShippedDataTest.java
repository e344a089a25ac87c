package org.twinshare.replication.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.twinshare.replication.ship.Twins.SOON_ALONE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.filestore.Stability;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.role.Terms;
import org.twinshare.replication.ship.Twins.Primary;
import org.twinshare.replication.ship.Twins.Standby;
import org.twinshare.replication.ship.Twins.Wire;

/** Bytes that are not in the journal go with the records that refer to them. */
@Timeout(60)
class ShippedDataTest {
    @TempDir
    Path one;

    @TempDir
    Path two;

    @Test
    void sendsDataBeforeTheRecordThatRefersToThem() throws Exception {
        try (Primary primary = new Primary(one, Terms.DEFAULT);
                Standby standby = new Standby(two)) {
            primary.content = new byte[(1 << 20) + 500];
            appendReference(primary, 200);
            var link = Twins.connect(primary, standby, Wire.connect());
            await().until(() -> standby.journal.durableSequence() > 0);
            assertThat(standby.data).containsExactly("1: 200 bytes at 100 of 5, journal at 0");
            standby.data.clear();
            primary.answer();
            long large = appendReference(primary, 1 << 20 | 300);
            // Everything before it is there, and a marker of the journal's own may be the last of that.
            long before = large - 1;
            primary.journal.awaitDurable(large);
            primary.link.acknowledgement().awaitReplicated(large);
            assertThat(standby.data)
                    .containsExactly(
                            large + ": 1048576 bytes at 100 of 5, journal at " + before,
                            large + ": 300 bytes at 1048676 of 5, journal at " + before);
            assertThat(link).isNotDone();
        }
    }

    @Test
    void endsTheConnectionWhenTheStandbyCannotTakeData() throws Exception {
        try (Primary primary = new Primary(one, Terms.DEFAULT);
                Standby standby = new Standby(two)) {
            primary.content = new byte[1000];
            standby.refusesData = true;
            appendReference(primary, 200);
            var link = Twins.connect(primary, standby, Wire.connect());
            assertThatThrownBy(link::join).hasRootCauseMessage("no room");
            assertThat(standby.journal.lastSequence()).as("without its data").isZero();
        }
    }

    /** It is heard all the time, and cannot take the data that a reply waits for. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void waitsForAStandbyThatConnectsAndFailsAgainAndAgainNoLongerThanForASilentOne() throws Exception {
        try (Primary primary = new Primary(one, SOON_ALONE);
                Standby standby = new Standby(two)) {
            primary.content = new byte[1000];
            var link = Twins.connect(primary, standby, Wire.connect());
            await().until(() -> !primary.link.acknowledgement().isAlone());
            standby.refusesData = true;
            AtomicBoolean goesOn = new AtomicBoolean(true);
            CompletableFuture<Void> again = CompletableFuture.runAsync(
                    () -> {
                        CompletableFuture<LinkEnd> last = link;
                        while (goesOn.get()) {
                            last.exceptionally(refused -> null).join();
                            last = connect(primary, standby);
                        }
                    },
                    Twins.THREADS);
            long sequence = appendReference(primary, 200);
            primary.journal.awaitDurable(sequence);

            primary.link.acknowledgement().awaitReplicated(sequence);

            assertThat(primary.link.acknowledgement().isAlone()).isTrue();
            assertThat(standby.journal.lastSequence()).isLessThan(sequence);
            goesOn.set(false);
            again.get();
        }
    }

    private static CompletableFuture<LinkEnd> connect(Primary primary, Standby standby) {
        try {
            return Twins.connect(primary, standby, Wire.connect());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void leavesOutOlderDataForAStandbyThatFetchesThem() throws Exception {
        try (Primary primary = new Primary(one, Terms.DEFAULT);
                Standby standby = new Standby(two)) {
            primary.content = new byte[1000];
            standby.catchesUpFirst = true;
            long older = appendReference(primary, 200);
            var link = Twins.connect(primary, standby, Wire.connect());
            await().until(() -> standby.journal.durableSequence() >= older);
            long later = appendReference(primary, 300);
            primary.journal.awaitDurable(later);
            await().until(() -> standby.journal.durableSequence() >= later);
            assertThat(standby.data).singleElement().asString().startsWith(later + ": 300 bytes");
            assertThat(link).isNotDone();
        }
    }

    private static long appendReference(Primary primary, int count) throws Exception {
        Entry entry = new Entry.Referenced(null, 5, 100, count, -1, Stability.UNSTABLE, 0, 0, 0);
        return primary.journal
                .append(EntryCodec.type(entry), 0, EntryCodec.encode(entry))
                .sequence();
    }
}
