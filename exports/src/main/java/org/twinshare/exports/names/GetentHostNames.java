package org.twinshare.exports.names;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.twinshare.exports.client.HostNameSyntax;
import org.twinshare.exports.client.IpNetwork;

/** Host names as this machine's name service knows them: /etc/hosts, DNS and what else nsswitch.conf(5) lists. */
final class GetentHostNames implements HostNames {

    /** An address with more names than this is confirmed by the first of them only: each costs a look-up. */
    private static final int MAX_NAMES = 16;

    private static final Splitter FIELDS = Splitter.on(CharMatcher.whitespace()).omitEmptyStrings();

    private final Getent getent;

    GetentHostNames(String program, Duration timeout) {
        this.getent = new Getent(program, timeout);
    }

    @Override
    public Lookup<String> namesOf(InetAddress address) {
        String text = InetAddresses.toAddrString(IpNetwork.canonical(address));
        try {
            Set<String> confirmed = new LinkedHashSet<>();
            for (String name : reverse(text)) {
                if (confirms(name, address)) {
                    confirmed.add(name);
                }
            }
            return Lookup.of(confirmed, "none of its names leads back to it");
        } catch (IOException failure) {
            return new Lookup.NotFound<>(String.valueOf(failure.getMessage()));
        }
    }

    @Override
    public Lookup<InetAddress> addressesOf(String host) {
        try {
            return Lookup.of(forward("ahosts", host), "the name has no address");
        } catch (IOException failure) {
            return new Lookup.NotFound<>(String.valueOf(failure.getMessage()));
        }
    }

    private Set<String> reverse(String address) throws IOException {
        Set<String> names = new LinkedHashSet<>();
        for (String line : getent.ask("hosts", address)) {
            List<String> fields = FIELDS.splitToList(line);
            fields.stream()
                    .skip(1)
                    .filter(HostNameSyntax::isHostName)
                    .map(HostNameSyntax::normalize)
                    .limit(MAX_NAMES - (long) names.size())
                    .forEach(names::add);
        }
        return names;
    }

    private boolean confirms(String name, InetAddress address) {
        String database = IpNetwork.canonical(address) instanceof Inet4Address ? "ahostsv4" : "ahostsv6";
        try {
            return forward(database, name).contains(IpNetwork.canonical(address));
        } catch (IOException unconfirmed) {
            return false;
        }
    }

    private Set<InetAddress> forward(String database, String host) throws IOException {
        if (!HostNameSyntax.isHostName(host)) {
            throw new IOException("not a host name");
        }
        Set<InetAddress> addresses = new LinkedHashSet<>();
        for (String line : getent.ask(database, host)) {
            String address = FIELDS.splitToList(line).stream().findFirst().orElse("");
            String bare = address.indexOf('%') < 0 ? address : address.substring(0, address.indexOf('%'));
            if (InetAddresses.isInetAddress(bare)) {
                addresses.add(IpNetwork.canonical(InetAddresses.forString(bare)));
            }
        }
        return addresses;
    }
}
