package org.twinshare.client.pull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What leads from one tree to another.
 *
 * @param changed what is new or other in the second, in the order of its manifest
 * @param replaced of the first, what has to go before {@code changed} can come, files and links
 * @param removed  files and links that the second does not have
 * @param directories directories that the second does not have, the deepest first
 */
record Difference(List<Entry> changed, List<Entry> replaced, List<Entry> removed, List<Entry> directories) {

    /** @param root whether owners count */
    static Difference between(Manifest before, Manifest after, boolean root) {
        List<Entry> changed = new ArrayList<>();
        List<Entry> replaced = new ArrayList<>();
        for (Entry entry : after.notIn(before)) {
            Entry old = before.entries().get(entry.path());
            if (old != null && entry.looksLike(old, root)) {
                continue;
            }
            changed.add(entry);
            if (old != null && !(old.isDirectory() && entry.isDirectory())) {
                replaced.add(old);
            }
        }
        List<Entry> gone = before.notIn(after).stream()
                .filter(entry -> !after.entries().containsKey(entry.path()))
                .toList();
        List<Entry> directories =
                new ArrayList<>(gone.stream().filter(Entry::isDirectory).toList());
        replaced.stream().filter(Entry::isDirectory).forEach(directories::add);
        replaced.removeIf(Entry::isDirectory);
        directories.sort(Comparator.comparing(Entry::path).reversed());
        return new Difference(
                changed,
                replaced,
                gone.stream().filter(entry -> !entry.isDirectory()).toList(),
                directories);
    }

    long bytes() {
        return changed.stream().mapToLong(Entry::sizeBytes).sum();
    }

    /** Files of the first that the second does not have. */
    List<Entry> vanished() {
        return removed.stream().filter(Entry::isFile).toList();
    }

    /** In words, with the first names. */
    List<String> words(int most) {
        List<String> words = new ArrayList<>();
        words.add(changed.size() + " entries are new or other, " + removed.size() + " are gone");
        changed.stream().limit(most).forEach(entry -> words.add("  + " + entry.path()));
        removed.stream().limit(most).forEach(entry -> words.add("  - " + entry.path()));
        if (changed.size() > most || removed.size() > most) {
            words.add("  and more");
        }
        return words;
    }
}
