package org.twinshare.exports.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.twinshare.exports.Diagnostic;

/** Whatever the bytes are: diagnostics, never an exception, in bounded time and size. */
class FuzzTest {

    private static final String[] PIECES = {
        "/a",
        "/localData",
        " ",
        " ",
        "\t",
        "\n",
        "\\\n",
        "\\",
        "\"",
        "#",
        "(",
        ")",
        ",",
        "=",
        "-",
        "rw",
        "ro",
        "sec=",
        "sys",
        "krb5:sys",
        "fsid=",
        "anonuid=",
        "mp=",
        "\\040",
        "\\777",
        "10.0.0.1",
        "10.0.0.0/8",
        "2001:db8::1",
        "::/0",
        "@g",
        "*",
        "*.lan",
        "web[0-9]",
        "[",
        "]",
        "%",
        "/..",
        "\0",
        "\u00e9",
        "no_acl",
        "xprtsec=tls",
        "\r\n",
        "-rw,"
    };

    @Test
    void takesAnyBytes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            check(bytes, seed);
        }
    }

    @Test
    void takesAnyOrderOfThePiecesOfTheGrammar() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int piece = random.nextInt(40); piece > 0; piece--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            check(text.toString().getBytes(StandardCharsets.ISO_8859_1), seed);
        }
    }

    @Test
    void readsTheLargestFilesOfEveryKindQuickly() {
        int half = ExportsReader.MAX_FILE_BYTES / 2;
        String[] units = {
            "/a ",
            "\\",
            "\\ ",
            "\"",
            "(",
            "/a (",
            "#",
            "\\\n",
            "\\\r\n",
            "\n",
            "/",
            "a,",
            " x(",
            " x)",
            " -",
            "[",
            "*",
            "/a *(rw,ro)\n",
            "/a (rw)\n",
            "\\101",
            "/a 10.0.0.1(no_acl)\n",
            "x",
            "-rw "
        };
        for (String unit : units) {
            byte[] alone =
                    unit.repeat(ExportsReader.MAX_FILE_BYTES / unit.length()).getBytes(StandardCharsets.ISO_8859_1);
            byte[] inOptions = ("/a x(" + unit.repeat(half / unit.length())).getBytes(StandardCharsets.ISO_8859_1);
            Assertions.assertTimeout(Duration.ofMinutes(1), () -> check(alone, 0), unit);
            Assertions.assertTimeout(Duration.ofMinutes(1), () -> check(inOptions, 0), unit);
        }
    }

    private static void check(byte[] bytes, long seed) {
        ParseResult result = parse(bytes, seed);
        assertThat(result.diagnostics()).as("seed %d", seed).hasSizeLessThanOrEqualTo(2 * Diagnostics.MAX_SHOWN + 2);
        for (Diagnostic found : result.diagnostics()) {
            assertThat(found.text()).as("seed %d", seed).matches("[\\n -~]*").hasSizeLessThan(2_000);
            assertThat(found.location().caret())
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(found.location().sourceLine().length() + 1);
        }
    }

    private static ParseResult parse(byte[] bytes, long seed) {
        try {
            return ExportsReader.parse("exports", bytes);
        } catch (RuntimeException failure) {
            throw new AssertionError("seed " + seed, failure);
        }
    }
}
