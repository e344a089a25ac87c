package org.twinshare.exports.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPatternTest {

    @ParameterizedTest
    @CsvSource({
        // exports(5): *.cs.foo.edu matches all hosts in the domain, and those of its subdomains, but not the domain.
        "*.cs.foo.edu, web.cs.foo.edu, true",
        "*.cs.foo.edu, a.b.cs.foo.edu, true",
        "*.cs.foo.edu, cs.foo.edu, false",
        "*.cs.foo.edu, web.cs.foo.edu.evil.org, false",
        "*.cs.foo.edu, webxcs.foo.edu, false",
        // The examples at the end of exports(5).
        "proj*.local.domain, proj7.local.domain, true",
        "proj*.local.domain, proj.local.domain, true",
        "proj*.local.domain, myproj.local.domain, false",
        "buildhost[0-9].local.domain, buildhost7.local.domain, true",
        "buildhost[0-9].local.domain, buildhost77.local.domain, false",
        "buildhost[0-9].local.domain, buildhostx.local.domain, false",
        "web?, web1, true",
        "web?, web, false",
        "web?, web12, false",
        "w?b, w.b, true",
        "web[!0-9], weba, true",
        "web[!0-9], web1, false",
        "web[^ab], webc, true",
        "web[^ab], weba, false",
        "web[a-cx], webb, true",
        "web[a-cx], webc, true",
        "web[ac0], webb, false",
        "web[ac0], webc, true",
        "web[ac0], web0, true",
        "web*, web, true",
        "web**, web, true",
        "web[a-cx], webx, true",
        "web[a-cx], webd, false",
        "web[a-], web-, true",
        "web[-a], web-, true",
        "WEB*, web1, true",
        "web*, WEB1, true",
        "*a*b*, xxaxxbxx, true",
        "*a*b*, xxbxxaxx, false",
        "**, anything.at.all, true",
        "a*a, a, false",
        "?, '', false",
    })
    void matchesTheWholeNameDotsIncluded(String pattern, String name, boolean matches) {
        assertThat(HostPattern.of(pattern).matches(name)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"web[", "web[]", "web[!]", "web[0-9", "web]", "web *", "web\\*", "web[a b]", "wéb*", "a,b*"})
    void refusesUnclosedClassesAndWhatNoNameHolds(String pattern) {
        assertThat(HostPattern.faultAt(pattern)).isNotNegative();
        assertThatIllegalArgumentException().isThrownBy(() -> HostPattern.of(pattern));
    }

    @Test
    void matchesManyStarsWithoutTryingAllCombinations() {
        HostPattern pattern = HostPattern.of("*a".repeat(120) + "*b");

        Assertions.assertTimeout(
                Duration.ofSeconds(5),
                () -> assertThat(pattern.matches("a".repeat(255))).isFalse());
    }

    @Test
    void isEqualToTheSamePatternInAnotherCase() {
        assertThat(HostPattern.of("WEB*")).isEqualTo(HostPattern.of("web*")).hasSameHashCodeAs(HostPattern.of("web*"));
        assertThat(HostPattern.of("web*")).isNotEqualTo(HostPattern.of("web?")).hasToString("web*");
    }
}
