package org.twinshare.replication.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.Wcc;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.journal.JournalSettings;

class EntryCodecTest {
    private static final long TIME_NS = 0x1122_3344_5566_7788L;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final RandomEntries entries = new RandomEntries(random);

    private static JournalRecord record(byte type, ByteBuffer body) {
        return new JournalRecord(1, 1, type, TIME_NS, 0, body);
    }

    /** An array in a record compares by identity, so the one of the other is put in its place when it has the same bytes. */
    private static void assertSame(Entry actual, Entry expected, String how) {
        assertThat(withTargetOf(expected, actual)).as(how).isEqualTo(expected);
    }

    private static Entry withTargetOf(Entry expected, Entry actual) {
        if (expected instanceof Entry.Changed e
                && e.change() instanceof Change.Made wanted
                && actual instanceof Entry.Changed a
                && a.change() instanceof Change.Made made
                && Arrays.equals(made.target(), wanted.target())) {
            Change same = new Change.Made(
                    made.timeNs(),
                    made.object(),
                    made.directory(),
                    made.name(),
                    made.type(),
                    made.mode(),
                    made.uid(),
                    made.gid(),
                    made.rdev(),
                    wanted.target(),
                    made.sizeBytes(),
                    made.accessNs(),
                    made.modifyNs(),
                    made.verifier());
            return new Entry.Changed(a.call(), same);
        }
        return actual;
    }

    @Test
    void everyEntryComesBackAsItWas() throws Exception {
        Set<Object> kinds = new HashSet<>();
        for (int i = 0; i < 4_000; i++) {
            Entry entry = entries.entry(i, TIME_NS);
            ByteBuffer body = EntryCodec.encode(entry);
            Entry decoded = EntryCodec.decode(record(EntryCodec.type(entry), body));
            assertSame(decoded, entry, "seed " + seed + ", entry " + i);
            kinds.add(entry instanceof Entry.Changed changed ? changed.change().getClass() : entry.getClass());
        }
        assertThat(kinds).hasSize(RandomEntries.CHANGES + RandomEntries.ENTRIES - 1);
    }

