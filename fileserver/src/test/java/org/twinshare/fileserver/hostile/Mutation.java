package org.twinshare.fileserver.hostile;

import java.util.Arrays;
import java.util.Random;
import org.twinshare.client.probe.XdrWriter;

/** Damages calls as a seed says: lengths, words, bytes, ends and record marks. Not thread-safe. */
final class Mutation {
    private static final int LAST_FRAGMENT = 0x8000_0000;
    /** Numbers at which bounds are: of XDR, credentials, names, handles, transfers and records. */
    private static final int[] WORDS = {
        0,
        1,
        2,
        3,
        4,
        5,
        15,
        16,
        17,
        31,
        32,
        33,
        63,
        64,
        65,
        254,
        255,
        256,
        399,
        400,
        401,
        404,
        1023,
        1024,
        1025,
        4096,
        65_536,
        1 << 20,
        (1 << 20) + 1,
        1 << 21,
        1 << 30,
        Integer.MAX_VALUE,
        Integer.MAX_VALUE - 3,
        Integer.MIN_VALUE,
        Integer.MIN_VALUE + 1,
        -1,
        -2,
        -3,
        -4,
        0xffff,
        0x4000_0000
    };

    private final Random random;

    Mutation(long seed) {
        random = new Random(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** The bytes that go onto the connection for a call: a record mark, or several, and damage to the call or to the marks. */
    byte[] of(byte[] call) {
        byte[] record = call.clone();
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times; i++) {
            record = damaged(record);
        }
        return framed(record);
    }

    private byte[] damaged(byte[] record) {
        if (record.length < 8) {
            return record;
        }
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                int at = random.nextInt(record.length / 4) * 4;
                put(record, at, WORDS[random.nextInt(WORDS.length)]);
            }
            case 3 -> record[random.nextInt(record.length)] ^= (byte) (1 << random.nextInt(8));
            case 4 -> record[random.nextInt(record.length)] = (byte) random.nextInt(256);
            case 5 -> {
                return Arrays.copyOf(record, random.nextInt(record.length));
            }
            case 6 -> {
                return Arrays.copyOf(record, record.length + 1 + random.nextInt(random.nextInt(20) == 0 ? 70_000 : 64));
            }
            default -> {
                int from = random.nextInt(record.length);
                int to = random.nextInt(record.length);
                System.arraycopy(record, from, record, to, Math.min(64, record.length - Math.max(from, to)));
            }
        }
        return record;
    }

    private byte[] framed(byte[] record) {
        XdrWriter out = new XdrWriter();
        switch (random.nextInt(24)) {
            case 0 -> out.putInt(WORDS[random.nextInt(WORDS.length)]).putRaw(record);
            case 1 ->
                out.putInt(LAST_FRAGMENT | WORDS[random.nextInt(WORDS.length)]).putRaw(record);
            case 2 -> out.putInt(record.length).putRaw(record);
            case 3, 4, 5 -> {
                int cut = random.nextInt(record.length + 1);
                out.putInt(cut).putRaw(Arrays.copyOf(record, cut));
                out.putInt(LAST_FRAGMENT | record.length - cut).putRaw(Arrays.copyOfRange(record, cut, record.length));
            }
            default -> out.putInt(LAST_FRAGMENT | record.length).putRaw(record);
        }
        return out.toArray();
    }

    private static void put(byte[] record, int at, int word) {
        for (int i = 0; i < 4; i++) {
            record[at + i] = (byte) (word >>> 24 - 8 * i);
        }
    }
}
