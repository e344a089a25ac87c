package org.twinshare.exports.client;

import com.google.common.net.InetAddresses;
import java.util.Optional;
import org.twinshare.exports.client.ClientReader.Advice;

/** What the writer of a valid client should hear: it is public, or it does not mean what it seems to. Stateless. */
final class ClientAdvice {

    private ClientAdvice() {}

    /** Advice on a network, or an address as a network of one, written as {@code text}. */
    static Optional<Advice> of(IpNetwork network, String text) {
        if (!network.isPrivate()) {
            String remedy = network.prefixLength() == 0
                    ? "write  *  if everyone is meant, else a private network"
                    : "use private addresses (RFC 1918, fc00::/7), or a VPN between server and clients";
            return Optional.of(new Advice(
                    text + " is public: NFS neither encrypts nor proves who is calling, and strangers can reach it",
                    remedy));
        }
        String address = text.substring(0, text.indexOf('/') < 0 ? text.length() : text.indexOf('/'));
        if (!network.base().equals(InetAddresses.forString(address))) {
            return Optional.of(
                    new Advice(text + " means the whole network " + network.text(), "write  " + network.text()));
        }
        return Optional.empty();
    }

    /** Advice on a wildcard: exports(5) matches them against names, not addresses. */
    static Optional<Advice> ofWildcard(String text) {
        boolean digitsAndDots = text.chars().allMatch(each -> "0123456789.*?".indexOf(each) >= 0);
        if (digitsAndDots && text.indexOf('.') >= 0 && !text.startsWith("*")) {
            return Optional.of(
                    new Advice(text + " matches host names, never addresses", "write a network, as in 192.168.1.0/24"));
        }
        return Optional.empty();
    }
}
