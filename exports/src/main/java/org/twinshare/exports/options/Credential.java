package org.twinshare.exports.options;

import com.google.common.primitives.ImmutableIntArray;

/** Who a caller says it is, as the credential of a call carries it (RFC 5531, section 8.2). Nothing in it is proven. */
public sealed interface Credential {

    /** AUTH_NONE: nobody in particular. */
    record AuthNone() implements Credential {}

    /**
     * AUTH_SYS (RFC 5531, appendix A). All ids are unsigned 32-bit numbers in an int.
     *
     * @param groups the supplementary groups in the order of the call
     */
    record AuthSys(int uid, int gid, ImmutableIntArray groups) implements Credential {}
}
