package org.twinshare.client.node;

/**
 * How a program ended, and what it printed.
 *
 * @param exitCode what it returned; meaningless when it did not end in time
 * @param timedOut it did not end in time, and was sent SIGKILL
 */
public record Ended(int exitCode, String out, String err, boolean timedOut) {
    public boolean isOk() {
        return !timedOut && exitCode == 0;
    }

    /** The last line of what it complained about, for a cause. */
    public String complaint() {
        String text = err.isBlank() ? out : err;
        String last = text.strip().lines().reduce("", (first, second) -> second);
        return last.isEmpty() ? "exit code " + exitCode : last;
    }
}
