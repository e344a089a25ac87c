package org.twinshare.replication.role;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * What a primary keeps to. The standby keeps them on disk, and a primary that wants other ones takes them up only after the
 * standby has confirmed them: so they tell the standby what the primary may have done since.
 *
 * <pre>
 *  0    1         2               6               10
 *  +----+---------+---------------+---------------+
 *  |ack | 1: block| max lag ms    | alone after ms|
 *  +----+---------+---------------+---------------+
 * </pre>
 *
 * @param maxLag     with {@link AckMode#ASYNC}: replies are delayed while the standby is further behind
 * @param aloneAfter without a message from the standby for so long the primary goes on alone
 */
public record Terms(AckMode ack, WithoutStandby withoutStandby, Duration maxLag, Duration aloneAfter) {
    public static final Terms DEFAULT =
            new Terms(AckMode.REMOTE_DISK, WithoutStandby.CONTINUE, Duration.ofSeconds(1), Duration.ofSeconds(10));
    public static final int BYTES = 10;

    public Terms {
        boolean valid = isMilliseconds(maxLag) && isMilliseconds(aloneAfter);
        if (!valid) {
            throw new IllegalArgumentException("max lag " + maxLag + ", alone after " + aloneAfter);
        }
    }

    private static boolean isMilliseconds(Duration duration) {
        return duration.toMillis() > 0 && duration.toMillis() <= Integer.MAX_VALUE;
    }

    /**
     * For how long after it has sent something that the primary received the standby can be sure that the primary is not
     * alone: a tenth less than the primary waits, because two clocks never run alike.
     */
    public Duration sureFor() {
        return aloneAfter.multipliedBy(9).dividedBy(10);
    }

    public void encode(ByteBuffer to) {
        to.put((byte) ack.number()).put((byte) (withoutStandby == WithoutStandby.BLOCK ? 1 : 0));
        to.putInt((int) maxLag.toMillis()).putInt((int) aloneAfter.toMillis());
    }

    /** Takes {@link #BYTES} bytes, and throws IllegalArgumentException when they are no terms. */
    public static Terms decode(ByteBuffer from) {
        AckMode ack = AckMode.of(from.get());
        WithoutStandby withoutStandby = from.get() == 0 ? WithoutStandby.CONTINUE : WithoutStandby.BLOCK;
        return new Terms(ack, withoutStandby, Duration.ofMillis(from.getInt()), Duration.ofMillis(from.getInt()));
    }
}
