package org.twinshare.fileserver.server;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.twinshare.replication.address.HookAddress;
import org.twinshare.replication.address.KernelAddress;
import org.twinshare.replication.address.ServiceAddress;
import org.twinshare.replication.copy.CopyLimits;
import org.twinshare.replication.role.Terms;

/**
 * What the server is told about being one of a pair.
 *
 * @param name   by which the other server speaks of it
 * @param listen where the other server connects to
 * @param terms  that it keeps to as the primary
 * @param copy   bounds of making its tree equal to the primary's
 * @param alone  the operator says that the other server answers no clients
 * @param held   the service address, and on which interface; null when there is none
 * @param hook   a command that carries the service address instead; null when there is none
 */
public record PairConfig(
        String name,
        InetSocketAddress listen,
        Terms terms,
        CopyLimits copy,
        boolean alone,
        @Nullable Held held,
        @Nullable String hook) {
    public static final int PORT = 2050;

    /** An address that the answering server holds on a network interface. */
    public record Held(KernelAddress.Prefix prefix, String networkInterface) {}

    /** With all defaults. */
    public static PairConfig of(String name) {
        return new PairConfig(name, new InetSocketAddress(PORT), Terms.DEFAULT, CopyLimits.DEFAULT, false, null, null);
    }

    ServiceAddress address() {
        if (held != null) {
            return new KernelAddress(held.prefix(), held.networkInterface());
        }
        return hook == null ? ServiceAddress.NONE : new HookAddress(hook);
    }
}