    /** Whatever the bytes, there is an entry or a clear error, and an entry is written again as the same bytes. */
    @Test
    void bytesThatAreDamagedAreAnEntryOrAreRefused() {
        int decoded = 0;
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            Entry entry = entries.entry(i, TIME_NS);
            byte[] bytes = damaged(EntryCodec.encode(entry));
            byte type = random.nextInt(5) == 0 ? (byte) random.nextInt() : EntryCodec.type(entry);
            try {
                Entry other = EntryCodec.decode(record(type, ByteBuffer.wrap(bytes)));
                assertThat(EntryCodec.encode(other).equals(ByteBuffer.wrap(bytes)))
                        .as("seed " + seed)
                        .isTrue();
                decoded++;
            } catch (MalformedRecord e) {
                assertThat(e).hasMessageStartingWith("record 1 of type " + type + " holds ");
                refused++;
            }
        }
        assertThat(decoded).isGreaterThan(1_000);
        assertThat(refused).isGreaterThan(1_000);
    }

    private byte[] damaged(ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            case 1 -> Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(9));
            case 2 -> entries.bytes(random.nextInt(200));
            default -> {
                if (bytes.length > 0) {
                    bytes[random.nextInt(Math.min(bytes.length, 80))] = (byte) random.nextInt();
                }
                yield bytes;
            }
        };
    }

    @Test
    void aFullBatchOfTheLongestNamesFitsIntoOneRecord() {
        Name longest = Name.of("n".repeat(Name.MAX_BYTES));
        List<Entry.AdoptedObject> objects = new ArrayList<>();
        for (int i = 0; i < Entry.MAX_ADOPTED; i++) {
            objects.add(new Entry.AdoptedObject(i, longest, FileType.REGULAR, i, i, i));
        }
        ByteBuffer body = EntryCodec.encode(new Entry.Adopted(1, objects));
        assertThat(body.remaining()).isLessThanOrEqualTo(JournalSettings.DEFAULT.maxBodyBytes());
        objects.add(objects.getFirst());
        assertThatThrownBy(() -> new Entry.Adopted(1, objects)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anotherVersionIsNamed() {
        ByteBuffer body = EntryCodec.encode(new Entry.Hot(5));
        body.put(0, (byte) 9);
        assertThatThrownBy(() -> EntryCodec.decode(record((byte) 4, body)))
                .hasMessage("record 1 of type 4 holds version 9, and this program knows version 1");
    }

    /** Put together by hand from the drawings in docs/journal.md. */
    @Test
    void areAsTheyAreDrawn() throws Exception {
        CallId call = new CallId(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}), 0x11223344, 7, 0xabcdL);
        assertBytes(
                new Entry.Changed(call, new Change.Removed(TIME_NS, 5, 2, Name.of("ab"), false)),
                1,
                "01 01 04 0a000001 11223344 00000007 000000000000abcd"
                        + "04 0000000000000005 0000000000000002 00 02 6162");
        assertBytes(
                new Entry.Changed(
                        null,
                        new Change.Made(
                                TIME_NS,
                                6,
                                2,
                                Name.of("n"),
                                FileType.SYMLINK,
                                0777,
                                1,
                                2,
                                0,
                                new byte[] {'t'},
                                1,
                                3,
                                4,
                                null)),
                1,
                "01 00 01 0000000000000006 0000000000000002 0a 000001ff 00000001 00000002 0000000000000000"
                        + "0000000000000001 0000000000000003 0000000000000004 00 0000000000000000 01 6e 0001 74");
        assertBytes(new Entry.Voided(9, Errno.ENOSPC), 2, "01 0000000000000009 0000001c");
        assertBytes(
                new Entry.Adopted(2, List.of(new Entry.AdoptedObject(7, Name.of("x"), FileType.DIRECTORY, 8, 9, 10))),
                3,
                "01 0000000000000002 0001 0000000000000007 04 0000000000000008 0000000000000009 000000000000000a 01 78");
        assertBytes(new Entry.Hot(3), 4, "01 0000000000000003");
        assertBytes(new Entry.Checkpoint(4), 5, "01 0000000000000004");
        assertBytes(new Entry.Alone(true), 6, "01 01");
        assertBytes(
                new Entry.Referenced(null, 3, 4, 5, -1, Stability.UNSTABLE, 0x01020304, 6, 7),
                7,
                "01 00 0000000000000003 0000000000000004 00000005 ffffffff 00 01020304 0000000000000006"
                        + "0000000000000007");
        assertBytes(new Entry.InDoubt(List.of(3L, 4L)), 9, "01 0002 0000000000000003 0000000000000004");
        assertBytes(new Entry.ChangedLocally(List.of(5L)), 10, "01 0001 0000000000000005");
        assertBytes(new Entry.Marker(), 0, "");
    }

    private static void assertBytes(Entry entry, int type, String hex) {
        assertThat(EntryCodec.type(entry)).isEqualTo((byte) type);
        assertThat(EntryCodec.encode(entry))
                .isEqualTo(ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", ""))));
    }

    /** As the first journals have it. */
    @Test
    void aWriteByReferenceMayNotTellItsTime() throws Exception {
        byte[] body = HexFormat.of().parseHex("010000000000000000030000000000000004" + "00000005ffffffff0001020304");
        assertThat(EntryCodec.decode(new JournalRecord(1, 1, EntryCodec.REFERENCED, 9, 0, ByteBuffer.wrap(body))))
                .isEqualTo(new Entry.Referenced(
                        null, 3, 4, 5, -1, Stability.UNSTABLE, 0x01020304, Change.KEEP_LONG, Change.KEEP_LONG));
    }

    @Test
    void aCallComesBackWithItsOutcomeButWithoutAttributes() throws Exception {
        ByteBuffer buffer = ByteBuffer.allocate(100_000);
        List<CallCodec.Answered> expected = new ArrayList<>();
        Attributes attributes = new Attributes(5, FileType.REGULAR, 0644, 1, 0, 0, 9, 9, 0, 1, 2, 3);
        while (buffer.remaining() >= CallCodec.MAX_BYTES) {
            CallId call = entries.call();
            if (call == null) {
                continue;
            }
            Errno error = random.nextBoolean() ? null : entries.any(Errno.values());
            Stability stability = entries.any(Stability.values());
            long object = entries.number();
            int count = random.nextInt();
            Wcc wcc = Wcc.unchanged(attributes);
            CallCodec.encode(buffer, call, new Outcome(error, object, attributes, wcc, wcc, count, stability));
            expected.add(new CallCodec.Answered(
                    call, new Outcome(error, object, null, Wcc.NONE, Wcc.NONE, count, stability)));
        }
        buffer.flip();
        for (CallCodec.Answered answered : expected) {
            assertThat(CallCodec.decode(buffer)).as("seed " + seed).isEqualTo(answered);
        }
        assertThat(buffer.hasRemaining()).isFalse();
    }
}
