package org.twinshare.client.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.Procedure;

/**
 * One connection of a loop: its script, the calls in flight, what is to be sent. A transaction id carries the slot in its
 * low bits, so that a reply finds its call without a search. Used by its loop's thread only.
 */
final class LoadConnection implements Turn, ReplyReader.Sink {
    private final Dialer dialer;
    private final Script script;
    private final Reply reply = new Reply();
    private final int index;
    private final int slotBits;
    private final int[] xids;
    private final Procedure[] procedures;
    private final long[] startsNs;
    /** The slots without a call in flight are the first {@code idleCount}. */
    private final int[] idle;
    /** The calls in flight, where they may have to be sent again. */
    private final List<List<ByteBuffer>> inFlight;

    private SocketChannel channel;
    private SendQueue queue = new SendQueue();
    private ReplyReader reader = new ReplyReader(this);

    private int idleCount;
    private int sequence = ThreadLocalRandom.current().nextInt();
    private int xid;
    private long nowNs;
    /** When the last reply came, and whether the connection was lost since. */
    private long repliedNs;

    private boolean paused;
    private long begun;
    private long allowed;
    private Phase phase = Phase.NONE;
    private Tally tally = new Tally();
    private int largeSlot;
    private int largePosition;
    private int largeDataBytes;
    private @Nullable SelectionKey key;

    LoadConnection(Dialer dialer, Script script, int index, int depth) throws IOException {
        this.index = index;
        this.dialer = dialer;
        this.inFlight = new ArrayList<>(Collections.nCopies(dialer.again() ? depth : 0, List.of()));
        this.channel = dialer.connect();
        this.script = script;
        this.slotBits = Integer.SIZE - Integer.numberOfLeadingZeros(depth - 1);
        this.xids = new int[depth];
        this.procedures = new Procedure[depth];
        Arrays.fill(procedures, Procedure.NULL);
        this.startsNs = new long[depth];
        this.idle = new int[depth];
        this.idleCount = depth;
        Arrays.setAll(idle, slot -> slot);
    }

    SocketChannel channel() {
        return channel;
    }

    void register(SelectionKey newKey) {
        key = newKey;
    }

    boolean mayReconnect() {
        return dialer.again();
    }

    /** Connects anew, and has everything that was not answered to be sent again, with the same transaction ids. */
    void reconnect() throws IOException {
        channel.close();
        channel = dialer.connectAgain();
        queue = new SendQueue();
        reader = new ReplyReader(this);
        inFlight.forEach(queue::addAgain);
        paused = true;
    }

    /** Begins a phase: from now on calls are made and counted there. */
    void begin(Phase newPhase, Tally newTally) throws IOException {
        phase = newPhase;
        tally = newTally;
        begun = 0;
        allowed = phase.operationsOf(index);
        nowNs = System.nanoTime();
        repliedNs = nowNs;
        fill();
    }

    /** How many operations this connection began in its phase. */
    long begun() {
        return begun;
    }

    /** Whether nothing is in flight; then the script had nothing more to do either. */
    boolean isDone() {
        return idleCount == idle.length;
    }

    /** Takes what the socket has, and makes the next calls. */
    void ready(ByteBuffer shared) throws IOException {
        boolean more = true;
        while (more && reader.receive(channel, shared)) {
            nowNs = System.nanoTime();
            more = reader.handOn(shared);
        }
        fill();
    }

    /** Gives every free slot a call, where the script has one, and sends. */
    void fill() throws IOException {
        int kept = 0;
        for (int each = 0; each < idleCount; each++) {
            int slot = idle[each];
            xid = (++sequence << slotBits) | slot;
            @Nullable Procedure procedure = script.next(slot, this);
            if (procedure == null) {
                idle[kept++] = slot;
            } else {
                procedures[slot] = procedure;
                xids[slot] = xid;
                startsNs[slot] = nowNs;
                if (mayReconnect()) {
                    inFlight.set(slot, queue.last());
                }
            }
        }
        idleCount = kept;
        send();
    }

    private void send() throws IOException {
        boolean all = queue.isEmpty() || flush();
        int interest = all ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
        if (key != null && key.interestOps() != interest) {
            key.interestOps(interest);
        }
    }

