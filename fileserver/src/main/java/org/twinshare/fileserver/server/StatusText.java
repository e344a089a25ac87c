package org.twinshare.fileserver.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The status in words, the same on the terminal and on the page. Has no state. */
public final class StatusText {
    private static final String[] UNITS = {"B", "K", "M", "G", "T", "P"};

    private StatusText() {}

    /** Several lines, the last one ended. */
    public static String of(Status status) {
        StringBuilder text = new StringBuilder();
        Status.Server server = status.server();
        line(
                text,
                "server",
                server.name() + "   role: " + server.role() + "   epoch " + server.epoch() + "   up "
                        + up(server.upSeconds()) + "   NFSv3 on " + server.address() + "   " + server.version());
        line(text, "state", status.state());
        if (!status.cause().isEmpty()) {
            line(text, "cause", status.cause());
            line(text, "action", status.action());
        }
        Status.Pair pair = status.pair();
        line(text, server.role().equals("primary") ? "standby" : "peer", (pair.peer() + "   " + pair.words()).strip());
        if (!pair.peer().isEmpty()) {
            line(text, "records", positions(pair));
        }
        text.append('\n').append(table(status.exports())).append('\n');
        Status.Load load = status.load();
        line(
                text,
                "load",
                load.connections() + " connections, " + load.callsUnderWay() + " calls under way, heap "
                        + size(load.heapBytes()) + ", buffers " + size(load.bufferBytes()) + ", replies kept "
                        + load.replyCacheEntries() + " (" + size(load.replyCacheBytes()) + "), files known "
                        + load.objectsKnown());
        line(text, "journal", journal(status.journal()));
        long localChanges = status.journal().localChanges();
        if (localChanges > 0) {
            line(
                    text,
                    "local",
                    localChanges + " times something was found that a process on the server itself had changed");
        }
        line(
                text,
                "errors",
                status.problems().isEmpty() ? "none" : status.problems().size() + ", see above");
        return text.toString();
    }

    private static String positions(Status.Pair pair) {
        String here = "here received " + pair.receivedHere() + ", durable " + pair.durableHere() + ", applied "
                + pair.appliedHere();
        return pair.receivedThere() == 0
                ? here
                : here + "; there received " + pair.receivedThere() + ", durable " + pair.durableThere() + ", applied "
                        + pair.appliedThere();
    }

    private static String journal(Status.Journal journal) {
        return String.format(
                Locale.ROOT,
                "record %d, %d since the checkpoint, %s of %s, %.2f ms a group commit, uncommitted %s of %s",
                journal.lastSequence(),
                journal.sinceCheckpoint(),
                size(journal.bytes()),
                size(journal.maxBytes()),
                journal.groupCommitMillis(),
                size(journal.uncommittedBytes()),
                size(journal.maxUncommittedBytes()));
    }

    private static void line(StringBuilder text, String label, String words) {
        text.append(String.format(Locale.ROOT, "%8s: %s%n", label, words));
    }

    private static String up(long seconds) {
        Duration up = Duration.ofSeconds(seconds);
        if (up.toDays() > 1) {
            return up.toDays() + " days";
        }
        if (up.toHours() > 0) {
            return up.toHours() + " h " + up.toMinutesPart() + " min";
        }
        return up.toMinutes() > 0 ? up.toMinutes() + " min " + up.toSecondsPart() + " s" : seconds + " s";
    }

    private static String table(List<Status.Export> exports) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"EXPORT", "FILES", "USED", "FREE", "CLIENTS", "READ/S", "WRITE/S", "P99"});
        for (Status.Export export : exports) {
            rows.add(new String[] {
                export.path(),
                count(export.files()),
                size(export.usedBytes()),
                size(export.freeBytes()),
                Integer.toString(export.clients()),
                Long.toString(export.readsPerSecond()),
                Long.toString(export.writesPerSecond()),
                String.format(Locale.ROOT, "%.1f ms", export.p99Millis())
            });
        }
        return columns(rows);
    }

    /** Columns as wide as their widest entry, three blanks between them. */
    public static String columns(List<String[]> rows) {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder("  ");
            for (int i = 0; i < row.length; i++) {
                line.append(row[i]).repeat(' ', widths[i] - row[i].length() + 3);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** Bytes with a unit, such as {@code 84G}. */
    public static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return (value < 10 && unit > 0 ? String.format(Locale.ROOT, "%.1f", value) : Long.toString(Math.round(value)))
                + UNITS[unit];
    }

    private static String count(long count) {
        return count < 1_000_000 ? Long.toString(count) : String.format(Locale.ROOT, "%.1fM", count / 1e6);
    }
}
