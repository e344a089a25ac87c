package org.twinshare.exports.file;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.twinshare.exports.Diagnostic;
import org.twinshare.exports.Diagnostic.Severity;
import org.twinshare.exports.Location;

/**
 * What was found while reading, in the order it was found: each thing once, and not more than an operator reads. Not
 * thread-safe.
 */
final class Diagnostics {

    /** Errors shown at most, and warnings: a file that is no exports file at all has one in every line. */
    static final int MAX_SHOWN = 100;

    private final List<Diagnostic> found = new ArrayList<>();
    private final Set<Diagnostic> seen = new HashSet<>();
    private final Map<String, Repeated> repeated = new HashMap<>();
    private final Map<Severity, Integer> counts = new EnumMap<>(Severity.class);

    void add(Severity severity, Location location, String message, String remedy) {
        add(new Diagnostic(severity, location, message, remedy));
    }

    void add(Diagnostic diagnostic) {
        if (seen.size() < 2 * MAX_SHOWN && !seen.add(diagnostic)) {
            return;
        }
        int count = counts.merge(diagnostic.severity(), 1, Integer::sum);
        if (count <= MAX_SHOWN) {
            found.add(diagnostic);
        }
    }

    /** A warning shown only where its kind occurs first; {@link #list} says how often it occurred in all. */
    void warnOnce(String kind, Location location, String message, String remedy) {
        Repeated earlier = repeated.get(kind);
        if (earlier == null) {
            Diagnostic first = new Diagnostic(Severity.WARNING, location, message, remedy);
            add(first);
            repeated.put(kind, new Repeated(first));
        } else {
            earlier.count++;
        }
    }

    boolean hasErrors() {
        return counts.containsKey(Severity.ERROR);
    }

    /** All of them, the repeated ones with their count, and a last one that tells how many are not shown. */
    List<Diagnostic> list() {
        Map<Diagnostic, Diagnostic> counted = new HashMap<>();
        repeated.values().forEach(each -> counted.put(each.first, each.counted()));
        List<Diagnostic> all = new ArrayList<>();
        found.forEach(each -> all.add(counted.getOrDefault(each, each)));
        counts.forEach((severity, count) -> {
            if (count > MAX_SHOWN) {
                String file = found.get(found.size() - 1).location().file();
                String message = (count - MAX_SHOWN) + " more of this severity are not shown";
                all.add(new Diagnostic(severity, Location.ofFile(file), message, "correct those above first"));
            }
        });
        return List.copyOf(all);
    }

    /** A warning and how often its kind occurred. */
    private static final class Repeated {

        private final Diagnostic first;
        private int count = 1;

        Repeated(Diagnostic first) {
            this.first = first;
        }

        Diagnostic counted() {
            String message = count == 1 ? first.message() : first.message() + " (" + count + " times in all)";
            return new Diagnostic(first.severity(), first.location(), message, first.remedy());
        }
    }
}
