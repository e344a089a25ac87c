package org.twinshare.replication.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Goes along the chain of frames of one segment, from its first one to where the chain ends. Not thread-safe. */
final class FrameWalk {
    private static final ByteBuffer ZEROS = ByteBuffer.allocate(1 << 16);

    private final Window window;
    private final SegmentHeader header;
    private long offset;
    private int crc;
    /** 0 while any sequence may come. */
    private long expected;

    private long durable;

    private FrameWalk(Window window, SegmentHeader header, long offset, int crc, long expected) {
        this.window = window;
        this.header = header;
        this.offset = offset;
        this.crc = crc;
        this.expected = expected;
    }

    /** @param first sequence of the first frame, 0 for any */
    static FrameWalk fromBeginning(Window window, SegmentHeader header, long first) {
        return new FrameWalk(window, header, SegmentHeader.BYTES, header.nonce().firstCrc(), first);
    }

    /** Begins behind the last frame of a segment. */
    static FrameWalk fromEnd(Window window, Segment segment) {
        return new FrameWalk(window, segment.header, segment.offset, segment.crc, segment.lastSequence + 1);
    }

    /** The next frame of the chain, whose body holds until the next call; null where the chain ends, for now at least. */
    @Nullable JournalRecord next() throws IOException {
        int length = soundLength(offset);
        if (length == 0) {
            return null;
        }
        int at = window.at(offset, length);
        var bytes = window.bytes();
        boolean follows =
                Frame.previousCrc(bytes, at) == crc && (expected == 0 || Frame.sequence(bytes, at) == expected);
        if (!follows) {
            return null;
        }
        JournalRecord record = Frame.decode(bytes, at, length);
        offset += Frame.align(length);
        crc = Frame.crc(bytes, at);
        expected = record.sequence() + 1;
        durable = Frame.durableSequence(bytes, at);
        return record;
    }

    /** The next place from an offset on where a length of a frame could stand; the segment's end when there is none. */
    long nextCandidate(long from) throws IOException {
        long candidate = from;
        while (candidate + Frame.HEADER_BYTES <= header.sizeBytes()) {
            int at = window.at(candidate, Frame.HEADER_BYTES);
            if (at < 0) {
                break;
            }
            ByteBuffer bytes = window.bytes();
            int last = bytes.limit() - Frame.HEADER_BYTES;
            // Mostly it is zeros up to the end, and those are passed over many at a time.
            for (int i = at + zeros(bytes, at); i <= last; i += Frame.ALIGNMENT) {
                int length = bytes.getInt(i);
                if (length >= Frame.HEADER_BYTES && length <= Frame.MAX_BYTES) {
                    return candidate + i - at;
                }
            }
            candidate += last - at + Frame.ALIGNMENT - (last - at) % Frame.ALIGNMENT;
        }
        return header.sizeBytes();
    }

    /** How many bytes from an index on are 0, down to a multiple of the alignment. */
    private static int zeros(ByteBuffer bytes, int at) {
        int zeros = 0;
        while (zeros < bytes.limit() - at) {
            int block = Math.min(ZEROS.capacity(), bytes.limit() - at - zeros);
            int differs = bytes.slice(at + zeros, block).mismatch(ZEROS.slice(0, block));
            if (differs >= 0) {
                return zeros + differs & -Frame.ALIGNMENT;
            }
            zeros += block;
        }
        return zeros & -Frame.ALIGNMENT;
    }

    /** Length of the sound frame at an offset, which then is in the window; 0 where none lies. */
    int soundLength(long frameOffset) throws IOException {
        int length = headerLength(frameOffset);
        if (length == 0) {
            return 0;
        }
        int at = window.at(frameOffset, length);
        return at >= 0 && Frame.isSound(window.bytes(), at, length, header.nonce()) ? length : 0;
    }

    private int headerLength(long frameOffset) throws IOException {
        if (frameOffset + Frame.HEADER_BYTES > header.sizeBytes()) {
            return 0;
        }
        int at = window.at(frameOffset, Frame.HEADER_BYTES);
        int length = at < 0 ? 0 : Frame.length(window.bytes(), at, header.nonce());
        return frameOffset + length <= header.sizeBytes() ? length : 0;
    }

    /** Whether at the end of the chain lies the beginning of the very frame that should come. */
    boolean endsInHalfAFrame() throws IOException {
        int length = headerLength(offset);
        int at = length == 0 ? -1 : window.at(offset, Frame.HEADER_BYTES);
        return at >= 0
                && Frame.sequence(window.bytes(), at) == expected
                && Frame.previousCrc(window.bytes(), at) == crc;
    }

    /** Behind the last frame. */
    long offset() {
        return offset;
    }

    /** Of the last frame. */
    int crc() {
        return crc;
    }

    /** Sequence of the frame that comes next; 0 when that is not known. */
    long expected() {
        return expected;
    }

    /** What the last frame says was durable before it. */
    long durable() {
        return durable;
    }
}
