package org.twinshare.exports.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.twinshare.exports.client.ClientReader.Reading;

class ClientReaderTest {

    @ParameterizedTest
    @CsvSource({
        "web1, SINGLE_HOST, web1",
        "Web1.Example.COM., SINGLE_HOST, web1.example.com",
        "under_score-1.lan, SINGLE_HOST, under_score-1.lan",
        "3com, SINGLE_HOST, 3com",
        "192.168.1.2, SINGLE_HOST, 192.168.1.2",
        "2001:DB8::0:1, SINGLE_HOST, 2001:db8::1",
        "::ffff:192.168.1.2, SINGLE_HOST, 192.168.1.2",
        "192.168.1.0/24, NETWORK, 192.168.1.0/24",
        "192.168.1.2/32, NETWORK, 192.168.1.2/32",
        "192.168.1.0/255.255.255.0, NETWORK, 192.168.1.0/24",
        "2001:db8:9:e54::/64, NETWORK, 2001:db8:9:e54::/64",
        "*.local.domain, WILDCARD, *.local.domain",
        "web?, WILDCARD, web?",
        "web[0-9], WILDCARD, web[0-9]",
        "@trusted, NETGROUP, @trusted",
        "*, ANYONE, *",
    })
    void readsEveryFormOfExports5(String text, Precedence kind, String normal) {
        ClientMatch match = match(text);

        assertThat(match.precedence()).isEqualTo(kind);
        assertThat(match.text()).isEqualTo(normal);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0, no host",
        "192.168.1, 0, not an IP address",
        "192.168.1.300, 0, not an IP address",
        "1, 0, not an IP address",
        "2001:db8::g, 0, not an IP address",
        "192.168.1.0/33, 12, not a network",
        "web1/24, 5, not a network",
        "fe80::1%eth0, 7, an address with a zone is not supported",
        "gss/krb5, 0, Kerberos clients (gss/...) are not served",
        "@, 0, not a netgroup name",
        "@-x, 0, not a netgroup name",
        "@a(b, 0, not a netgroup name",
        "-web, 0, not a host name",
        "web..lan, 0, not a host name",
        ".lan, 0, not a host name",
        "'web1,web2', 4, '\",\" cannot be in a host name here'",
        "web1#old, 4, '\"#\" cannot be in a host name here'",
        "web[0-9, 3, '\"[\" cannot be in a host name here'",
        "[2001:db8::1], 0, an IPv6 address stands without brackets here: they would be a character class",
    })
    void saysWhereAndWhyATextIsNoClient(String text, int at, String message) {
        Reading.Fault fault = fault(text);

        assertThat(fault.message()).isEqualTo(message);
        assertThat(fault.at()).isEqualTo(at);
        assertThat(fault.remedy()).isNotEmpty();
    }

    @Test
    void offersTheAddressWithoutBracketsOrZone() {
        assertThat(fault("[2001:db8::1]").remedy()).isEqualTo("write  2001:db8::1");
        assertThat(fault("fe80::1%eth0").remedy()).isEqualTo("write  fe80::1");
        assertThat(fault("\u001b:%x").remedy()).doesNotContain("\u001b");
        assertThat(fault("[\u001b::1]").remedy()).doesNotContain("\u001b");
    }

    @Test
    void takesNamesOf255CharactersAndNoLonger() {
        assertThat(match("a".repeat(255)).text()).hasSize(255);
        assertThat(fault("a".repeat(256)).message()).startsWith("longer than 255 characters");
        assertThat(fault("a".repeat(256) + "*").message()).startsWith("longer than 255 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.9", "2001:db8::1", "203.0.113.0/24", "10.0.0.0/7"})
    void warnsOfPublicClients(String text) {
        assertThat(advice(text)).startsWith(text + " is public").contains("fc00::/7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0/0", "::/0"})
    void offersTheStarInPlaceOfANetworkOfEveryone(String text) {
        assertThat(advice(text)).contains("write  *  if everyone is meant");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.168.1.2",
                "10.0.0.0/8",
                "127.0.0.1",
                "::1",
                "fd00::/8",
                "web1",
                "*.lan",
                "@group",
                "*",
                "web[0-9]"
            })
    void saysNothingOfPrivateAndNamedClientsNorOfTheStarWrittenOut(String text) {
        assertThat(advice(text)).isEmpty();
    }

    @Test
    void warnsThatBitsOutsideTheMaskAreIgnored() {
        assertThat(advice("192.168.1.7/24"))
                .isEqualTo("192.168.1.7/24 means the whole network 192.168.1.0/24 | write  192.168.1.0/24");
    }

    @Test
    void warnsThatWildcardsDoNotMatchAddresses() {
        assertThat(advice("192.168.1.*"))
                .isEqualTo("192.168.1.* matches host names, never addresses | write a network, as in 192.168.1.0/24");
    }

    @Test
    void needsNamesForWildcardsAndNetgroupsOnly() {
        assertThat(match("*.lan").needsNames()).isTrue();
        assertThat(match("@group").needsNames()).isTrue();
        assertThat(match("web1").needsNames()).isFalse();
        assertThat(match("10.0.0.0/8").needsNames()).isFalse();
        assertThat(match("*").needsNames()).isFalse();
    }

    private static ClientMatch match(String text) {
        return ((Reading.Client) ClientReader.read(text)).match();
    }

    private static Reading.Fault fault(String text) {
        return (Reading.Fault) ClientReader.read(text);
    }

    private static String advice(String text) {
        return ((Reading.Client) ClientReader.read(text))
                .advice()
                .map(advice -> advice.message() + " | " + advice.remedy())
                .orElse("");
    }
}
