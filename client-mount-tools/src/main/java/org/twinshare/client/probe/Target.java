package org.twinshare.client.probe;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/**
 * Which server to speak to, from where, and as whom. Immutable; begin with {@link #at} and change what differs:
 * {@code Target.at("127.0.0.1", 2049).from("127.0.0.7").as(Credential.of(33, 33))}.
 *
 * @param timeout how long to wait for a connection and for each piece of a reply
 */
public record Target(
        InetAddress host, int nfsPort, int mountPort, SourceAddress source, Credential credential, Duration timeout) {

    /**
     * A server that answers NFS and MOUNT on one port, spoken to as root with a timeout of 30 s, from a reserved port where
     * that is allowed.
     *
     * @throws UnknownHostException when the host's name has no address
     */
    public static Target at(String host, int port) throws UnknownHostException {
        return new Target(
                InetAddress.getByName(host),
                port,
                port,
                SourceAddress.ANY,
                Credential.of(0, 0),
                Duration.ofSeconds(30));
    }

    /** MOUNT has a port of its own. */
    public Target mountPort(int newMountPort) {
        return new Target(host, nfsPort, newMountPort, source, credential, timeout);
    }

    /** Connections come from this local address. */
    public Target from(String address) throws UnknownHostException {
        return from(InetAddress.getByName(address));
    }

    /** Connections come from this local address. */
    public Target from(InetAddress address) {
        return source(new SourceAddress(Optional.of(address), source.ports()));
    }

    /** Connections come from ports like these. */
    public Target ports(SourceAddress.Ports ports) {
        return source(new SourceAddress(source.address(), ports));
    }

    public Target source(SourceAddress newSource) {
        return new Target(host, nfsPort, mountPort, newSource, credential, timeout);
    }

    /** Calls carry this credential. */
    public Target as(Credential newCredential) {
        return new Target(host, nfsPort, mountPort, source, newCredential, timeout);
    }

    public Target timeout(Duration newTimeout) {
        return new Target(host, nfsPort, mountPort, source, credential, newTimeout);
    }

    public InetSocketAddress nfsAddress() {
        return new InetSocketAddress(host, nfsPort);
    }

    public InetSocketAddress mountAddress() {
        return new InetSocketAddress(host, mountPort);
    }
}
