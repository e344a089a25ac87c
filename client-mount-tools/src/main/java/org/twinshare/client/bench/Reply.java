package org.twinshare.client.bench;

import java.nio.ByteBuffer;
import org.twinshare.client.probe.Procedure;

/**
 * The reply that a script looks at: status and, behind it, the results, still encoded. One object is used for every reply
 * of a loop, so nothing of it may be kept. Not thread-safe.
 */
final class Reply {
    static final int OK = 0;

    /** fattr3 takes 84 bytes (RFC 1813, 2.3.5). */
    static final int ATTRIBUTES_BYTES = 84;

    private Procedure procedure = Procedure.NULL;
    private int status;
    private ByteBuffer content = ByteBuffer.allocate(0);
    private int position;
    private int end;
    private int readBytes;
    private boolean atEnd;

    void set(Procedure newProcedure, int newStatus, ByteBuffer newContent, int start, int newEnd) {
        procedure = newProcedure;
        status = newStatus;
        content = newContent;
        position = start;
        end = newEnd;
    }

    void setRead(int countBytes, boolean newAtEnd) {
        readBytes = countBytes;
        atEnd = newAtEnd;
    }

    /** Of a READ: how many bytes came. */
    int readBytes() {
        return readBytes;
    }

    /** Of a READ: whether the file ends there. */
    boolean isAtEnd() {
        return atEnd;
    }

    /** Where in the buffer the next value is. */
    int position() {
        return position;
    }

    Procedure procedure() {
        return procedure;
    }

    /** The number of the status; NULL, which has none, ends with OK. */
    int status() {
        return status;
    }

    boolean isOk() {
        return status == OK;
    }

    int getInt() {
        int value = content.getInt(position);
        position += 4;
        return value;
    }

    long getLong() {
        long value = content.getLong(position);
        position += 8;
        return value;
    }

    boolean getBoolean() {
        return getInt() != 0;
    }

    void skip(int bytes) {
        if (bytes < 0 || bytes > end - position) {
            throw new IllegalStateException(procedure + " answered with a length of " + bytes + " in the last "
                    + (end - position) + " bytes of the reply");
        }
        position += bytes;
    }

    /** Past an opaque and its padding. */
    void skipOpaque() {
        int length = getInt();
        skip(length + (-length & 3));
    }

    /** A copy of an opaque, past its padding. */
    byte[] getOpaque() {
        int length = getInt();
        int start = position;
        skip(length + (-length & 3));
        byte[] bytes = new byte[length];
        content.get(start, bytes);
        return bytes;
    }

    /** Whether the next bytes, one or two of them, are all full stops: the names of a directory and its parent. */
    boolean isDots(int length) {
        boolean dots = true;
        for (int each = 0; each < length; each++) {
            dots &= content.get(position + each) == '.';
        }
        return dots;
    }

    /** post_op_attr. */
    void skipAttributes() {
        if (getBoolean()) {
            skip(ATTRIBUTES_BYTES);
        }
    }
}
