package org.twinshare.client.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.twinshare.client.bench.WorkloadKind;
import picocli.CommandLine.TypeConversionException;

class ConvertersTest {

    @Test
    void readsDurationsWithTheirUnit() {
        Converters.Durations durations = new Converters.Durations();

        assertThat(durations.convert("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(durations.convert("10")).isEqualTo(Duration.ofSeconds(10));
        assertThat(durations.convert("10s")).isEqualTo(Duration.ofSeconds(10));
        assertThat(durations.convert("2 m")).isEqualTo(Duration.ofMinutes(2));
        assertThat(durations.convert("1h")).isEqualTo(Duration.ofHours(1));
        assertThatThrownBy(() -> durations.convert("3 weeks")).isInstanceOf(TypeConversionException.class);
        assertThatThrownBy(() -> durations.convert("-1s")).isInstanceOf(TypeConversionException.class);
    }

    @Test
    void readsSizesInFactorsOf1024() {
        Converters.Sizes sizes = new Converters.Sizes();

        assertThat(sizes.convert("4096")).isEqualTo(4096);
        assertThat(sizes.convert("4k")).isEqualTo(4096);
        assertThat(sizes.convert("1MiB")).isEqualTo(1 << 20);
        assertThat(sizes.convert("2G")).isEqualTo(2L << 30);
        assertThatThrownBy(() -> sizes.convert("4 bananas")).isInstanceOf(TypeConversionException.class);
        assertThatThrownBy(() -> sizes.convert("four")).isInstanceOf(TypeConversionException.class);
    }

    @Test
    void readsRangesOfAddresses() throws UnknownHostException {
        Converters.Addresses addresses = new Converters.Addresses();

        assertThat(addresses.convert("127.0.0.250-127.0.1.3"))
                .hasSize(10)
                .startsWith(InetAddress.getByName("127.0.0.250"))
                .endsWith(InetAddress.getByName("127.0.1.3"));
        assertThat(addresses.convert("fd00::7")).containsExactly(InetAddress.getByName("fd00::7"));
        assertThatThrownBy(() -> addresses.convert("127.0.0.2-127.0.0.1")).isInstanceOf(TypeConversionException.class);
        assertThatThrownBy(() -> addresses.convert("10.0.0.0-11.0.0.0")).isInstanceOf(TypeConversionException.class);
        assertThatThrownBy(() -> addresses.convert("::1-::2")).isInstanceOf(TypeConversionException.class);
    }

    @Test
    void readsEveryWorkloadByItsName() {
        Converters.Workloads workloads = new Converters.Workloads();

        for (WorkloadKind each : WorkloadKind.values()) {
            assertThat(workloads.convert(each.commandName())).isEqualTo(each);
        }
        assertThatThrownBy(() -> workloads.convert("getatr")).isInstanceOf(TypeConversionException.class);
    }
}
