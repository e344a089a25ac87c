package org.twinshare.exports.options;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FsidTest {

    @ParameterizedTest
    @CsvSource({
        "root, 0",
        "0, 0",
        "1, 1",
        "4294967295, -1",
        "0x10, 16",
        "0XfF, 255",
        "010, 8",
        "2147483648, -2147483648"
    })
    void readsNumbersOf32BitsAndRoot(String text, int value) {
        assertThat(Fsid.parse(text)).contains(new Fsid.SmallNumber(value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0123456789abcdef0123456789abcdef",
                "01234567-89ab-cdef-0123-456789abcdef",
                "01234567:89AB:cdef:01234567:89abcdef",
                "{01234567-89ab-cdef-0123-456789abcdef}",
            })
    void readsAUuidWithAnyPunctuation(String text) {
        assertThat(Fsid.parse(text)).contains(new Fsid.Uuid("0123456789abcdef0123456789abcdef"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-1",
                "4294967296",
                "99999999999",
                "x",
                "0x",
                "0x100000000",
                "08",
                "1.5",
                "Root",
                "#1",
                "abcdef",
                "0123456789abcdef0123456789abcde",
                "0123456789abcdef0123456789abcdefa",
                "0123456789abcdeg0123456789abcdef",
                "077777777777"
            })
    void refusesAllElse(String text) {
        assertThat(Fsid.parse(text)).isEmpty();
    }

    @Test
    void isShownAsAnExportsFileTakesIt() {
        assertThat(new Fsid.SmallNumber(0).text()).isEqualTo("root");
        assertThat(new Fsid.SmallNumber(-1).text()).isEqualTo("4294967295");
        assertThat(new Fsid.Uuid("0123456789abcdef0123456789abcdef").text()).hasSize(32);
    }
}
