package org.twinshare.replication.record;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;

/**
 * Takes the fields of a body one by one, and believes no length before it has seen that so many bytes are there. Not
 * thread-safe.
 */
final class BodyReader {
    private final ByteBuffer body;

    BodyReader(ByteBuffer body) {
        this.body = body.slice();
    }

    private void need(int bytes) throws MalformedRecord {
        if (bytes < 0 || body.remaining() < bytes) {
            throw new MalformedRecord("a field of " + bytes + " bytes, and " + body.remaining() + " are left");
        }
    }

    boolean isAtEnd() {
        return !body.hasRemaining();
    }

    int takeByte() throws MalformedRecord {
        need(Byte.BYTES);
        return body.get() & 0xff;
    }

    int takeShort() throws MalformedRecord {
        need(Short.BYTES);
        return body.getShort() & 0xffff;
    }

    int takeInt() throws MalformedRecord {
        need(Integer.BYTES);
        return body.getInt();
    }

    long takeLong() throws MalformedRecord {
        need(Long.BYTES);
        return body.getLong();
    }

    byte[] takeBytes(int count) throws MalformedRecord {
        need(count);
        byte[] bytes = new byte[count];
        body.get(bytes);
        return bytes;
    }

    /** A window on the body. */
    ByteBuffer takeWindow(int count) throws MalformedRecord {
        need(count);
        ByteBuffer window = body.slice(body.position(), count);
        body.position(body.position() + count);
        return window;
    }

    /** A window on the body, of everything that is left. */
    ByteBuffer takeRest() {
        ByteBuffer rest = body.slice();
        body.position(body.limit());
        return rest;
    }

    boolean takeFlag() throws MalformedRecord {
        int flag = takeByte();
        if (flag > 1) {
            throw new MalformedRecord("a flag of " + flag);
        }
        return flag == 1;
    }

    /** A length in one byte, and so many bytes. */
    Name takeName() throws MalformedRecord {
        byte[] bytes = takeBytes(takeByte());
        try {
            return Name.of(bytes, 0, bytes.length);
        } catch (ErrnoException e) {
            throw new MalformedRecord("a name that no file can have: " + e.getMessage());
        }
    }

    /** A type as the four format bits of {@code st_mode}. */
    FileType takeType() throws MalformedRecord {
        int formatBits = takeByte();
        for (FileType type : FileType.values()) {
            if (type.formatBits() >> 12 == formatBits) {
                return type;
            }
        }
        throw new MalformedRecord("a type of " + formatBits);
    }

    /** A length of 4 or 16 in one byte, and so many bytes. */
    InetAddress takeAddress() throws MalformedRecord {
        byte[] bytes = takeBytes(takeByte());
        try {
            InetAddress address = InetAddress.getByAddress(bytes);
            // Java makes the short form of an IPv4 address in the long one, which nobody wrote then.
            if (address.getAddress().length == bytes.length) {
                return address;
            }
        } catch (UnknownHostException e) {
            // Neither 4 nor 16 bytes.
        }
        throw new MalformedRecord("an address of " + bytes.length + " bytes that is none");
    }

    /** Nothing may be left over. */
    void end() throws MalformedRecord {
        if (body.hasRemaining()) {
            throw new MalformedRecord(body.remaining() + " bytes behind its end");
        }
    }
}
