package org.twinshare.exports.names;

/** Looks netgroups up (netgroup(5)), slowly: as {@link HostNames}. */
public interface Netgroups {

    /**
     * The host parts of the members of a netgroup, nested groups included, in lower case; empty ones and {@code -} are
     * left out (exports(5), "Machine Name Formats").
     */
    Lookup<String> hostsOf(String netgroup);
}
