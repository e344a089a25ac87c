package org.twinshare.exports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {

    @ParameterizedTest
    @CsvSource({"kitten, sitting, 3", "rw, rw, 0", "RW, rw, 0", "'', abc, 3", "abc, '', 3", "flaw, lawn, 2"})
    void countsInsertedRemovedAndChangedLettersCaseAside(String first, String second, int distance) {
        assertThat(Spelling.distance(first, second)).isEqualTo(distance);
    }

    @Test
    void findsTheNearestWordOrNoneWhenTooManyLettersDiffer() {
        List<String> known = List.of("root_squash", "no_root_squash", "rw", "ro");

        assertThat(Spelling.nearest("root_sqash", known)).contains("root_squash");
        assertThat(Spelling.nearest("no_rootsquash", known)).contains("no_root_squash");
        assertThat(Spelling.nearest("RW", known)).contains("rw");
        assertThat(Spelling.nearest("elephant", known)).isEmpty();
    }

    @Test
    void comparesNoHugeWords() {
        assertThat(Spelling.nearest("r".repeat(100_000), List.of("rw"))).isEmpty();
    }
}
