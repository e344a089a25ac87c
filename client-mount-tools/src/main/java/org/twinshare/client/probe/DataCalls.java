package org.twinshare.client.probe;

import java.util.Optional;

/** The calls that move data: READ, WRITE and COMMIT, arguments and results side by side. Stateless. */
public final class DataCalls {
    private static final int LARGEST_READ_BYTES = 8 << 20;

    private DataCalls() {}

    /** Section 3.3.6. */
    public record Read(Optional<Attributes> attributes, int countBytes, boolean atEnd, Bytes data) {
        static Read decode(XdrReader in) throws MalformedReplyException {
            Read read = new Read(
                    Attributes.decodeOptional(in), in.getInt(), in.getBoolean(), in.getOpaque(LARGEST_READ_BYTES));
            if (read.countBytes != read.data.length()) {
                throw in.malformed("a count of " + read.countBytes + " with " + read.data.length() + " bytes of data");
            }
            return read;
        }
    }

    /** Section 3.3.7. The verifier changes when the server may have lost what was UNSTABLE. */
    public record Written(WccData file, int countBytes, Stability committed, long verifier) {
        static Written decode(XdrReader in) throws MalformedReplyException {
            return new Written(WccData.decode(in), in.getInt(), Stability.decode(in), in.getLong());
        }
    }

    /** Section 3.3.21. */
    public record Committed(WccData file, long verifier) {
        static Committed decode(XdrReader in) throws MalformedReplyException {
            return new Committed(WccData.decode(in), in.getLong());
        }
    }

    /** Section 3.3.6. */
    public static NfsCall<Read, Optional<Attributes>> read(FileHandle file, long offsetBytes, int countBytes) {
        XdrWriter out = range(file, offsetBytes, countBytes);
        return NfsCall.of(Procedure.READ, out, Read::decode, Attributes::decodeOptional);
    }

    /** Section 3.3.7. */
    public static NfsCall<Written, WccData> write(FileHandle file, long offsetBytes, Stability stability, byte[] data) {
        XdrWriter out =
                range(file, offsetBytes, data.length).putInt(stability.number()).putOpaque(data);
        return NfsCall.of(Procedure.WRITE, out, Written::decode, WccData::decode);
    }

    /** Section 3.3.21; a count of 0 is everything from the offset on. */
    public static NfsCall<Committed, WccData> commit(FileHandle file, long offsetBytes, int countBytes) {
        XdrWriter out = range(file, offsetBytes, countBytes);
        return NfsCall.of(Procedure.COMMIT, out, Committed::decode, WccData::decode);
    }

    private static XdrWriter range(FileHandle file, long offsetBytes, int countBytes) {
        XdrWriter out = new XdrWriter();
        file.encode(out);
        return out.putLong(offsetBytes).putInt(countBytes);
    }
}
