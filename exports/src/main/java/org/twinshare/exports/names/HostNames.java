package org.twinshare.exports.names;

import java.net.InetAddress;

/**
 * Looks names and addresses up, slowly: every call may block for seconds, and none is made on the path of a request.
 * Implementations are thread-safe, bound the time of each call, and answer instead of throwing.
 */
public interface HostNames {

    /**
     * The names of an address, each confirmed by looking it up forwards again: without that, whoever owns an address
     * may call it what he likes. In lower case, without a final dot.
     */
    Lookup<String> namesOf(InetAddress address);

    /** The addresses of a host name; IPv4-mapped addresses as IPv4. */
    Lookup<InetAddress> addressesOf(String host);
}
