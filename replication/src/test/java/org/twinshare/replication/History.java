package org.twinshare.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.twinshare.filestore.Operation.CreateMode;
import org.twinshare.filestore.Stability;

/** What happens to a tree, and where the server is killed meanwhile. Immutable. */
record History(List<Event> events) {
    private static final List<String> DIRECTORIES = List.of("", "", "p/", "q/", "p/q/");
    private static final List<String> NAMES = List.of("a", "b", "c", "p", "q");
    private static final int[] PERMISSIONS = {0600, 0644, 0755, 0770};

    /**
     * @param cut          at which step of the order of work the server is killed, counted from 0; the last one that there is
     *                     when there are fewer, and {@link #NEVER} to go on
     * @param recoveryCuts the same for each start that follows, while there are any
     */
    record Event(Act act, int cut, List<Integer> recoveryCuts) {
        static final int NEVER = -1;

        boolean isCut() {
            return cut != NEVER;
        }
    }

    /** What may be in a history. */
    record Kind(boolean local, boolean kills, int longestWrite) {}

    static History random(Random random, Kind kind, int acts) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < acts; i++) {
            boolean cut = kind.kills && random.nextInt(8) == 0;
            List<Integer> recoveryCuts = new ArrayList<>();
            while (cut && recoveryCuts.size() < 4 && random.nextInt(3) != 0) {
                recoveryCuts.add(random.nextInt(1 + random.nextInt(20)));
            }
            events.add(new Event(act(random, kind, i), cut ? random.nextInt(4) : Event.NEVER, recoveryCuts));
        }
        return new History(events);
    }

    private static Act act(Random random, Kind kind, int number) {
        String path = path(random);
        return switch (random.nextInt(20)) {
            case 0, 1, 2 -> create(random, path);
            case 3, 4 -> new Act.MakeDirectory(path, permissions(random));
            case 5 -> new Act.MakeSymlink(path, "target" + number);
            case 6 -> new Act.MakeFifo(path, permissions(random));
            case 7 -> new Act.Remove(path);
            case 8 -> new Act.RemoveDirectory(path);
            case 9, 10, 11 -> new Act.Rename(path, path(random));
            case 12 -> new Act.Link(path, path(random));
            case 13 -> set(random, path);
            case 14, 15, 16 ->
                new Act.Write(
                        path,
                        random.nextInt(200),
                        1 + random.nextInt(kind.longestWrite),
                        number,
                        any(random, Stability.values()));
            case 17 -> new Act.Commit(path);
            case 18 ->
                kind.local ? new Act.MakeLocally(path, random.nextInt(50), number) : new Act.Remove(path(random));
            case 19 -> kind.kills && random.nextInt(3) == 0 ? new Act.Checkpoint() : new Act.Look(path);
            default -> throw new AssertionError();
        };
    }

    private static <T> T any(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }

    private static String path(Random random) {
        return DIRECTORIES.get(random.nextInt(DIRECTORIES.size())) + NAMES.get(random.nextInt(NAMES.size()));
    }

    private static int permissions(Random random) {
        return PERMISSIONS[random.nextInt(PERMISSIONS.length)];
    }

    private static Act create(Random random, String path) {
        CreateMode mode = any(random, CreateMode.values());
        boolean sized = mode != CreateMode.EXCLUSIVE && random.nextInt(3) == 0;
        Long size = sized ? (long) random.nextInt(100) : null;
        return new Act.Create(path, mode, permissions(random), size, random.nextInt(2));
    }

    private static Act set(Random random, String path) {
        return new Act.Set(
                path,
                random.nextBoolean() ? permissions(random) : null,
                random.nextBoolean() ? random.nextInt(3) : null,
                random.nextInt(3) == 0 ? (long) random.nextInt(300) : null,
                random.nextInt(3) == 0 ? 1_000_000_000L * random.nextInt(1_000_000) : null);
    }

    /** The shortest history that still fails, as far as leaving out events, and kills, can find it. */
    History shrunk(Predicate<History> fails) {
        History shortest = this;
        for (int size = events.size() / 2; size >= 1; size /= 2) {
            for (int begin = 0; begin < shortest.events.size(); ) {
                History shorter = shortest.without(begin, size);
                if (fails.test(shorter)) {
                    shortest = shorter;
                } else {
                    begin += size;
                }
            }
        }
        for (int i = 0; i < shortest.events.size(); i++) {
            History shorter = shortest.calmer(i);
            if (fails.test(shorter)) {
                shortest = shorter;
            }
        }
        return shortest;
    }

    private History without(int begin, int count) {
        List<Event> left = new ArrayList<>(events);
        left.subList(begin, Math.min(events.size(), begin + count)).clear();
        return new History(List.copyOf(left));
    }

    private History calmer(int at) {
        List<Event> changed = new ArrayList<>(events);
        Event event = changed.get(at);
        changed.set(
                at,
                event.recoveryCuts.isEmpty()
                        ? new Event(event.act, Event.NEVER, List.of())
                        : new Event(event.act, event.cut, List.of()));
        return new History(List.copyOf(changed));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(event.act)
                .append(event.isCut() ? " CUT " + event.cut + " " + event.recoveryCuts : "")
                .append('\n'));
        return text.toString();
    }
}
