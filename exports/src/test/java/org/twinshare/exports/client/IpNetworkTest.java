package org.twinshare.exports.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpNetworkTest {

    @ParameterizedTest
    @CsvSource({
        // The examples of exports(5): /255.255.252.0 and /22 give the same network.
        "192.168.4.0/22, 192.168.4.0/22",
        "192.168.4.0/255.255.252.0, 192.168.4.0/22",
        "192.168.1.7/24, 192.168.1.0/24",
        "10.1.2.3/255.0.0.0, 10.0.0.0/8",
        "10.1.2.3/0, 0.0.0.0/0",
        "10.1.2.3/0.0.0.0, 0.0.0.0/0",
        "10.1.2.3/32, 10.1.2.3",
        "10.1.2.3/255.255.255.255, 10.1.2.3",
        "10.1.2.3, 10.1.2.3",
        "2001:db8:9:e54::1/64, 2001:db8:9:e54::/64",
        "2001:db8::1, 2001:db8::1",
        "2001:db8::1/128, 2001:db8::1",
        "fe80::1/10, fe80::/10",
        "::/0, ::/0",
        "::ffff:10.1.2.3/104, 10.0.0.0/8",
        "::ffff:10.1.2.3, 10.1.2.3",
        "::ffff:0:0/96, 0.0.0.0/0",
    })
    void readsAddressesWithLengthsAndMasks(String text, String normal) {
        assertThat(IpNetwork.of(text)).hasToString(normal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/24",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0.0/8/8",
                "10.0.0.0/255.0.255.0",
                "10.0.0.0/0.255.255.255",
                "10.0.0.0/ffff::",
                "10.0.0/8",
                "10.0.0.256/8",
                "010.0.0.0/8",
                "2001:db8::/129",
                "2001:db8::/255.255.0.0",
                "2001:db8::/ffff::",
                "::ffff:10.0.0.0/95",
                "fe80::1%eth0/64",
                "web1/24",
                "10.0.0.0/99999999999",
            })
    void refusesWhatIsNoNetwork(String text) {
        assertThat(IpNetwork.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.1.0/24, 192.168.1.0, true",
        "192.168.1.0/24, 192.168.1.255, true",
        "192.168.1.0/24, 192.168.2.0, false",
        "192.168.1.0/24, 192.168.0.255, false",
        "192.168.1.128/25, 192.168.1.127, false",
        "192.168.1.128/25, 192.168.1.128, true",
        "192.168.1.0/30, 192.168.1.3, true",
        "192.168.1.0/30, 192.168.1.4, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "::/0, 2001:db8::1, true",
        "::/0, 10.0.0.1, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "10.0.0.5, 10.0.0.5, true",
        "10.0.0.5, 10.0.0.4, false",
    })
    void containsTheAddressesOfItsPrefixAndFamilyOnly(String network, String address, boolean contained) {
        assertThat(IpNetwork.of(network).contains(InetAddresses.forString(address)))
                .isEqualTo(contained);
    }

    @Test
    void takesAnIpv4MappedAddressForTheIpv4Address() throws UnknownHostException {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 5};
        InetAddress asIpv6 = Inet6Address.getByAddress(null, mapped, -1);

        assertThat(asIpv6).isInstanceOf(Inet6Address.class);
        assertThat(IpNetwork.canonical(asIpv6)).isEqualTo(InetAddresses.forString("10.0.0.5"));
        assertThat(IpNetwork.of("10.0.0.0/8").contains(asIpv6)).isTrue();
        assertThat(new IpNetwork(asIpv6, 104)).isEqualTo(IpNetwork.of("10.0.0.0/8"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2001:db8::ffff:a00:5", "::fffe:a00:5", "::feff:a00:5", "::ffff:0:a00:5", "::a00:5"})
    void takesNoOtherIpv6AddressForAnIpv4Address(String address) {
        assertThat(IpNetwork.canonical(InetAddresses.forString(address))).isEqualTo(InetAddresses.forString(address));
        assertThat(IpNetwork.of("10.0.0.5").contains(InetAddresses.forString(address)))
                .isFalse();
    }

    @Test
    void knowsANetworkOfOne() {
        assertThat(IpNetwork.of("10.0.0.1/32").isSingle()).isTrue();
        assertThat(IpNetwork.of("10.0.0.0/31").isSingle()).isFalse();
        assertThat(IpNetwork.of("fd00::1").isSingle()).isTrue();
        assertThat(IpNetwork.of("fd00::/32").isSingle()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/8",
                "10.200.0.1",
                "172.16.0.0/12",
                "172.31.255.255",
                "192.168.0.0/16",
                "127.0.0.1",
                "169.254.1.0/24",
                "fc00::/7",
                "fd12:3456::/48",
                "fe80::/64",
                "::1",
            })
    void knowsPrivateNetworks(String network) {
        assertThat(IpNetwork.of(network).isPrivate()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/7",
                "172.15.0.1",
                "172.32.0.0/16",
                "172.16.0.0/11",
                "192.167.0.1",
                "192.169.0.0/16",
                "203.0.113.9",
                "0.0.0.0/0",
                "100.64.0.0/10",
                "::/0",
                "2001:db8::/32",
                "fec0::/10",
                "::2",
                "f800::/5",
            })
    void knowsNetworksThatAreNotWhollyPrivate(String network) {
        assertThat(IpNetwork.of(network).isPrivate()).isFalse();
    }
}
