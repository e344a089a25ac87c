package org.twinshare.fileserver.lab;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.CreateCalls;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.FileType;
import org.twinshare.client.probe.Timestamp;

/** What a directory should hold: every object below it by its path. A value: changes make a new one. */
record CrashTree(TreeMap<String, Item> items) {
    static final int UNKNOWN = -1;

    /**
     * One object; names that are hard links have equal ones.
     *
     * @param handle    null while no reply has told it
     * @param mode      {@link #UNKNOWN} where the server chose it
     * @param content   the bytes of a file or the text of a symbolic link
     * @param doubtFrom first byte that was sent but not acknowledged as stable
     * @param doubtTo   where that ends
     * @param leastSize the size that is on the disk for certain
     * @param modified  the mtime that it keeps; null where it is the server's
     */
    record Item(
            @Nullable FileHandle handle,
            long fileid,
            FileType type,
            int mode,
            byte[] content,
            int doubtFrom,
            int doubtTo,
            int leastSize,
            @Nullable Timestamp modified) {

        static Item of(@Nullable FileHandle handle, long fileid, FileType type, int mode, byte[] content) {
            return new Item(handle, fileid, type, mode, content, 0, 0, content.length, null);
        }

        /** Whether two names are hard links to one object. */
        boolean isSame(Item other) {
            return handle == null ? this.equals(other) : handle.equals(other.handle);
        }

        Item mode(int newMode) {
            return new Item(handle, fileid, type, newMode, content, doubtFrom, doubtTo, leastSize, modified);
        }

        Item modified(Timestamp time) {
            return new Item(handle, fileid, type, mode, content, doubtFrom, doubtTo, leastSize, time);
        }

        /** All of it is there; when it was written is for the server to say. */
        Item content(byte[] newContent) {
            return of(handle, fileid, type, mode, newContent);
        }

        Item identity(FileHandle newHandle, long newFileid, int newMode) {
            return new Item(newHandle, newFileid, type, newMode, content, doubtFrom, doubtTo, leastSize, modified);
        }

        /** These bytes were sent, and may or may not be on the disk, each of them. */
        Item doubtful(int offset, byte[] data) {
            byte[] grown = Arrays.copyOf(content, Math.max(content.length, offset + data.length));
            System.arraycopy(data, 0, grown, offset, data.length);
            // What lies between the old end and the offset is a hole, and in doubt too.
            int from = Math.min(offset, content.length);
            boolean first = doubtFrom == doubtTo;
            return new Item(
                    handle,
                    fileid,
                    type,
                    mode,
                    grown,
                    first ? from : Math.min(from, doubtFrom),
                    first ? offset + data.length : Math.max(offset + data.length, doubtTo),
                    leastSize,
                    null);
        }

        /** What is wrong with the object that is there; null when nothing is. */
        @Nullable String differenceTo(Item actual) {
            if (actual.type != type) {
                return "is a " + actual.type + ", not a " + type;
            }
            if (handle != null && (!handle.equals(actual.handle) || fileid != actual.fileid)) {
                return "has another handle or fileid";
            }
            if (mode != UNKNOWN && mode != actual.mode) {
                return "has mode " + Integer.toOctalString(actual.mode) + ", not " + Integer.toOctalString(mode);
            }
            if (modified != null && !modified.equals(actual.modified)) {
                return "has mtime " + actual.modified + ", not " + modified;
            }
            return type == FileType.DIRECTORY ? null : differenceOfContent(actual.content);
        }

        private @Nullable String differenceOfContent(byte[] actual) {
            if (actual.length < leastSize || actual.length > content.length) {
                return "has " + actual.length + " bytes, not " + leastSize + " to " + content.length;
            }
            for (int i = 0; i < actual.length; i++) {
                if (actual[i] != content[i] && (i < doubtFrom || i >= doubtTo)) {
                    return "has wrong content from byte " + i + " of " + actual.length;
                }
            }
            return null;
        }
    }

    /** The tree when an object has been made, and the reply has told its handle. */
    static CrashTree made(String path, CrashTree after, CreateCalls.Created made) {
        FileHandle handle = made.handle().orElseThrow();
        return after.update(
                path,
                item -> item.identity(
                        handle,
                        made.attributes().orElseThrow().fileid(),
                        made.attributes().orElseThrow().mode()));
    }

    static CrashTree empty() {
        return new CrashTree(new TreeMap<>());
    }

    private CrashTree changed(UnaryOperator<TreeMap<String, Item>> change) {
        return new CrashTree(change.apply(new TreeMap<>(items)));
    }

    CrashTree with(String path, Item item) {
        return changed(copy -> {
            copy.put(path, item);
            return copy;
        });
    }

    CrashTree without(String path) {
        return changed(copy -> {
            copy.remove(path);
            return copy;
        });
    }

    /** The object of a path changed, under all its names. */
    CrashTree update(String path, UnaryOperator<Item> change) {
        Item old = at(path);
        Item next = change.apply(old);
        return changed(copy -> {
            copy.replaceAll((name, item) -> item.isSame(old) ? next : item);
            return copy;
        });
    }

    /** The object and everything below it under a new path, in place of what is there. */
    CrashTree moved(String from, String to) {
        return changed(copy -> {
            TreeMap<String, Item> moving = new TreeMap<>();
            for (String path : List.copyOf(copy.keySet())) {
                if (path.equals(from) || path.startsWith(from + "/")) {
                    moving.put(to + path.substring(from.length()), copy.remove(path));
                }
            }
            copy.putAll(moving);
            return copy;
        });
    }

    Item at(String path) {
        Item item = items.get(path);
        if (item == null) {
            throw new IllegalStateException("no " + path + " in the model");
        }
        return item;
    }

    boolean has(String path) {
        return items.containsKey(path);
    }

    boolean hasBelow(String path) {
        return items.keySet().stream().anyMatch(other -> other.startsWith(path + "/"));
    }

    long namesOf(Item item) {
        return items.values().stream().filter(item::isSame).count();
    }

    /** What is wrong with a tree that was found, one line each. */
    List<String> differencesTo(CrashTree actual) {
        TreeMap<String, String> wrong = new TreeMap<>();
        for (Map.Entry<String, Item> expected : items.entrySet()) {
            Item found = actual.items.get(expected.getKey());
            String difference = found == null ? "is gone" : expected.getValue().differenceTo(found);
            if (difference != null) {
                wrong.put(expected.getKey(), difference);
            }
        }
        for (String path : actual.items.keySet()) {
            if (!items.containsKey(path)) {
                wrong.put(path, "should not be there");
            }
        }
        return wrong.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .toList();
    }
}
