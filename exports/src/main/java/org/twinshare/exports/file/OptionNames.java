package org.twinshare.exports.file;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.function.BiConsumer;
import org.twinshare.exports.options.ExportOptionsBuilder;

/** All option names of exports(5), by what is done with them here. */
final class OptionNames {

    /** Options that switch something on or off, by name. */
    static final ImmutableMap<String, Switch> SWITCHES = ImmutableMap.<String, Switch>builder()
            .put("rw", new Switch("ro", true, true, ExportOptionsBuilder::setReadWrite))
            .put("ro", new Switch("ro", false, true, ExportOptionsBuilder::setReadWrite))
            .put("async", new Switch("sync", true, false, ExportOptionsBuilder::setAsync))
            .put("sync", new Switch("sync", false, false, ExportOptionsBuilder::setAsync))
            .put("wdelay", new Switch("wdelay", true, false, ExportOptionsBuilder::setWdelay))
            .put("no_wdelay", new Switch("wdelay", false, false, ExportOptionsBuilder::setWdelay))
            .put("secure", new Switch("secure", true, false, ExportOptionsBuilder::setSecure))
            .put("insecure", new Switch("secure", false, false, ExportOptionsBuilder::setSecure))
            .put("hide", new Switch("hide", true, false, ExportOptionsBuilder::setHide))
            .put("nohide", new Switch("hide", false, false, ExportOptionsBuilder::setHide))
            .put("crossmnt", new Switch("crossmnt", true, false, ExportOptionsBuilder::setCrossmnt))
            .put("nocrossmnt", new Switch("crossmnt", false, false, ExportOptionsBuilder::setCrossmnt))
            .put("root_squash", new Switch("root_squash", true, true, ExportOptionsBuilder::setRootSquash))
            .put("no_root_squash", new Switch("root_squash", false, true, ExportOptionsBuilder::setRootSquash))
            .put("all_squash", new Switch("all_squash", true, true, ExportOptionsBuilder::setAllSquash))
            .put("no_all_squash", new Switch("all_squash", false, true, ExportOptionsBuilder::setAllSquash))
            .put("nordirplus", new Switch("nordirplus", false, false, ExportOptionsBuilder::setReaddirplus))
            .buildOrThrow();

    /** Options that take a value and mean something here; mountpoint and mp may stand without one. */
    static final ImmutableSet<String> VALUES =
            ImmutableSet.of("anonuid", "anongid", "fsid", "mountpoint", "mp", "sec", "xprtsec");

    /**
     * Options that mean nothing here: subtree checks (handles are checked against their export anyway), ACL and lock
     * protocols that are not served, and what is for NFSv4 or for the kernel's caches only.
     */
    static final ImmutableSet<String> WITHOUT_MEANING = ImmutableSet.of(
            "subtree_check",
            "no_subtree_check",
            "acl",
            "no_acl",
            "auth_nlm",
            "no_auth_nlm",
            "secure_locks",
            "insecure_locks",
            "pnfs",
            "no_pnfs",
            "security_label",
            "refer",
            "replicas",
            "reexport",
            "ttl");

    /** What to say about names that are no option of an export, but that somebody may well write. */
    static final ImmutableMap<String, String> REMEDIES = ImmutableMap.of(
            "manage_gids", "looking groups up on the server is a setting of the server, for all exports",
            "manage-gids", "looking groups up on the server is a setting of the server, for all exports",
            "squash_uids", "use all_squash with anonuid= and anongid=",
            "squash_gids", "use all_squash with anonuid= and anongid=",
            "noaccess", "leave the directory out, or export it to the clients that may use it");

    /** All names there are, to guess what a wrong one meant. */
    static final ImmutableSet<String> ALL = ImmutableSet.<String>builder()
            .addAll(SWITCHES.keySet())
            .addAll(VALUES)
            .addAll(WITHOUT_MEANING)
            .build();

    private OptionNames() {}

    /**
     * An option without a value.
     *
     * @param group  the same for an option and its opposite
     * @param value  what it sets
     * @param varies true when it applies only to the flavours of the sec= before it (exports(5), "RPCSEC_GSS security")
     * @param setter where it is set
     */
    record Switch(String group, boolean value, boolean varies, BiConsumer<ExportOptionsBuilder, Boolean> setter) {}
}
