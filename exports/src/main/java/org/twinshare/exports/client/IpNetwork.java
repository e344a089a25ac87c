package org.twinshare.exports.client;

import com.google.common.net.InetAddresses;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An IPv4 or IPv6 network: {@code 192.168.1.0/24}. The base has no bits outside the mask. An IPv4-mapped IPv6 network
 * (::ffff:0:0/96 and longer) is the IPv4 network, and the other way round IPv6 networks hold no IPv4 address.
 *
 * @param base         the first address
 * @param prefixLength bits of the mask: 0 to 32, or to 128 for IPv6
 */
public record IpNetwork(InetAddress base, int prefixLength) {

    private static final int MAPPED_PREFIX_BITS = 96;

    /** RFC 1918, RFC 4193 (fc00::/7), loopback and link-local (RFC 3927, RFC 4291): no stranger has such an address. */
    private static final List<IpNetwork> PRIVATE = Stream.of(
                    "10.0.0.0/8",
                    "172.16.0.0/12",
                    "192.168.0.0/16",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "fc00::/7",
                    "fe80::/10",
                    "::1/128")
            .map(IpNetwork::of)
            .toList();

    public IpNetwork {
        if (isMapped(base) && prefixLength >= MAPPED_PREFIX_BITS) {
            prefixLength -= MAPPED_PREFIX_BITS;
        }
        base = canonical(base);
        if (prefixLength < 0 || prefixLength > bits(base)) {
            throw new IllegalArgumentException("prefix length " + prefixLength + " of " + base);
        }
        base = masked(base, prefixLength);
    }

    /**
     * Reads {@code address/length}, {@code address/mask} or a bare address, which is a network of one.
     *
     * @throws IllegalArgumentException when the text is none of these
     */
    public static IpNetwork of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("not a network: " + text));
    }

    /** As {@link #of(String)}, with nothing for what is no network. Never asks a name server. */
    public static Optional<IpNetwork> parse(String text) {
        int slash = text.indexOf('/');
        String addressText = slash < 0 ? text : text.substring(0, slash);
        if (addressText.indexOf('%') >= 0 || !InetAddresses.isInetAddress(addressText)) {
            return Optional.empty();
        }
        InetAddress address = InetAddresses.forString(addressText);
        // ::ffff:10.0.0.0/104 counts its bits as IPv6 does, although Java reads the address as IPv4.
        boolean mapped = address instanceof Inet4Address && addressText.indexOf(':') >= 0;
        int offset = mapped ? MAPPED_PREFIX_BITS : 0;
        if (slash < 0) {
            return Optional.of(new IpNetwork(address, bits(address)));
        }
        return maskLength(text.substring(slash + 1), address, bits(address) + offset)
                .filter(length -> length >= offset)
                .map(length -> new IpNetwork(address, length - offset));
    }

    /** The same address, an IPv4-mapped IPv6 address as the IPv4 address it stands for (RFC 4291, section 2.5.5.2). */
    public static InetAddress canonical(InetAddress address) {
        if (!isMapped(address)) {
            return address;
        }
        byte[] bytes = address.getAddress();
        return ofBytes(new byte[] {bytes[12], bytes[13], bytes[14], bytes[15]});
    }

    /** True when the address, or the IPv4 address that it maps, lies in this network. */
    public boolean contains(InetAddress address) {
        InetAddress candidate = canonical(address);
        return bits(candidate) == bits(base) && masked(candidate, prefixLength).equals(base);
    }

    /** True when every address of the other lies in this network. */
    public boolean contains(IpNetwork other) {
        return prefixLength <= other.prefixLength && contains(other.base);
    }

    /** True when the network is one address. */
    public boolean isSingle() {
        return prefixLength == bits(base);
    }

    /** True when every address of this network is private: loopback, link-local, RFC 1918 or fc00::/7. */
    public boolean isPrivate() {
        return PRIVATE.stream().anyMatch(each -> each.contains(this));
    }

    /** {@code base/length}; the bare address where the network is a single one. */
    public String text() {
        String address = InetAddresses.toAddrString(base);
        return isSingle() ? address : address + "/" + prefixLength;
    }

    @Override
    public String toString() {
        return text();
    }

    private static Optional<Integer> maskLength(String mask, InetAddress address, int maxBits) {
        if (mask.matches("[0-9]{1,3}")) {
            int length = Integer.parseInt(mask);
            return length <= maxBits ? Optional.of(length) : Optional.empty();
        }
        boolean dotted = address instanceof Inet4Address && mask.indexOf(':') < 0 && InetAddresses.isInetAddress(mask);
        if (!dotted) {
            return Optional.empty();
        }
        int bits = InetAddresses.coerceToInteger(InetAddresses.forString(mask));
        int length = Integer.numberOfLeadingZeros(~bits);
        boolean contiguous = Integer.bitCount(bits) == length;
        return contiguous ? Optional.of(length + maxBits - bits(address)) : Optional.empty();
    }

    private static boolean isMapped(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return false;
        }
        byte[] bytes = address.getAddress();
        for (int at = 0; at < 10; at++) {
            if (bytes[at] != 0) {
                return false;
            }
        }
        return bytes[10] == -1 && bytes[11] == -1;
    }

    private static int bits(InetAddress address) {
        return address instanceof Inet4Address ? Integer.SIZE : 4 * Integer.SIZE;
    }

    private static InetAddress masked(InetAddress address, int prefixLength) {
        byte[] bytes = address.getAddress();
        for (int at = 0; at < bytes.length; at++) {
            int kept = Math.clamp(prefixLength - (long) at * Byte.SIZE, 0, Byte.SIZE);
            bytes[at] &= (byte) (0xff00 >> kept);
        }
        return ofBytes(bytes);
    }

    private static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", impossible);
        }
    }
}
