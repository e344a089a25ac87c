package org.twinshare.client.probe;

import java.util.Arrays;
import java.util.Optional;

/**
 * Reads XDR (RFC 4506) out of one array and never past it. Strict: a boolean is 0 or 1, padding is zero, a length is
 * checked before anything is allocated; what is not so is a {@link MalformedReplyException}. Not thread-safe.
 */
public final class XdrReader {
    private final byte[] content;
    private final int end;
    private int position;

    public XdrReader(byte[] content) {
        this(content, 0, content.length);
    }

    public XdrReader(byte[] content, int start, int end) {
        this.content = content;
        this.position = start;
        this.end = end;
    }

    /** How to read one value; {@code Attributes::decode} is one. */
    @FunctionalInterface
    public interface Decoder<T> {
        T decode(XdrReader in) throws MalformedReplyException;
    }

    public int getInt() throws MalformedReplyException {
        need(4);
        int value = (content[position] & 0xff) << 24
                | (content[position + 1] & 0xff) << 16
                | (content[position + 2] & 0xff) << 8
                | (content[position + 3] & 0xff);
        position += 4;
        return value;
    }

    public long getUnsigned() throws MalformedReplyException {
        return Integer.toUnsignedLong(getInt());
    }

    public long getLong() throws MalformedReplyException {
        long high = getUnsigned();
        return high << 32 | getUnsigned();
    }

    public boolean getBoolean() throws MalformedReplyException {
        int value = getInt();
        if (value != 0 && value != 1) {
            throw malformed("a boolean is " + value);
        }
        return value == 1;
    }

    /** A length of at most {@code maximum}, that many bytes, and padding of zero bytes. */
    public Bytes getOpaque(int maximum) throws MalformedReplyException {
        long length = getUnsigned();
        if (length > maximum) {
            throw malformed("a length of " + length + " where at most " + maximum + " is allowed");
        }
        return getFixed((int) length);
    }

    /** Exactly this many bytes, and padding of zero bytes. */
    public Bytes getFixed(int length) throws MalformedReplyException {
        int padded = length + (-length & 3);
        need(padded);
        Bytes bytes = Bytes.of(Arrays.copyOfRange(content, position, position + length));
        for (int each = position + length; each < position + padded; each++) {
            if (content[each] != 0) {
                throw malformed("padding that is not zero");
            }
        }
        position += padded;
        return bytes;
    }

    /** Section 4.19: optional data, a boolean and then the value or nothing. */
    public <T> Optional<T> getOptional(Decoder<T> decoder) throws MalformedReplyException {
        return getBoolean() ? Optional.of(decoder.decode(this)) : Optional.empty();
    }

    public int remaining() {
        return end - position;
    }

    /** All that is left, as it is. */
    public Bytes getRest() throws MalformedReplyException {
        Bytes rest = Bytes.of(Arrays.copyOfRange(content, position, end));
        position = end;
        return rest;
    }

    /**
     * Says that the value is complete.
     *
     * @throws MalformedReplyException when bytes are left over
     */
    public void expectEnd() throws MalformedReplyException {
        if (position != end) {
            throw malformed((end - position) + " bytes left over");
        }
    }

    MalformedReplyException malformed(String what) {
        return new MalformedReplyException(what + ", at byte " + position + " of " + end);
    }

    private void need(int bytes) throws MalformedReplyException {
        if (end - position < bytes) {
            throw malformed("ends too early: " + bytes + " more bytes expected");
        }
    }
}
