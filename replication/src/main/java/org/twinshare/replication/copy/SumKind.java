package org.twinshare.replication.copy;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/** How a block of a file is summed up. */
public enum SumKind {
    /** CRC-32C (RFC 3720 appendix B.4): finds faults of disks and memory. */
    CRC32C(0),
    /** SHA-256 (FIPS 180-4): equal only where the bytes are. */
    SHA_256(1);

    /** Of the longest checksum. */
    static final int MAX_BYTES = 32;

    private final int number;

    SumKind(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    byte[] of(ByteBuffer block) {
        return switch (this) {
            case CRC32C -> {
                CRC32C crc = new CRC32C();
                crc.update(block.duplicate());
                yield ByteBuffer.allocate(Integer.BYTES)
                        .putInt((int) crc.getValue())
                        .array();
            }
            case SHA_256 -> {
                MessageDigest digest = sha256();
                digest.update(block.duplicate());
                yield digest.digest();
            }
        };
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    static SumKind of(int number) throws MalformedQuestion {
        for (SumKind kind : values()) {
            if (kind.number == number) {
                return kind;
            }
        }
        throw new MalformedQuestion("checksum of kind " + number);
    }
}
