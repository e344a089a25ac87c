package org.twinshare.replication.twin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ContradictionTest {
    private final Contradiction contradiction = new Contradiction();

    @Test
    void isTriedThreeTimesFromOnePosition() {
        assertThat(contradiction.at(7)).isFalse();
        assertThat(contradiction.at(7)).isFalse();
        assertThat(contradiction.at(7)).isTrue();
        assertThat(contradiction.at(7)).as("after another copy").isFalse();
    }

    @Test
    void anotherPositionIsAnotherMatter() {
        assertThat(contradiction.at(7)).isFalse();
        assertThat(contradiction.at(7)).isFalse();
        assertThat(contradiction.at(8)).isFalse();
        assertThat(contradiction.at(7)).isFalse();
    }
}
