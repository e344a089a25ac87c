package org.twinshare.exports.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.twinshare.exports.table.Tables.decide;
import static org.twinshare.exports.table.Tables.ip;
import static org.twinshare.exports.table.Tables.table;

import com.google.common.collect.ImmutableMap;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.names.FakeNames;
import org.twinshare.exports.names.KnownNames;

/** Who decides when several match: exports(5), end of "Machine Name Formats". */
class PrecedenceTest {

    /** web1.lan is 10.0.0.1, web2.lan is 10.0.0.2, both are of the netgroup webs; 10.0.0.9 has no name. */
    private static final KnownNames NAMES = new KnownNames() {

        private final Map<InetAddress, Set<String>> names =
                ImmutableMap.of(ip("10.0.0.1"), Set.of("web1.lan", "web1"), ip("10.0.0.2"), Set.of("web2.lan"));

        @Override
        public Optional<Set<String>> namesOf(InetAddress address) {
            return Optional.of(names.getOrDefault(address, Set.of()));
        }

        @Override
        public Optional<Set<InetAddress>> addressesOf(String host) {
            return Optional.of(host.equals("web1") ? Set.of(ip("10.0.0.1")) : Set.of());
        }

        @Override
        public Optional<Set<String>> membersOf(String netgroup) {
            return Optional.of(netgroup.equals("webs") ? Set.of("web1.lan", "web2.lan", "10.0.0.9") : Set.of());
        }
    };

    /** Each kind takes the client from all kinds after it, whatever the order on the line. */
    @ParameterizedTest
    @CsvSource({
        "'* @webs web*.lan 10.0.0.0/8 10.0.0.1', 10.0.0.1",
        "'* @webs web*.lan 10.0.0.0/8 web1', web1",
        "'* @webs web*.lan 10.0.0.0/8', 10.0.0.0/8",
        "'* @webs web*.lan', web*.lan",
        "'* @webs', @webs",
        "'*', *",
    })
    void letsHostGoBeforeNetworkBeforeWildcardBeforeNetgroupBeforeAnyone(String clients, String decides) {
        assertThat(decide(table("/a " + clients), NAMES, "10.0.0.1", "/a")).isEqualTo("/a " + decides);
    }

    @Test
    void letsTheFirstOfTwoNetworksCountAsExports5Says() {
        String table = "/a 10.0.0.0/24 10.0.0.0/8 10.0.0.0/16 0.0.0.0/0";

        assertThat(decide(table, "10.0.0.5", "/a")).isEqualTo("/a 10.0.0.0/24");
        assertThat(decide(table, "10.0.7.5", "/a")).isEqualTo("/a 10.0.0.0/8");
        assertThat(decide(table, "192.168.0.1", "/a")).isEqualTo("/a 0.0.0.0/0");
    }

    @Test
    void letsASingleAddressGoBeforeItsNetworkOfOne() {
        assertThat(decide("/a 10.0.0.5/32(ro) 10.0.0.5(rw)", "10.0.0.5", "/a")).isEqualTo("/a 10.0.0.5");
        assertThat(table("/a 10.0.0.5/32(ro) 10.0.0.5(rw)")
                        .exports()
                        .get(0)
                        .entries()
                        .get(0)
                        .options()
                        .readWrite())
                .isTrue();
    }

    @Test
    void letsTheFirstOfTheSameKindInTheFileCount() {
        assertThat(decide(table("/a web?.lan *.lan"), NAMES, "10.0.0.1", "/a")).isEqualTo("/a web?.lan");
        assertThat(decide(table("/a *.lan\n/b *\n/a web?.lan"), NAMES, "10.0.0.1", "/a"))
                .isEqualTo("/a *.lan");
        assertThat(decide(table("/a web1 10.0.0.1"), NAMES, "10.0.0.1", "/a")).isEqualTo("/a web1");
    }

