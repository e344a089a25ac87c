package org.twinshare.replication.role;

/** What a server does when it starts, by what its disk says. */
public enum Start {
    /** Answers clients at once. */
    SERVE,
    /** Answers nobody until the standby has said that there is no newer epoch. */
    ASK,
    /** Follows the other server. */
    FOLLOW;

    /**
     * Decides by the role file.
     *
     * @param hasPeer    a standby was added
     * @param serveAlone {@code serve --alone}: the operator says that the other server does not answer clients
     */
    public static Start of(RoleState state, boolean hasPeer, boolean serveAlone) {
        return switch (state.role()) {
            case STANDBY, FENCED -> FOLLOW;
            case PRIMARY, ASKING -> !hasPeer || state.alone() || serveAlone ? SERVE : ASK;
        };
    }
}
