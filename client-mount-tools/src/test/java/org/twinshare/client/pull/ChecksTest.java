package org.twinshare.client.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is refused for what a release has in it; what needs a server or a mount is tested beside the server. */
class ChecksTest {
    private static Checks checks(Set<Allowance> allowances) {
        PullSettings settings = new PullSettings(
                "www",
                Path.of("/nowhere/localSource"),
                "127.0.0.1",
                1,
                OptionalInt.empty(),
                "node",
                3,
                Optional.empty(),
                Path.of("/localData"),
                Optional.empty(),
                Optional.empty(),
                1,
                allowances);
        return new Checks(settings, new Layout(settings.target()));
    }

    private static Manifest tree(int from, int to) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        entries.put(".", new Entry("d", "755", "0:0", "-", "-", "-", "."));
        IntStream.range(from, to)
                .mapToObj(i -> new Entry("f", "644", "0:0", "1", "1.0", "00", "f" + i))
                .forEach(entry -> entries.put(entry.path(), entry));
        return Manifest.found(entries);
    }

    private static void check(Checks checks, Manifest running, Manifest release, boolean meant) throws PullFailure {
        checks.content(release, running, Difference.between(running, release, true), meant);
    }

    private static PullFailure refusal(Manifest running, Manifest release) {
        return catchThrowableOfType(PullFailure.class, () -> check(checks(Set.of()), running, release, false));
    }

    @Test
    void aReleaseWithoutAFileIsRefusedWhateverIsAllowed() {
        PullFailure failure = catchThrowableOfType(
                PullFailure.class, () -> check(checks(Set.of(Allowance.values())), tree(0, 3), tree(0, 0), true));

        assertThat(failure.kind()).isEqualTo(PullFailure.Kind.REFUSED);
        assertThat(failure.problem().text()).contains("refused: the release has no file", "remedy: ");
    }

    @Test
    void moreThanAFifthOfTheFilesGoneIsRefusedAndAFifthIsNot() {
        assertThat(refusal(tree(0, 100), tree(20, 100))).isNull();
        PullFailure failure = refusal(tree(0, 100), tree(21, 100));

        assertThat(failure.problem().text())
                .contains("21 of 100 files that run here are gone", "f0", "and 11 more", "--allow-vanished");
    }

    @Test
    void whatHasVanishedIsTakenWhenSomebodySaysThatItIsMeant() {
        assertThatCode(() -> check(checks(Set.of()), tree(0, 100), tree(90, 100), true))
                .doesNotThrowAnyException();
        assertThatCode(() -> check(checks(Set.of(Allowance.VANISHED)), tree(0, 100), tree(90, 100), false))
                .doesNotThrowAnyException();
    }

    @Test
    void filesThatOnlyThisNodeHasAreNamed() {
        PullFailure failure =
                catchThrowableOfType(PullFailure.class, () -> checks(Set.of()).localFiles(tree(0, 3), tree(0, 5)));

        assertThat(failure.problem().text()).contains("2 files", "f3", "f4", "--allow-local-files");
    }

    @Test
    void aTreeMatchesOnlyWithEveryEntryAndEveryAttribute() {
        assertThat(Checks.mismatch(tree(0, 3), tree(0, 3), true)).isEmpty();
        assertThat(Checks.mismatch(tree(0, 3), tree(0, 2), true)).contains("f2");
        assertThat(Checks.mismatch(tree(0, 2), tree(0, 3), true)).contains("f2");
        List<Entry> others = List.of(
                new Entry("f", "600", "0:0", "1", "1.0", "00", "f0"),
                new Entry("f", "644", "1:0", "1", "1.0", "00", "f0"),
                new Entry("f", "644", "0:0", "2", "1.0", "00", "f0"),
                new Entry("f", "644", "0:0", "1", "2.0", "00", "f0"),
                new Entry("l", "644", "0:0", "1", "1.0", "00", "f0"));
        for (Entry other : others) {
            Map<String, Entry> entries = new LinkedHashMap<>(tree(0, 1).entries());
            entries.put("f0", other);
            assertThat(Checks.mismatch(tree(0, 1), Manifest.found(entries), true))
                    .as(other.toString())
                    .contains("f0");
        }
    }
}
