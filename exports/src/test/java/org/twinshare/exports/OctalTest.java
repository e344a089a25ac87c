package org.twinshare.exports;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OctalTest {
    @Test
    void everyByteComesBackAndNoneIsMistakenForAnEscape() {
        byte[] all = new byte[256 + 4];
        for (int i = 0; i < 256; i++) {
            all[i] = (byte) i;
        }
        System.arraycopy(new byte[] {'\\', '1', '0', '1'}, 0, all, 256, 4);

        String text = Octal.escape(all, "\\ ");

        assertThat(text).matches("[!-~]+").contains("\\000").endsWith("\\134101");
        assertThat(Octal.unescape(text)).isEqualTo(all);
    }

    @Test
    void whatHoldsNoEscapeIsItself() {
        assertThat(Octal.unescape("wp/index.php")).asString().isEqualTo("wp/index.php");
        assertThat(Octal.unescape("")).isEmpty();
    }
}
