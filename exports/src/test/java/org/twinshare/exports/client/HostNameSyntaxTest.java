package org.twinshare.exports.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 1123, section 2.1: what may be asked for and compared, and what a hostile reverse zone might say. */
class HostNameSyntaxTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "web1", "web1.example.com", "web1.example.com.", "3com", "a_b", "a-b", "a-"})
    void takesNames(String name) {
        assertThat(HostNameSyntax.isHostName(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "a..b", ".a", "a..", "-a", "a b", "a\n", "a/b", "$(id)", "caf\u00e9", "a*", "a[0]"
            })
    void takesNothingElse(String name) {
        assertThat(HostNameSyntax.isHostName(name)).isFalse();
    }

    @Test
    void takes255CharactersAndADotAtTheEnd() {
        assertThat(HostNameSyntax.isHostName("a".repeat(255))).isTrue();
        assertThat(HostNameSyntax.isHostName("a".repeat(255) + ".")).isTrue();
        assertThat(HostNameSyntax.isHostName("a".repeat(256))).isFalse();
    }

    @Test
    void comparesInLowerCaseWithoutTheDotAtTheEnd() {
        assertThat(HostNameSyntax.normalize("Web1.LAN.")).isEqualTo("web1.lan");
        assertThat(HostNameSyntax.normalize("web1")).isEqualTo("web1");
    }
}