    @Test
    void matchesNetgroupsByAnyConfirmedNameAndByAddress() {
        assertThat(decide(table("/a @webs"), NAMES, "10.0.0.2", "/a")).isEqualTo("/a @webs");
        assertThat(decide(table("/a @webs"), NAMES, "10.0.0.9", "/a")).isEqualTo("/a @webs");
        assertThat(decide(table("/a @webs"), NAMES, "10.0.0.3", "/a")).isEqualTo("NO_CLIENT_MATCHES");
        assertThat(decide(table("/a @none"), NAMES, "10.0.0.1", "/a")).isEqualTo("NO_CLIENT_MATCHES");
    }

    @Test
    void neverMatchesWildcardsAgainstAddresses() {
        assertThat(decide(table("/a 10.0.0.*"), NAMES, "10.0.0.9", "/a")).isEqualTo("NO_CLIENT_MATCHES");
        assertThat(decide(table("/a *.*"), NAMES, "10.0.0.9", "/a")).isEqualTo("NO_CLIENT_MATCHES");
    }

    @Test
    void letsAnUnresolvableHostInNowhere() {
        assertThat(decide(table("/a unknown"), NAMES, "10.0.0.1", "/a")).isEqualTo("NO_CLIENT_MATCHES");
    }

    @ParameterizedTest
    @CsvSource({
        "/srv/www, /srv/www",
        "/srv/www/site/img, /srv/www/site",
        "/srv/www/sitemap, /srv/www",
        "/srv/wwwold, /srv",
        "/other, /",
        "/, /",
    })
    void letsTheLongestPathOnWholeNamesCount(String asked, String decides) {
        String table = "/ *\n/srv *\n/srv/www/site *\n/srv/www *";

        assertThat(decide(table, "10.0.0.1", asked)).isEqualTo(decides + " *");
    }

    @Test
    void doesNotLetAPathThatTheClientMayNotUseHideOneFurtherUp() {
        String table = "/data 10.0.0.0/8\n/data/private 10.0.0.1";

        assertThat(decide(table, "10.0.0.1", "/data/private/x")).isEqualTo("/data/private 10.0.0.1");
        assertThat(decide(table, "10.0.0.2", "/data/private/x")).isEqualTo("/data 10.0.0.0/8");
        assertThat(decide(table, "192.168.0.1", "/data/private/x")).isEqualTo("NO_CLIENT_MATCHES");
    }

    @Test
    void refusesAPathThatNoExportHolds() {
        assertThat(decide("/data *", "10.0.0.1", "/database")).isEqualTo("NOT_EXPORTED");
        assertThat(decide("", "10.0.0.1", "/")).isEqualTo("NOT_EXPORTED");
    }

    @Test
    void matchesIpv6HostsAndNetworks() {
        String table = "/a fd00:db8:9:e54::/64(rw) fd00::7(ro)";

        assertThat(decide(table, "fd00:db8:9:e54::1", "/a")).isEqualTo("/a fd00:db8:9:e54::/64");
        assertThat(decide(table, "fd00::7", "/a")).isEqualTo("/a fd00::7");
        assertThat(decide(table, "fd00:db8:9:e55::1", "/a")).isEqualTo("NO_CLIENT_MATCHES");
    }

    @Test
    void takesAnIpv4MappedClientForItsIpv4Address() throws UnknownHostException {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 1};
        InetAddress client = Inet6Address.getByAddress(null, mapped, -1);
        CurrentExports current = CurrentExports.of(table("/a 10.0.0.1"), new FakeNames().resolver());

        Decision decision = current.rights(client).onPath(BytePath.of("/a"), Tables.PRIVILEGED_PORT);

        assertThat(Tables.shown(decision)).isEqualTo("/a 10.0.0.1");
        assertThat(current.rights(client)).isSameAs(current.rights(ip("10.0.0.1")));
    }

    @Test
    void matchesADottedMaskAsItsLength() {
        assertThat(decide("/a 192.168.4.0/255.255.252.0", "192.168.7.255", "/a"))
                .isEqualTo("/a 192.168.4.0/22");
        assertThat(decide("/a 192.168.4.0/255.255.252.0", "192.168.8.0", "/a")).isEqualTo("NO_CLIENT_MATCHES");
    }
}
