package org.twinshare.replication.record;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Wcc;

/**
 * Which call was answered, and what with, in bytes: what the next reply cache needs. Attributes are not kept: a reply is
 * rebuilt with those of then.
 *
 * <pre>
 *  0       1                      +0       +4       +8               +16
 *  +-------+----------------------+--------+--------+----------------+    the call
 *  | n     | address, n = 4 or 16 | xid    | proce- | checksum of    |
 *  |       |                      |        | dure   | the arguments  |
 *  +-------+----------------------+--------+--------+----------------+
 *  0        4                12       16      17
 *  +--------+----------------+--------+-------+                           the outcome
 *  | errno  | object id      | count  | stabi-|
 *  | or 0   | or 0           |        | lity  |
 *  +--------+----------------+--------+-------+
 * </pre>
 */
public final class CallCodec {
    /** The most bytes of a call and its outcome. */
    public static final int MAX_BYTES = 1 + 16 + 16 + 17;

    private CallCodec() {}

    static void encode(BodyWriter to, CallId call) {
        to.putAddress(call.client()).putInt(call.xid()).putInt(call.procedure()).putLong(call.checksum());
    }

    static CallId decodeCall(BodyReader from) throws MalformedRecord {
        return new CallId(from.takeAddress(), from.takeInt(), from.takeInt(), from.takeLong());
    }

    /** Puts a call and its outcome, for the reply cache of the next start. */
    public static void encode(ByteBuffer to, CallId call, Outcome outcome) {
        BodyWriter writer = new BodyWriter(to);
        encode(writer, call);
        Errno error = outcome.error();
        writer.putInt(error == null ? 0 : error.number())
                .putLong(outcome.object())
                .putInt(outcome.count())
                .putByte(outcome.committed().number());
    }

    /** A call that was answered. */
    public record Answered(CallId call, Outcome outcome) {}

    /** Takes what {@link #encode} put, and moves the position behind it. */
    public static Answered decode(ByteBuffer from) throws MalformedRecord {
        BodyReader reader = new BodyReader(from);
        CallId call = decodeCall(reader);
        int number = reader.takeInt();
        @Nullable Errno error = number == 0 ? null : errno(number);
        long object = reader.takeLong();
        int count = reader.takeInt();
        Outcome outcome =
                new Outcome(error, object, null, Wcc.NONE, Wcc.NONE, count, ChangeCodec.stability(reader.takeByte()));
        from.position(from.limit() - reader.takeRest().remaining());
        return new Answered(call, outcome);
    }

    static Errno errno(int number) throws MalformedRecord {
        for (Errno errno : Errno.values()) {
            if (errno.number() == number) {
                return errno;
            }
        }
        throw new MalformedRecord("an errno of " + number);
    }
}
