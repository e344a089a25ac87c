package org.twinshare.filestore;

import org.jspecify.annotations.Nullable;

/**
 * What came of an {@link Operation}: enough to answer the client now, and to answer its retransmission later.
 *
 * @param error      why nothing was done, or null when it was done
 * @param object     id of the object made, linked, written or changed; 0 where there is none
 * @param attributes of that object afterwards, where known
 * @param wcc        of the directory, or of the object itself for SETATTR, WRITE and COMMIT; of the source for RENAME
 * @param otherWcc   of the directory that a RENAME moved to
 * @param count      bytes written
 * @param committed  how far the written bytes have come
 */
public record Outcome(
        @Nullable Errno error,
        long object,
        @Nullable Attributes attributes,
        Wcc wcc,
        Wcc otherWcc,
        int count,
        Stability committed) {

    public static Outcome done(long object, @Nullable Attributes attributes, Wcc wcc) {
        return new Outcome(null, object, attributes, wcc, Wcc.NONE, 0, Stability.FILE_SYNC);
    }

    public static Outcome renamed(Wcc from, Wcc to) {
        return new Outcome(null, 0, null, from, to, 0, Stability.FILE_SYNC);
    }

    public static Outcome written(long object, Wcc wcc, int count, Stability committed) {
        return new Outcome(null, object, wcc.after(), wcc, Wcc.NONE, count, committed);
    }

    public static Outcome failed(Errno error, Wcc wcc, Wcc otherWcc) {
        return new Outcome(error, 0, null, wcc, otherWcc, 0, Stability.UNSTABLE);
    }
}
