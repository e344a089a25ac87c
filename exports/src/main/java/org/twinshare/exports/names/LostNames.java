package org.twinshare.exports.names;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which names of the table were found once and are not any more, so that an operator is told once when one is lost,
 * when it is given up and when it is back. A name never found is told of when the table is loaded. Thread-safe.
 */
final class LostNames {

    /** Lost names; true once what was known of them is given up. */
    private final Map<String, Boolean> lost = new ConcurrentHashMap<>();

    private final Duration keepFor;

    /**
     * @param keepFor how long a lost name keeps what was known of it
     */
    LostNames(Duration keepFor) {
        this.keepFor = keepFor;
    }

    /**
     * What to tell after an answer, if anything.
     *
     * @param name    as the table writes it
     * @param failure why the look-up found nothing; empty when it did
     * @param kept    true when something is known of the name nevertheless
     */
    Optional<String> answered(String name, Optional<String> failure, boolean kept) {
        if (failure.isEmpty()) {
            boolean wasLost = lost.remove(name) != null;
            return wasLost ? Optional.of(name + " of the exports table is found again") : Optional.empty();
        }
        String query = name.startsWith("@") ? "getent netgroup " + name.substring(1) : "getent ahosts " + name;
        if (kept && lost.putIfAbsent(name, false) == null) {
            return Optional.of(name + " of the exports table is not found any more: " + failure.get()
                    + "; what was known of it stays for " + keepFor.toMinutes()
                    + " min. See what the name service says: " + query);
        }
        if (!kept && lost.replace(name, false, true)) {
            return Optional.of(name + " of the exports table was not found for " + keepFor.toMinutes()
                    + " min: its clients are refused from now on. See what the name service says: " + query);
        }
        return Optional.empty();
    }

    /** Forgets all names but these, written as the table writes them. */
    void retain(Collection<String> names) {
        lost.keySet().retainAll(names);
    }
}