    private boolean flush() throws IOException {
        try {
            return queue.flush(channel);
        } catch (IOException e) {
            throw new ConnectionLost(e);
        }
    }

    @Override
    public void record(ByteBuffer buffer, int start, int end) throws IOException {
        int slot = slotOf(buffer, start);
        int results = resultsOf(buffer, start, end);
        Procedure procedure = procedures[slot];
        int status = procedure == Procedure.NULL ? Reply.OK : buffer.getInt(results);
        reply.set(procedure, status, buffer, procedure == Procedure.NULL ? results : results + 4, end);
        if (procedure == Procedure.READ && status == Reply.OK) {
            beginData(slot);
            script.data(slot, 0, buffer, reply.position(), largeDataBytes, this);
        }
        finish(slot);
    }

    @Override
    public int beginLarge(ByteBuffer buffer, int start, int end) throws IOException {
        int slot = slotOf(buffer, start);
        int results = resultsOf(buffer, start, end);
        if (procedures[slot] != Procedure.READ || buffer.getInt(results) != Reply.OK) {
            return 0;
        }
        reply.set(Procedure.READ, Reply.OK, buffer, results + 4, end);
        beginData(slot);
        largeSlot = slot;
        return reply.position() - start;
    }

    @Override
    public void piece(ByteBuffer buffer, int start, int lengthBytes) {
        int length = Math.min(lengthBytes, largeDataBytes - largePosition);
        if (length > 0) {
            script.data(largeSlot, largePosition, buffer, start, length, this);
            largePosition += length;
        }
    }

    @Override
    public void endLarge() {
        nowNs = System.nanoTime();
        finish(largeSlot);
    }

    /** READ3resok up to its data (RFC 1813, 3.3.6). */
    private void beginData(int slot) throws IOException {
        reply.skipAttributes();
        int count = reply.getInt();
        boolean atEnd = reply.getBoolean();
        largeDataBytes = reply.getInt();
        largePosition = 0;
        if (largeDataBytes != count) {
            throw new IOException(
                    "READ answered with a count of " + count + " and " + largeDataBytes + " bytes, slot " + slot);
        }
        reply.setRead(count, atEnd);
    }

    private void finish(int slot) {
        if (paused) {
            paused = false;
            tally.reconnected(nowNs - repliedNs);
        }
        repliedNs = nowNs;
        tally.replied(procedures[slot], nowNs - startsNs[slot]);
        idle[idleCount++] = slot;
        // A second reply to the same call is a reply to no call.
        xids[slot] = ~xids[slot];
        if (mayReconnect()) {
            inFlight.set(slot, List.of());
        }
        script.replied(slot, reply, this);
    }

    private int slotOf(ByteBuffer buffer, int start) throws IOException {
        int answered = buffer.getInt(start);
        int slot = answered & ((1 << slotBits) - 1);
        if (slot >= xids.length || xids[slot] != answered || buffer.getInt(start + 4) != 1) {
            throw new IOException(
                    "the server answered what was not asked: transaction " + Integer.toHexString(answered));
        }
        return slot;
    }

    /** Where the results begin in an accepted and successful reply (RFC 5531, 9). */
    private int resultsOf(ByteBuffer buffer, int start, int end) throws IOException {
        int verifierBytes = end - start < 24 ? 0 : buffer.getInt(start + 16);
        int state = start + 20 + verifierBytes + (-verifierBytes & 3);
        boolean accepted = end - start >= 24 && buffer.getInt(start + 8) == 0;
        if (!accepted || verifierBytes < 0 || verifierBytes > 400 || buffer.getInt(state) != 0) {
            byte[] message = new byte[Math.min(end - start, 64)];
            buffer.get(start, message);
            throw new IOException("the server did not run the call; its reply begins with "
                    + HexFormat.of().formatHex(message));
        }
        return state + 4;
    }

    @Override
    public int xid() {
        return xid;
    }

    @Override
    public SendQueue queue() {
        return queue;
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public boolean mayBegin() {
        if (phase.isOver() || begun >= allowed) {
            return false;
        }
        begun++;
        return true;
    }

    @Override
    public Tally tally() {
        return tally;
    }
}
