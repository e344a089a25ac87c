package org.twinshare.replication.ship;

import java.time.Duration;

/**
 * How far the standby's disk is behind what the primary has appended.
 *
 * @param bytes of records, without what they refer to
 * @param time  since the first record that the standby does not have on disk was written
 */
public record Lag(long records, long bytes, Duration time) {}
