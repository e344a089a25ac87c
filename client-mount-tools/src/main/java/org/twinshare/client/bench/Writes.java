package org.twinshare.client.bench;

import java.nio.ByteBuffer;
import org.twinshare.client.probe.Procedure;
import org.twinshare.client.probe.Stability;

/**
 * Makes WRITE and COMMIT calls for one connection and checks what the server claims in its replies: the count, how firm
 * the data is, and a write verifier that stays the same. Not thread-safe.
 */
final class Writes {
    private static final int WCC_BEFORE_BYTES = 24;

    private final Calls calls;
    private final Stability stability;
    private final ByteBuffer[] dataOfSlot;
    private final boolean verify;
    private final boolean mayRestart;
    private final ByteBuffer same;
    private long verifier;
    private boolean verifierKnown;

    /** @param sendsAgain whether the caller looks at verifiers, and writes again what a server may have lost */
    Writes(BenchSettings settings, Stability stability, int largestBytes, boolean sendsAgain) {
        this.calls = new Calls(settings.target().credential());
        this.stability = stability;
        this.verify = settings.verify();
        this.mayRestart = sendsAgain && settings.reconnect();
        this.dataOfSlot = new ByteBuffer[settings.depth()];
        this.same = ByteBuffer.allocateDirect(largestBytes);
        Content.fill(same, new Content.Origin(1, 0, 0), largestBytes);
        same.flip();
        for (int slot = 0; slot < dataOfSlot.length; slot++) {
            dataOfSlot[slot] = verify ? ByteBuffer.allocateDirect(largestBytes) : same.duplicate();
        }
    }

    /** A WRITE of the content that belongs there; without verification any content, made beforehand. */
    Procedure write(int slot, byte[] handle, Content.Origin origin, int lengthBytes, Turn turn) {
        ByteBuffer data = dataOfSlot[slot];
        data.clear();
        if (verify) {
            Content.fill(data, origin, lengthBytes);
            data.flip();
        } else {
            data.limit(lengthBytes);
        }
        return calls.write(handle, origin.offsetBytes(), stability.number(), data, turn);
    }

    /** A COMMIT of the whole file. */
    Procedure commit(byte[] handle, Turn turn) {
        return calls.commit(handle, turn);
    }

    boolean needsCommit() {
        return stability == Stability.UNSTABLE;
    }

    /** WRITE3resok (RFC 1813, 3.3.7); returns the write verifier. */
    long written(Reply reply, int lengthBytes, Turn turn) {
        skipWcc(reply);
        int count = reply.getInt();
        int committed = reply.getInt();
        if (count != lengthBytes) {
            turn.tally().wrong("WRITE of " + lengthBytes + " bytes took " + count);
        }
        if (committed < stability.number()) {
            turn.tally().wrong("WRITE " + stability + " answered with a stable_how of " + committed);
        }
        turn.tally().moved(count);
        return checkVerifier(reply, turn);
    }

    /** COMMIT3resok (RFC 1813, 3.3.21); returns the write verifier: where it is another than before, the data is to be sent again. */
    long committed(Reply reply, Turn turn) {
        skipWcc(reply);
        return checkVerifier(reply, turn);
    }

    private long checkVerifier(Reply reply, Turn turn) {
        long given = reply.getLong();
        if (verifierKnown && given != verifier && !mayRestart) {
            turn.tally().wrong("the write verifier changed: what was UNSTABLE may be lost");
        }
        verifier = given;
        verifierKnown = true;
        return given;
    }

    private static void skipWcc(Reply reply) {
        if (reply.getBoolean()) {
            reply.skip(WCC_BEFORE_BYTES);
        }
        reply.skipAttributes();
    }
}
