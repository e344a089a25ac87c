package org.twinshare.client.bench;

import java.util.OptionalDouble;

/**
 * One line of the comparison of two servers: which run, which of its figures, and the goal for the second server divided
 * by the first, where there is one.
 *
 * @param label  names the run's files
 * @param figure where the figure is in the run's JSON, names joined by slashes
 * @param unit   of the figure as it is printed
 * @param scale  what the figure is divided by to be printed
 * @param goal   the least ratio, or for {@link Unit#TIMES} the most that the second server's own figure may be
 */
record ComparisonRow(String label, String title, String figure, Unit unit, double scale, OptionalDouble goal) {

    /** What a figure counts. */
    enum Unit {
        OPERATIONS("op/s"),
        ENTRIES("entries/s"),
        MIB("MiB/s"),
        TIMES("times");

        private final String text;

        Unit(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    static ComparisonRow operations(String label, String title) {
        return new ComparisonRow(label, title, "operations_per_second", Unit.OPERATIONS, 1, OptionalDouble.empty());
    }

    static ComparisonRow bytes(String label, String title) {
        return new ComparisonRow(label, title, "bytes_per_second", Unit.MIB, 1 << 20, OptionalDouble.empty());
    }

    static ComparisonRow entries(String label, String title, String figure) {
        return new ComparisonRow(label, title, figure, Unit.ENTRIES, 1, OptionalDouble.empty());
    }

    static ComparisonRow times(String label, String title, String figure) {
        return new ComparisonRow(label, title, figure, Unit.TIMES, 1, OptionalDouble.empty());
    }

    ComparisonRow goal(double newGoal) {
        return new ComparisonRow(label, title, figure, unit, scale, OptionalDouble.of(newGoal));
    }

    /** Whether the line is the first of its run, which is where the costs are shown. */
    boolean showsCosts() {
        return figure.endsWith("_per_second") && !figure.startsWith("first/");
    }
}
