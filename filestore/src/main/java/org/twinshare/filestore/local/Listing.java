package org.twinshare.filestore.local;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Name;

/**
 * The entries of one directory in the order of their cookies: a sorted table as it was read, and the changes since. A name
 * costs its own length and 28 bytes. Guarded by its own monitor.
 */
final class Listing {
    /**
     * An entry.
     *
     * @param id 0 while it is not known whose name it is
     */
    record Entry(long cookie, long id, Name name) {}

    private final long[] cookies;
    private final long[] ids;
    private final byte[] names;
    /** Where the name of an entry begins; one more than there are entries. */
    private final int[] begins;

    /** Entries that came or changed since, by cookie; null for one that went. */
    private final TreeMap<Long, @Nullable Entry> changed = new TreeMap<>();

    /** Local mtime and ctime of the directory that these entries belong to. */
    private long modifyNs;

    private long changeNs;
    /** False while a change in the same tick of the kernel's clock could have been missed. */
    private final boolean settled;

    private Listing(
            long[] cookies, long[] ids, byte[] names, int[] begins, long modifyNs, long changeNs, boolean settled) {
        this.cookies = cookies;
        this.ids = ids;
        this.names = names;
        this.begins = begins;
        this.modifyNs = modifyNs;
        this.changeNs = changeNs;
        this.settled = settled;
    }

    /** Collects the names of a directory as the kernel hands them out, and gives each its cookie. */
    static final class Builder {
        private byte[] names = new byte[1024];
        private int[] begins = new int[64];
        private int count;

        void add(byte[] from, int offset, int length) {
            if (count + 2 > begins.length) {
                begins = Arrays.copyOf(begins, begins.length * 2);
            }
            int begin = begins[count];
            if (begin + length > names.length) {
                names = Arrays.copyOf(names, Math.max(names.length * 2, begin + length));
            }
            System.arraycopy(from, offset, names, begin, length);
            begins[++count] = begin + length;
        }

        Listing build(long directory, Cookies cookies, long modifyNs, long changeNs, boolean settled) {
            long[] unsorted = cookies.all(directory, names, begins, count);
            long[] inOrder = unsorted.clone();
            Arrays.sort(inOrder);
            int[] order = new int[count];
            for (int i = 0; i < count; i++) {
                order[Arrays.binarySearch(inOrder, unsorted[i])] = i;
            }
            return sorted(inOrder, order, modifyNs, changeNs, settled);
        }

        private Listing sorted(long[] cookies, int[] order, long modifyNs, long changeNs, boolean settled) {
            byte[] sortedNames = new byte[begins[count]];
            int[] sortedBegins = new int[count + 1];
            for (int i = 0; i < count; i++) {
                int from = begins[order[i]];
                int length = begins[order[i] + 1] - from;
                System.arraycopy(names, from, sortedNames, sortedBegins[i], length);
                sortedBegins[i + 1] = sortedBegins[i] + length;
            }
            return new Listing(cookies, new long[count], sortedNames, sortedBegins, modifyNs, changeNs, settled);
        }
    }

    /** Whether it shows the directory as it is, given the directory's local times. */
    synchronized boolean shows(long directoryModifyNs, long directoryChangeNs) {
        return modifyNs == directoryModifyNs && changeNs == directoryChangeNs;
    }

    boolean settled() {
        return settled;
    }

    /** The next entries behind a cookie, at most so many. */
    synchronized List<Entry> after(long cookie, int most) {
        List<Entry> page = new ArrayList<>(most);
        int at = Arrays.binarySearch(cookies, cookie + 1);
        at = at < 0 ? -at - 1 : at;
        Map.Entry<Long, @Nullable Entry> change = changed.higherEntry(cookie);
        while (page.size() < most && (at < cookies.length || change != null)) {
            boolean fromTable = change == null || at < cookies.length && cookies[at] < change.getKey();
            if (fromTable) {
                page.add(new Entry(cookies[at], ids[at], name(names, begins, at)));
                at++;
            } else {
                if (at < cookies.length && cookies[at] == change.getKey()) {
                    at++;
                }
                if (change.getValue() != null) {
                    page.add(change.getValue());
                }
                change = changed.higherEntry(change.getKey());
            }
        }
        return page;
    }

    /** Name {@code at} of names that lie one behind another. */
    static Name name(byte[] names, int[] begins, int at) {
        try {
            return Name.of(names, begins[at], begins[at + 1] - begins[at]);
        } catch (ErrnoException e) {
            throw new IllegalStateException("the kernel gave a name that no file can have", e);
        }
    }

    /** Keeps whose name an entry is, unless the name has changed hands since the entry was taken from here. */
    synchronized void identified(Entry entry, long id) {
        if (changed.containsKey(entry.cookie())) {
            changed.computeIfPresent(
                    entry.cookie(), (cookie, now) -> now.equals(entry) ? new Entry(cookie, id, now.name()) : now);
            return;
        }
        int at = Arrays.binarySearch(cookies, entry.cookie());
        if (at >= 0 && ids[at] == entry.id()) {
            ids[at] = id;
        }
    }

    /** A name came, or belongs to another object now. */
    synchronized void put(Entry entry) {
        changed.put(entry.cookie(), entry);
    }

    /** A name went. */
    synchronized void remove(long cookie) {
        changed.put(cookie, null);
    }

    /** Whether no other name has this cookie. */
    synchronized boolean isFreeFor(Name name, long cookie) {
        if (changed.containsKey(cookie)) {
            Entry entry = changed.get(cookie);
            return entry == null || entry.name().equals(name);
        }
        int at = Arrays.binarySearch(cookies, cookie);
        return at < 0 || name(names, begins, at).equals(name);
    }

    /** The directory's local times after our own change. */
    synchronized void stamp(long directoryModifyNs, long directoryChangeNs) {
        modifyNs = directoryModifyNs;
        changeNs = directoryChangeNs;
    }

    /** Whether so much has changed that reading it again is cheaper than keeping the changes. */
    synchronized boolean isWorn() {
        return changed.size() > 1024 + cookies.length / 4;
    }

    /** Memory that it takes, roughly. */
    int weightBytes() {
        return 200 + names.length + 20 * cookies.length;
    }
}
