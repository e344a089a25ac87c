package org.twinshare.replication.pair;

import com.google.common.net.HostAndPort;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The other server of the pair.
 *
 * @param addresses where it listens; tried one after another
 * @param isDialled this server connects to it: the one that joined does, whatever the roles are
 */
public record Peer(String name, X509Certificate certificate, List<HostAndPort> addresses, boolean isDialled) {
    public Peer {
        addresses = List.copyOf(addresses);
    }
}
