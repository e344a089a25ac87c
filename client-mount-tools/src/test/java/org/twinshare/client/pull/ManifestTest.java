package org.twinshare.client.pull;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The format is drawn in {@code docs/source-tree.md}. */
class ManifestTest {
    private static final String TEXT = """
            twinshare-manifest 1
            d 755 0:0 - - - .
            f 644 0:0 3 1764000000.123456789 98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4 caf\\351\\040x
            l 777 0:0 - - a/b latest
            """;

    private static final Release RELEASE = new Release(7, "HASH");

    private static Manifest read(String text) {
        byte[] bytes = text.getBytes(US_ASCII);
        return Manifest.of(new Release(7, sha256(bytes).substring(0, 16)), bytes);
    }

    private static String sha256(byte[] bytes) {
        return com.google.common.hash.Hashing.sha256().hashBytes(bytes).toString();
    }

    @Test
    void readsEveryKindOfEntryAndNamesAsTheirBytes() {
        Manifest manifest = read(TEXT);

        assertThat(manifest.files()).isEqualTo(1);
        assertThat(Objects.requireNonNull(manifest.entries().get("latest")).digest())
                .isEqualTo("a/b");
        assertThat(Objects.requireNonNull(manifest.entries().get("caf\\351\\040x"))
                        .name())
                .containsExactly('c', 'a', 'f', (byte) 0xe9, ' ', 'x');
    }

    @Test
    void refusesOneThatTheReleaseIsNotNamedAfter() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Manifest.of(RELEASE, TEXT.getBytes(US_ASCII)))
                .withMessageContaining("instead of HASH");
    }

    @Test
    void refusesPathsThatLeadOutOfTheTree() {
        for (String path : new String[] {"/etc/passwd", "../x", "a/../../x", "a/..", ""}) {
            String line = "f 644 0:0 3 1.0 00 " + path + "\n";
            assertThatIllegalArgumentException().as(path).isThrownBy(() -> read("twinshare-manifest 1\n" + line));
        }
        assertThat(read("twinshare-manifest 1\nf 644 0:0 3 1.0 00 a..b/..c\n").files())
                .isEqualTo(1);
    }

    @Test
    void refusesAVersionThatItDoesNotKnow() {
        assertThatIllegalArgumentException().isThrownBy(() -> read("twinshare-manifest 2\n"));
    }

    /** In any order of lines, also one that no server writes. */
    @Test
    void readingOnlyWhatIsOtherThanInAnEarlierOneGivesTheSame() {
        Random random = new Random(20_251_128);
        for (int round = 0; round < 300; round++) {
            Manifest earlier = read(text(random, round % 3 == 0));
            byte[] later = text(random, round % 5 == 0).getBytes(US_ASCII);
            Release release = new Release(8, sha256(later).substring(0, 16));
            Manifest whole = Manifest.of(release, later);

            assertThat(Manifest.of(release, later, earlier).entries())
                    .as("round %d", round)
                    .isEqualTo(whole.entries());
            Difference all =
                    Difference.between(Manifest.found(earlier.entries()), Manifest.found(whole.entries()), true);
            Difference byLines = Difference.between(earlier, whole, true);
            assertThat(byLines.changed()).containsExactlyInAnyOrderElementsOf(all.changed());
            assertThat(byLines.replaced()).containsExactlyInAnyOrderElementsOf(all.replaced());
            assertThat(byLines.removed()).containsExactlyInAnyOrderElementsOf(all.removed());
        }
    }

    private static String text(Random random, boolean shuffled) {
        List<String> lines = new ArrayList<>();
        for (int path = 0; path < 12; path++) {
            if (random.nextInt(4) > 0) {
                lines.add("f 644 0:0 3 1.0 0" + random.nextInt(2) + " d/" + (char) ('a' + path) + "x".repeat(path % 3));
            }
        }
        if (shuffled) {
            Collections.shuffle(lines, random);
        }
        return "twinshare-manifest 1\n" + String.join("\n", lines) + (random.nextBoolean() ? "\n" : "");
    }
}
