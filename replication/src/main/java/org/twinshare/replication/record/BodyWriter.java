package org.twinshare.replication.record;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;

/** Puts the fields of a body one behind another, as {@link BodyReader} takes them. */
final class BodyWriter {
    private final ByteBuffer body;

    BodyWriter(ByteBuffer body) {
        this.body = body;
    }

    BodyWriter putByte(int value) {
        body.put((byte) value);
        return this;
    }

    BodyWriter putShort(int value) {
        body.putShort((short) value);
        return this;
    }

    BodyWriter putInt(int value) {
        body.putInt(value);
        return this;
    }

    BodyWriter putLong(long value) {
        body.putLong(value);
        return this;
    }

    BodyWriter putBytes(byte[] bytes) {
        body.put(bytes);
        return this;
    }

    BodyWriter putRest(ByteBuffer bytes) {
        body.put(bytes.duplicate());
        return this;
    }

    BodyWriter putFlag(boolean flag) {
        return putByte(flag ? 1 : 0);
    }

    BodyWriter putName(Name name) {
        return putByte(name.length()).putBytes(name.bytes());
    }

    BodyWriter putType(FileType type) {
        return putByte(type.formatBits() >> 12);
    }

    BodyWriter putAddress(InetAddress address) {
        byte[] bytes = address.getAddress();
        return putByte(bytes.length).putBytes(bytes);
    }
}
