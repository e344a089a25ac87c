package org.twinshare.client.probe;

import java.util.List;

/** Who a call says that it comes from (RFC 5531, 8.2 and appendix A). Immutable. */
public sealed interface Credential {

    /** AUTH_NONE, flavour 0. */
    record None() implements Credential {}

    /**
     * AUTH_SYS, flavour 1. Nothing is checked here, so that a test can send more groups than the 16, or a longer machine
     * name than the 255 bytes, that the RFC allows.
     */
    record Sys(long stamp, Bytes machineName, long uid, long gid, List<Long> gids) implements Credential {
        public Sys {
            gids = List.copyOf(gids);
        }
    }

    /** Any flavour with any body: for what no honest client sends. */
    record Raw(int flavour, Bytes body) implements Credential {}

    /** AUTH_SYS for this user and these groups, with a machine name that says where it comes from. */
    static Credential of(long uid, long gid, Long... gids) {
        return new Sys(0, Bytes.of("probe"), uid, gid, List.of(gids));
    }

    default void encode(XdrWriter out) {
        switch (this) {
            case None none -> out.putInt(0).putInt(0);
            case Sys sys -> out.putInt(1).putOpaque(body(sys));
            case Raw raw -> out.putInt(raw.flavour).putOpaque(raw.body);
        }
    }

    private static byte[] body(Sys sys) {
        XdrWriter body = new XdrWriter()
                .putUnsigned(sys.stamp)
                .putOpaque(sys.machineName)
                .putUnsigned(sys.uid)
                .putUnsigned(sys.gid)
                .putInt(sys.gids.size());
        sys.gids.forEach(body::putUnsigned);
        return body.toArray();
    }
}
