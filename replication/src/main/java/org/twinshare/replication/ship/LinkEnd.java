package org.twinshare.replication.ship;

import org.twinshare.replication.channel.Ended;

/** Why a standby no longer follows on a connection, and so what it does next. */
public sealed interface LinkEnd {
    /** The connection ended: it connects again. */
    record Closed(Ended how) implements LinkEnd {}

    /** Its journal has records that the primary's has not: they are cut off behind this one, and it connects again. */
    record Forked(long lastCommonSequence) implements LinkEnd {}

    /** The primary's journal begins here, and that is behind what this server needs: the trees must be compared. */
    record TooFarBehind(long primaryOldestSequence) implements LinkEnd {}

    /** Its journal is full of records that its tree has not yet. */
    record NoRoom(String why) implements LinkEnd {}

    /** The primary has handed over, and everything is here: this server is to be the primary. */
    record HandedOver() implements LinkEnd {}
}
