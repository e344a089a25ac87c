package org.twinshare.client.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.FakeServer;
import org.twinshare.client.probe.MountProcedure;
import org.twinshare.client.probe.Procedure;
import org.twinshare.client.probe.XdrReader;
import org.twinshare.client.probe.XdrWriter;

/**
 * A file server in memory that knows just enough for a run of the load generator, and fails on demand: files, flat, with
 * a number for a handle. Safe for use by the threads of a {@link FakeServer}.
 */
final class FakeFiles implements FakeServer.Behaviour {
    private static final String NO_ATTRIBUTES = "00000000";
    private static final String NO_WCC = "00000000" + "00000000";

    /** What goes wrong. */
    enum Fault {
        FLIPPED_BYTE,
        SHORT_READ,
        NEW_VERIFIER,
        MISSING_ENTRY,
        OTHER_TRANSACTION,
        SAME_REPLY_TWICE,
        SILENCE
    }

    private final Map<Integer, byte[]> contents = new ConcurrentHashMap<>();
    private final Map<Procedure, Integer> statuses = new ConcurrentHashMap<>();
    private final Set<Fault> faults = ConcurrentHashMap.newKeySet();
    private final AtomicInteger handles = new AtomicInteger();
    private final AtomicInteger verifiers = new AtomicInteger();

    /** From now on the procedure ends with this status. */
    void failWith(Procedure procedure, int status) {
        statuses.put(procedure, status);
    }

    void inject(Fault fault) {
        faults.add(fault);
    }

    @Override
    public byte[] answer(FakeServer.Received call) {
        try {
            XdrReader in = argumentsOf(call);
            if (call.program() == MountProcedure.PROGRAM) {
                return call.success("00000000" + "00000004" + "00000000" + "00000001" + "00000001");
            }
            Procedure procedure = procedureOf(call);
            Integer status = statuses.get(procedure);
            if (status != null && !faults.contains(Fault.SILENCE)) {
                return call.success("%08x".formatted(status) + NO_WCC);
            }
            return faulty(procedure, call.success(results(procedure, in)));
        } catch (IOException undecodable) {
            throw new IllegalStateException(undecodable);
        }
    }

    private static Procedure procedureOf(FakeServer.Received call) {
        return Arrays.stream(Procedure.values())
                .filter(each -> each.number() == call.procedure())
                .findFirst()
                .orElseThrow();
    }

    private byte[] faulty(Procedure procedure, byte[] reply) {
        if (procedure == Procedure.NULL && faults.contains(Fault.SILENCE)) {
            return new byte[0];
        }
        if (procedure == Procedure.NULL && faults.contains(Fault.OTHER_TRANSACTION)) {
            reply[4] ^= 1;
        }
        if (procedure == Procedure.NULL && faults.contains(Fault.SAME_REPLY_TWICE)) {
            return new XdrWriter().putRaw(reply).putRaw(reply).toArray();
        }
        return reply;
    }

    /** Behind xid, type, version, program, version, procedure, and two opaque bodies with a flavour each. */
    private static XdrReader argumentsOf(FakeServer.Received call) throws IOException {
        XdrReader in = new XdrReader(call.record().toArray());
        for (int field = 0; field < 6; field++) {
            in.getInt();
        }
        in.getInt();
        in.getOpaque(400);
        in.getInt();
        in.getOpaque(400);
        return in;
    }

    private String results(Procedure procedure, XdrReader in) throws IOException {
        return switch (procedure) {
            case NULL -> "";
            case MKDIR, CREATE ->
                "00000000" + "00000001" + "00000004" + "%08x".formatted(handles.incrementAndGet()) + NO_ATTRIBUTES
                        + NO_WCC;
            case READ -> read(handle(in), in.getLong(), in.getInt());
            case WRITE -> write(in);
            case COMMIT -> "00000000" + NO_WCC + verifier();
            case READDIRPLUS -> listing(in.getOpaque(64), in.getLong());
            case GETATTR, REMOVE, RMDIR -> "00000000" + NO_WCC;
            default -> throw new IllegalStateException("not needed: " + procedure);
        };
    }

    private static int handle(XdrReader in) throws IOException {
        return new XdrReader(in.getOpaque(64).toArray()).getInt();
    }

    private String verifier() {
        return "%016x".formatted(faults.contains(Fault.NEW_VERIFIER) ? verifiers.incrementAndGet() : 1);
    }

    private String write(XdrReader in) throws IOException {
        int handle = handle(in);
        int offset = (int) in.getLong();
        in.getInt();
        int stability = in.getInt();
        byte[] data = in.getOpaque(8 << 20).toArray();
        contents.compute(handle, (key, old) -> {
            byte[] grown = Arrays.copyOf(
                    old == null ? new byte[0] : old, Math.max(old == null ? 0 : old.length, offset + data.length));
            System.arraycopy(data, 0, grown, offset, data.length);
            return grown;
        });
        return "00000000" + NO_WCC + "%08x%08x".formatted(data.length, stability) + verifier();
    }

    private String read(int handle, long offset, int count) {
        byte[] content = contents.getOrDefault(handle, new byte[0]);
        int end = Math.min(content.length, (int) offset + count) - (faults.contains(Fault.SHORT_READ) ? 4 : 0);
        byte[] data = Arrays.copyOfRange(content, (int) offset, end);
        if (faults.contains(Fault.FLIPPED_BYTE)) {
            data[data.length / 2] ^= 0x10;
        }
        XdrWriter out = new XdrWriter().putInt(data.length).putInt(0).putOpaque(data);
        return "00000000" + NO_ATTRIBUTES + Bytes.of(out.toArray()).toHex();
    }

    /** Ten entries in two pages, the same in every directory but the fixture's own, which looks empty. */
    private String listing(Bytes handle, long cookie) {
        if (handle.equals(Bytes.ofHex("00000001"))) {
            return "00000000" + NO_ATTRIBUTES + "0000000000000001" + "00000000" + "00000001";
        }
        List<String> entries = new ArrayList<>();
        int first = (int) cookie + 1;
        int last = faults.contains(Fault.MISSING_ENTRY) && first > 5 ? 9 : first + 4;
        for (int each = first; each <= last; each++) {
            entries.add("00000001" + "%016x".formatted(each) + "00000002" + "%02x".formatted(96 + each) + "2e0000"
                    + "%016x".formatted(each) + NO_ATTRIBUTES + "00000000");
        }
        boolean end = first > 5;
        return "00000000" + NO_ATTRIBUTES + "0000000000000001" + String.join("", entries) + "00000000"
                + (end ? "00000001" : "00000000");
    }
}
