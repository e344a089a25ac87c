package org.twinshare.exports.client;

import com.google.common.net.InetAddresses;
import java.util.Optional;
import org.twinshare.exports.client.ClientMatch.Anyone;
import org.twinshare.exports.client.ClientMatch.HostName;
import org.twinshare.exports.client.ClientMatch.Netgroup;
import org.twinshare.exports.client.ClientMatch.Network;
import org.twinshare.exports.client.ClientMatch.SingleAddress;
import org.twinshare.exports.client.ClientMatch.Wildcard;

/**
 * Reads the client part of an entry, the text before the options, into a {@link ClientMatch} (exports(5), "Machine Name
 * Formats"). Asks no name server. Stateless.
 */
public final class ClientReader {

    private ClientReader() {}

    /** A client, or why the text is none. */
    public sealed interface Reading {

        /** The text is this client; {@code advice} is what its writer should hear about it. */
        record Client(ClientMatch match, Optional<Advice> advice) implements Reading {}

        /** The text is no client: index of the fault in it, what is wrong, what to write. */
        record Fault(int at, String message, String remedy) implements Reading {}
    }

    /** A doubt about a client that is valid: what, and what to write instead. */
    public record Advice(String message, String remedy) {}

    /** Reads {@code text}, whose characters are the bytes of the file. */
    public static Reading read(String text) {
        if (text.isEmpty()) {
            return new Reading.Fault(0, "no host", "write  *  if everyone is meant");
        }
        if (text.equals("*")) {
            return client(new Anyone());
        }
        if (text.startsWith("@")) {
            return netgroup(text);
        }
        if (text.startsWith("gss/")) {
            return new Reading.Fault(
                    0, "Kerberos clients (gss/...) are not served", "name the hosts and leave sec= at sys");
        }
        if (text.indexOf('/') >= 0) {
            return network(text);
        }
        boolean wildcard = text.chars().anyMatch(each -> each == '*' || each == '?' || each == '[');
        return wildcard ? wildcard(text) : singleHost(text);
    }

    private static Reading client(ClientMatch match) {
        return new Reading.Client(match, Optional.empty());
    }

    private static Reading netgroup(String text) {
        String name = text.substring(1);
        boolean visible = name.chars().allMatch(each -> each > ' ' && each <= '~' && "(),\\\"".indexOf(each) < 0);
        // A dash would be read as an option by the program that looks the group up.
        if (name.isEmpty() || name.length() > HostNameSyntax.MAX_LENGTH || name.startsWith("-") || !visible) {
            return new Reading.Fault(0, "not a netgroup name", "write  @group  with the name of a netgroup");
        }
        return client(new Netgroup(name));
    }

    private static Reading network(String text) {
        Optional<IpNetwork> network = IpNetwork.parse(text);
        if (network.isEmpty()) {
            return new Reading.Fault(
                    text.indexOf('/') + 1,
                    "not a network",
                    "write  address/length  or  address/mask, as in 192.168.1.0/24 or 192.168.1.0/255.255.255.0");
        }
        return new Reading.Client(new Network(network.get()), ClientAdvice.of(network.get(), text));
    }

    private static Reading wildcard(String text) {
        int bracket = text.indexOf('[');
        int close = text.indexOf(']', bracket + 1);
        String inside = bracket >= 0 && close > bracket ? text.substring(bracket + 1, close) : "";
        // Only an address goes into a remedy: all else in a text may be any byte.
        if (inside.indexOf(':') >= 0 && InetAddresses.isInetAddress(inside)) {
            return new Reading.Fault(
                    bracket,
                    "an IPv6 address stands without brackets here: they would be a character class",
                    "write  " + inside);
        }
        int fault = HostPattern.faultAt(text);
        if (fault >= 0) {
            return notInName(text, fault);
        }
        if (text.length() > HostNameSyntax.MAX_LENGTH) {
            return tooLong();
        }
        return new Reading.Client(new Wildcard(HostPattern.of(text)), ClientAdvice.ofWildcard(text));
    }

    private static Reading singleHost(String text) {
        Optional<IpNetwork> single = IpNetwork.parse(text);
        if (single.isPresent()) {
            return new Reading.Client(
                    new SingleAddress(InetAddresses.forString(text)), ClientAdvice.of(single.get(), text));
        }
        int zone = text.indexOf('%');
        if (zone > 0 && InetAddresses.isInetAddress(text.substring(0, zone))) {
            return new Reading.Fault(
                    zone, "an address with a zone is not supported", "write  " + text.substring(0, zone));
        }
        if (HostNameSyntax.looksLikeAddress(text)) {
            return new Reading.Fault(0, "not an IP address", "write four numbers from 0 to 255, or an IPv6 address");
        }
        int fault = HostNameSyntax.faultAt(text);
        if (fault >= 0) {
            return notInName(text, fault);
        }
        if (text.length() > HostNameSyntax.MAX_LENGTH) {
            return tooLong();
        }
        if (!HostNameSyntax.isHostName(text)) {
            return new Reading.Fault(0, "not a host name", "write a name such as web1 or web1.example.com");
        }
        return client(new HostName(HostNameSyntax.normalize(text)));
    }

    private static Reading notInName(String text, int at) {
        char each = text.charAt(at);
        String remedy = switch (each) {
            case '#' -> "put a space before the comment";
            case ',' -> "separate clients with spaces";
            case '[', ']' -> "close the class, as in web[0-9]";
            case '\\' -> "leave the backslash out";
            default -> "write a name, an address, a network, @netgroup or *";
        };
        String what = each > ' ' && each <= '~' ? "\"" + each + "\"" : "this character";
        return new Reading.Fault(at, what + " cannot be in a host name here", remedy);
    }

    private static Reading tooLong() {
        return new Reading.Fault(
                0, "longer than " + HostNameSyntax.MAX_LENGTH + " characters, as no host name is", "shorten it");
    }
}
