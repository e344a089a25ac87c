package org.twinshare.filestore.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.Operation.CreateMode;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Stability;

/** What is done of a change before its turn. */
class PreparedTest {
    @RegisterExtension
    final TestTree fixture = new TestTree();

    private Decided creating(String name) throws Exception {
        return fixture.tree.decide(fixture.creating(fixture.root, name, CreateMode.GUARDED));
    }

    private static Outcome carryOut(Decided decided, long timeNs) throws Exception {
        return decided.apply(decided.change().at(timeNs));
    }

    private static void prepare(Decided decided, long timeNs) {
        decided.prepare(decided.change().at(timeNs));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> names = Files.list(fixture.export())) {
            return names.map(path -> path.getFileName().toString()).toList();
        }
    }

    /** Files in the exported directory that are open and have no name. */
    private long nameless() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(this::isNameless).count();
        }
    }

    private boolean isNameless(Path descriptor) {
        try {
            // The kernel calls a file deleted that was opened before it had a name.
            return Files.readSymbolicLink(descriptor).startsWith(fixture.export())
                    && Files.getAttribute(descriptor, "unix:nlink").equals(0);
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatIsPreparedHasNoNameAndIsGoneWhereItIsNotCarriedOut() throws Exception {
        try (Decided decided = creating("f")) {
            prepare(decided, 1_000_000_000_000_000_005L);

            assertThat(nameless()).isEqualTo(1);
            assertThat(names()).isEmpty();
        }
        assertThat(nameless()).isZero();
        assertThat(names()).isEmpty();
        assertThat(fixture.attributes(fixture.file("f")).links()).isEqualTo(1);
    }

    @Test
    void whatWasPreparedBecomesWhatItWouldHaveBecomeOtherwise() throws Exception {
        long timeNs = 1_000_000_000_000_000_005L;
        Attributes told;
        try (Decided decided = creating("f")) {
            prepare(decided, timeNs);
            told = TestTree.of(carryOut(decided, timeNs));
        }
        assertThat(fixture.lookup("f")).isEqualTo(told);
        assertThat(told.changeNs()).isEqualTo(timeNs);
        assertThat(told.mode()).isEqualTo(0644);
        assertThat(TestTree.outsideMode(fixture.path("f"))).isEqualTo(0644);
        fixture.write(told.id(), 0, "bytes", Stability.FILE_SYNC);
        assertThat(fixture.path("f")).hasContent("bytes");
    }

    @Test
    void aNameThatALocalProcessMadeMeanwhileStaysAndWhatWasPreparedGoes() throws Exception {
        try (Decided decided = creating("f")) {
            prepare(decided, 1_000_000_000_000_000_005L);
            Files.writeString(fixture.path("f"), "local");

            TestTree.assertFails(Errno.EEXIST, () -> carryOut(decided, 1_000_000_000_000_000_005L));
        }
        assertThat(fixture.path("f")).hasContent("local");
        assertThat(nameless()).isZero();
    }

    @Test
    void onlySoManyHoldADescriptorAndAllAreCarriedOut() throws Exception {
        List<Decided> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(creating("f" + i));
            prepare(all.get(i), 1_000_000_000_000_000_000L + i);
        }
        assertThat(nameless()).isEqualTo(128);
        for (int i = 0; i < 200; i++) {
            Outcome outcome = carryOut(all.get(i), 1_000_000_000_000_000_000L + i);
            assertThat(outcome.error()).isNull();
        }
        all.forEach(Decided::close);
        assertThat(nameless()).isZero();
        assertThat(names()).hasSize(200);
        try (Decided decided = creating("last")) {
            prepare(decided, 1_000_000_000_000_001_000L);
            assertThat(nameless()).as("there is room again").isEqualTo(1);
        }
    }
}
