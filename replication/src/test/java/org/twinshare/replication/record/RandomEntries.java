package org.twinshare.replication.record;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Stability;

/** Entries with any values that their fields can have, and often those at the ends of their ranges. */
final class RandomEntries {
    static final int CHANGES = 6;
    static final int ENTRIES = 11;

    private final Random random;

    RandomEntries(Random random) {
        this.random = random;
    }

    /** Each kind in turn. */
    Entry entry(int number, long timeNs) {
        return switch (number % ENTRIES) {
            case 0 -> new Entry.Changed(call(), change(number / ENTRIES, timeNs));
            case 1 -> new Entry.Voided(number(), any(Errno.values()));
            case 2 -> new Entry.Adopted(number(), adopted());
            case 3 -> new Entry.Hot(number());
            case 4 -> new Entry.Checkpoint(number());
            case 5 -> new Entry.Alone(random.nextBoolean());
            case 6 ->
                new Entry.Referenced(
                        call(),
                        number(),
                        number(),
                        small(),
                        small(),
                        any(Stability.values()),
                        random.nextInt(),
                        number(),
                        number());
            case 7 -> new Entry.Committed(number(), number(), number(), number(), ranges());
            case 8 -> new Entry.InDoubt(ids());
            case 9 -> new Entry.ChangedLocally(ids());
            default -> new Entry.Marker();
        };
    }

    private List<Long> ids() {
        int count = random.nextInt(50) == 0 ? Entry.MAX_IN_DOUBT : random.nextInt(5);
        return IntStream.range(0, count).mapToObj(i -> number()).toList();
    }

    private List<Entry.Range> ranges() {
        return IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> new Entry.Range(number(), ByteBuffer.wrap(bytes(random.nextInt(100)))))
                .toList();
    }

    private List<Entry.AdoptedObject> adopted() {
        int count = random.nextInt(50) == 0 ? Entry.MAX_ADOPTED : random.nextInt(5);
        return IntStream.range(0, count)
                .mapToObj(i ->
                        new Entry.AdoptedObject(number(), name(), any(FileType.values()), number(), number(), number()))
                .toList();
    }

    private Change change(int kind, long timeNs) {
        return switch (kind % CHANGES) {
            case 0 ->
                new Change.Made(
                        timeNs,
                        number(),
                        number(),
                        name(),
                        any(FileType.values()),
                        small(),
                        small(),
                        small(),
                        number(),
                        bytes(random.nextInt(4) == 0 ? 4095 : random.nextInt(20)),
                        number(),
                        number(),
                        number(),
                        random.nextBoolean() ? number() : null);
            case 1 ->
                new Change.AttributesSet(timeNs, number(), small(), small(), small(), number(), number(), number());
            case 2 -> new Change.Linked(timeNs, number(), number(), name());
            case 3 -> new Change.Removed(timeNs, number(), number(), name(), random.nextBoolean());
            case 4 -> new Change.Moved(timeNs, number(), number(), name(), number(), name(), number());
            default ->
                new Change.Written(
                        timeNs,
                        number(),
                        number(),
                        ByteBuffer.wrap(bytes(random.nextInt(8) == 0 ? 1 << 20 : random.nextInt(100))),
                        any(Stability.values()),
                        small());
        };
    }

    @Nullable CallId call() {
        if (random.nextInt(4) == 0) {
            return null;
        }
        try {
            InetAddress client = InetAddress.getByAddress(bytes(random.nextBoolean() ? 4 : 16));
            return new CallId(client, random.nextInt(), random.nextInt(), random.nextLong());
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private Name name() {
        byte[] name = bytes(random.nextInt(4) == 0 ? 255 : 1 + random.nextInt(30));
        for (int i = 0; i < name.length; i++) {
            if (name[i] == 0 || name[i] == '/') {
                name[i] = 'x';
            }
        }
        try {
            return Name.of(name, 0, name.length);
        } catch (ErrnoException e) {
            throw new AssertionError(e);
        }
    }

    byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    long number() {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> Long.MIN_VALUE;
            case 2 -> Long.MAX_VALUE;
            case 3 -> -1;
            default -> random.nextLong();
        };
    }

    private int small() {
        return switch (random.nextInt(5)) {
            case 0 -> Change.KEEP;
            case 1 -> Integer.MIN_VALUE;
            case 2 -> 0;
            default -> random.nextInt();
        };
    }

    <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
