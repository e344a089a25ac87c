package org.twinshare.exports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BytePathTest {

    @ParameterizedTest
    @CsvSource({
        "/localData, /localData",
        "/localData/, /localData",
        "//a///b//, /a/b",
        "/./a/./b/., /a/b",
        "/, /",
        "///, /",
        "/., /",
        "/.../..a/a.., /.../..a/a..",
    })
    void dropsEmptyAndSelfComponentsAndTrailingSlashes(String raw, String normal) {
        assertThat(BytePath.of(raw)).hasToString(normal);
    }

    @Test
    void readsWhatAClientSent() {
        assertThat(BytePath.parse(new byte[] {'/', 'a', '/'})).contains(BytePath.of("/a"));
        assertThat(BytePath.parse(new byte[] {'/', '.', '.'})).isEmpty();
        assertThat(BytePath.of("/a")).isNotEqualTo(BytePath.of("/b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a/b", " /a"})
    void refusesWhatIsNotAbsolute(String raw) {
        assertThat(BytePath.faultOf(raw.getBytes(StandardCharsets.UTF_8))).contains("is not an absolute path");
        assertThat(BytePath.parse(raw.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/..", "/a/..", "/../a", "/a/../b", "//../"})
    void refusesParentComponentsBecauseOnlyTheFileSystemKnowsWhereTheyLead(String raw) {
        assertThat(BytePath.faultOf(raw.getBytes(StandardCharsets.UTF_8))).contains("contains \"..\"");
        assertThatIllegalArgumentException().isThrownBy(() -> BytePath.of(raw)).withMessage("contains \"..\"");
    }

    @Test
    void refusesANulByte() {
        assertThat(BytePath.faultOf(new byte[] {'/', 'a', 0})).contains("contains a NUL byte");
    }

    @Test
    void takes1024BytesAndNamesOf255AndNoMore() {
        String name = "n".repeat(255);

        assertThat(BytePath.of(("/" + name).repeat(4)).bytes()).hasSize(1024);
        assertThat(BytePath.faultOf(new byte[0])).isPresent();
        assertThat(BytePath.faultOf((("/" + name).repeat(4) + "/").getBytes(StandardCharsets.UTF_8)))
                .contains("is longer than 1024 bytes");
        assertThat(BytePath.faultOf(("/n" + name).getBytes(StandardCharsets.UTF_8)))
                .contains("has a name longer than 255 bytes");
    }

    @Test
    void keepsBytesThatAreNoTextAndShowsThemAsExportsFilesWriteThem() {
        byte[] raw = {'/', (byte) 0xe9, '\n', ' ', '"', '\\', '#', '~'};

        assertThat(BytePath.of(raw).bytes()).isEqualTo(raw);
        assertThat(BytePath.of(raw)).hasToString("/\\351\\012\\040\\042\\134\\043~");
    }

    @ParameterizedTest
    @CsvSource({
        "/data, /data, true",
        "/data/a, /data, true",
        "/database, /data, false",
        "/dat, /data, false",
        "/data, /, true",
        "/, /, true",
        "/, /data, false",
        "/Data, /data, false",
    })
    void liesWithinAnotherOnWholeNamesOnly(String path, String ancestor, boolean within) {
        assertThat(BytePath.of(path).isWithin(BytePath.of(ancestor))).isEqualTo(within);
    }

    @Test
    void givesTheNamesBelowAnAncestor() {
        assertThat(BytePath.of("/a/b/c").namesBelow(BytePath.of("/a")))
                .extracting(String::new)
                .containsExactly("b", "c");
        assertThat(BytePath.of("/a").namesBelow(BytePath.of("/a"))).isEmpty();
        assertThat(BytePath.of("/a/b").namesBelow(BytePath.ROOT))
                .extracting(String::new)
                .containsExactly("a", "b");
        assertThatIllegalArgumentException().isThrownBy(() -> BytePath.of("/b").namesBelow(BytePath.of("/a")));
    }

    @Test
    void appendsNamesAndTakesThemOffAgain() {
        BytePath path = BytePath.of("/a").append(List.of("b".getBytes(StandardCharsets.UTF_8)));

        assertThat(path).isEqualTo(BytePath.of("/a/b"));
        assertThat(path.parent()).isEqualTo(BytePath.of("/a"));
        assertThat(path.parent().parent()).isEqualTo(BytePath.ROOT);
        assertThat(BytePath.ROOT.parent()).isEqualTo(BytePath.ROOT);
        assertThat(BytePath.ROOT.append(List.of())).isEqualTo(BytePath.ROOT);
    }

    @Test
    void doesNotChangeWhenItsBytesAreHandedOut() {
        BytePath path = BytePath.of("/a");

        path.bytes()[1] = 'b';
        path.names().get(0)[0] = 'b';

        assertThat(path).isEqualTo(BytePath.of("/a")).hasSameHashCodeAs(BytePath.of("/a"));
    }

    @Test
    void ordersByUnsignedBytes() {
        assertThat(BytePath.of(new byte[] {'/', (byte) 0xe9})).isGreaterThan(BytePath.of("/z"));
        assertThat(BytePath.of("/a")).isLessThan(BytePath.of("/a/b"));
    }

    @Test
    void takesAnyBytesFromAClientWithoutThrowing() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] raw = new byte[random.nextInt(20)];
            for (int at = 0; at < raw.length; at++) {
                raw[at] = random.nextBoolean() ? (byte) "/.\0a".charAt(random.nextInt(4)) : (byte) random.nextInt();
            }
            BytePath.parse(raw)
                    .ifPresent(path -> assertThat(BytePath.of(path.bytes()))
                            .as("seed %d", seed)
                            .isEqualTo(path));
        }
    }
}
