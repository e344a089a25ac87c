package org.twinshare.client.pull;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NamesTest {
    private static Names names(String... each) {
        Names names = new Names();
        for (String name : each) {
            byte[] bytes = ("<" + name + ">").getBytes(ISO_8859_1);
            names.add(bytes, 1, bytes.length - 1);
        }
        return names;
    }

    private static Entry entry(String path) {
        return new Entry("f", "644", "0:0", "1", "1.0", "00", path);
    }

    @Test
    void namesAreTheSameInAnyOrder() {
        assertThat(names("a", "b/c", "")).isEqualTo(names("", "b/c", "a"));
        assertThat(names("a", "b")).isNotEqualTo(names("a"));
        assertThat(names("a", "b")).isNotEqualTo(names("a", "a"));
    }

    /** Sums of hashes that are not mixed fail here: the parts of a name would count each for itself. */
    @Test
    void whichEndBelongsToWhichBeginningCounts() {
        List<String> parts = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "x", "css/", ".php", "index");
        for (String one : parts) {
            for (String other : parts) {
                for (String end : parts) {
                    for (String otherEnd : parts) {
                        Set<String> as = new HashSet<>(List.of(one + end)),
                                swapped = new HashSet<>(List.of(one + otherEnd));
                        as.add(other + otherEnd);
                        swapped.add(other + end);
                        if (as.size() == 2 && swapped.size() == 2 && !as.equals(swapped)) {
                            assertThat(names(as.toArray(String[]::new)))
                                    .as("%s and %s", as, swapped)
                                    .isNotEqualTo(names(swapped.toArray(String[]::new)));
                        }
                    }
                }
            }
        }
    }

    @Test
    void anEntryCountsByTheBytesOfItsName() {
        Names names = new Names();
        names.add(entry("caf\\351\\040x"));
        names.add(entry("."));

        assertThat(names).isEqualTo(names("caf\u00e9 x", ""));
    }
}
