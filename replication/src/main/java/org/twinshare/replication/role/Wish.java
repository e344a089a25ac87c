package org.twinshare.replication.role;

/**
 * What an operator asks for with {@code failover}.
 *
 * @param allowDataLoss     {@code --allow-data-loss}: goes on although changes are known to be missing
 * @param allowInconsistent {@code --allow-inconsistent}: the second flag that an inconsistent copy needs
 * @param oldPrimaryOff     {@code --old-primary-off}: the operator has seen to it that the old primary is off
 */
public record Wish(boolean allowDataLoss, boolean allowInconsistent, boolean oldPrimaryOff) {
    public static final Wish PLAIN = new Wish(false, false, false);
    public static final Wish ALLOW_DATA_LOSS = new Wish(true, false, false);
    public static final Wish ALLOW_INCONSISTENT = new Wish(true, true, false);
    public static final Wish OLD_PRIMARY_OFF = new Wish(false, false, true);
}
