package org.twinshare.fileserver.rpc;

import java.time.Duration;

/**
 * What clients may take of the server's memory. All are per server unless said otherwise.
 *
 * @param maxRecordBytes        longest call: the largest WRITE and 64 KiB
 * @param maxConnections        a further one closes the one that was idle longest
 * @param callsPerConnection    calls under way on one connection; then it is not read until half of them are answered
 * @param bytesPerConnection    bytes of calls under way on one connection, and of replies that it has not taken yet
 * @param callBytes             bytes of large calls that are coming in or under way, in buffers of up to twice as many
 * @param replyBytes            bytes of large replies, in buffers of up to twice as many
 * @param stalledAfter          a connection that stops in the middle of a call, or takes nothing of its replies, is closed
 * @param stalledAfterIfNeeded  the same while others wait for the memory that it holds
 */
public record RpcLimits(
        int maxRecordBytes,
        int maxConnections,
        int callsPerConnection,
        int bytesPerConnection,
        int callBytes,
        int replyBytes,
        Duration stalledAfter,
        Duration stalledAfterIfNeeded) {

    /** For READ and WRITE of up to so many bytes, and so many connections. */
    public static RpcLimits forTransfersOf(int maxTransferBytes, int maxConnections) {
        return new RpcLimits(
                maxTransferBytes + (64 << 10),
                maxConnections,
                128,
                8 * maxTransferBytes,
                32 * maxTransferBytes,
                32 * maxTransferBytes,
                Duration.ofSeconds(30),
                Duration.ofSeconds(2));
    }

    /** Memory of buffers beyond which connections may hold less each, and are given up sooner. */
    long plentyBytes() {
        return (long) callBytes + replyBytes;
    }
}
