package org.twinshare.replication.channel;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Records of the primary's journal, one behind another without a gap.
 *
 * <pre>
 *  0        4
 *  +--------+-------------------------------------+
 *  | crc32c | frames, see journal.FrameBatch      |
 *  +--------+-------------------------------------+
 * </pre>
 *
 * {@code crc32c} is that of the frames: the connection keeps them whole on the way, this the memory of both servers.
 *
 * @param frames at most {@link #MAX_BYTES}
 */
public record Records(ByteBuffer frames) implements Message {
    /** The largest frame fits. */
    public static final int MAX_BYTES = (2 << 20) + 4096;

    @Override
    public MessageType type() {
        return MessageType.RECORDS;
    }

    @Override
    public void encode(ByteBuffer to) {
        to.putInt(Checksum.of(frames));
    }

    @Override
    public ByteBuffer payload() {
        return frames;
    }

    static Records decode(ByteBuffer from) throws MalformedMessage {
        return new Records(Checksum.take(from, from.getInt()));
    }

    /** CRC-32C (RFC 3720 appendix B.4) of a payload. */
    static final class Checksum {
        private Checksum() {}

        static int of(ByteBuffer bytes) {
            CRC32C crc = new CRC32C();
            crc.update(bytes.duplicate());
            return (int) crc.getValue();
        }

        /** All that is left, if this is its checksum. */
        static ByteBuffer take(ByteBuffer from, int expected) throws MalformedMessage {
            ByteBuffer payload = from.slice();
            from.position(from.limit());
            if (of(payload) != expected) {
                throw new MalformedMessage("a wrong checksum of " + payload.remaining() + " bytes");
            }
            return payload;
        }
    }
}
