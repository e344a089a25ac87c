package org.twinshare.client.command;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.twinshare.client.bench.WorkloadKind;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How options with a unit are written on the command line. Stateless. */
final class Converters {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d+)\\s*([a-zA-Z]*)");

    private Converters() {}

    private static Matcher parse(String value, String example) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(value);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + value + "' is not a number with a unit, such as " + example);
        }
        return matcher;
    }

    /** 500ms, 10s, 2m; a bare number is seconds. */
    static final class Durations implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            Matcher matcher = parse(value, "10s");
            long number = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "", "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> throw new TypeConversionException("'" + value + "' has none of the units ms, s, m, h");
            };
        }
    }

    /** 4096, 4k, 1M, 1GiB: factors of 1,024. */
    static final class Sizes implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            Matcher matcher = parse(value, "4k");
            long number = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
                case "", "b" -> number;
                case "k", "kib" -> number << 10;
                case "m", "mib" -> number << 20;
                case "g", "gib" -> number << 30;
                default -> throw new TypeConversionException("'" + value + "' has none of the units k, M, G");
            };
        }
    }

    /** One address, or a range of IPv4 addresses such as 127.0.0.1-127.0.0.100. */
    static final class Addresses implements ITypeConverter<List<InetAddress>> {
        private static final int MOST = 4096;

        @Override
        public List<InetAddress> convert(String value) throws UnknownHostException {
            int hyphen = value.indexOf('-');
            if (hyphen < 0) {
                return List.of(InetAddress.getByName(value));
            }
            long first = number(InetAddress.getByName(value.substring(0, hyphen)));
            long last = number(InetAddress.getByName(value.substring(hyphen + 1)));
            if (last < first || last - first >= MOST) {
                throw new TypeConversionException("'" + value + "' is not a range of at most " + MOST + " addresses");
            }
            List<InetAddress> addresses = new ArrayList<>();
            for (long each = first; each <= last; each++) {
                addresses.add(InetAddress.getByAddress(
                        new byte[] {(byte) (each >> 24), (byte) (each >> 16), (byte) (each >> 8), (byte) each}));
            }
            return addresses;
        }

        private static long number(InetAddress address) {
            byte[] bytes = address.getAddress();
            if (bytes.length != 4) {
                throw new TypeConversionException("a range is of IPv4 addresses, unlike " + address.getHostAddress());
            }
            long number = 0;
            for (byte each : bytes) {
                number = number << 8 | (each & 0xff);
            }
            return number;
        }
    }

    /** A workload by its command name. */
    static final class Workloads implements ITypeConverter<WorkloadKind> {
        @Override
        public WorkloadKind convert(String value) {
            for (WorkloadKind each : WorkloadKind.values()) {
                if (each.commandName().equals(value)) {
                    return each;
                }
            }
            throw new TypeConversionException("'" + value + "' is none of the workloads that --list names");
        }
    }
}
