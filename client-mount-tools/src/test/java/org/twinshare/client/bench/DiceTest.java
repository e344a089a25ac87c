package org.twinshare.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class DiceTest {

    @Test
    void fallsEvenlyOnEverySide() {
        int[] counts = new int[10];
        Dice dice = new Dice(42);
        for (int each = 0; each < 1_000_000; each++) {
            counts[dice.below(10)]++;
        }

        for (int count : counts) {
            assertThat(count).isCloseTo(100_000, Percentage.withPercentage(2));
        }
    }

    @Test
    void repeatsItselfWithTheSameSeedOnly() {
        Dice dice = new Dice(1);
        Dice same = new Dice(1);
        Dice other = new Dice(2);
        int equal = 0;
        for (int each = 0; each < 1000; each++) {
            int value = dice.below(1000);
            assertThat(same.below(1000)).isEqualTo(value);
            equal += other.below(1000) == value ? 1 : 0;
        }

        assertThat(equal).isLessThan(20);
    }
}
