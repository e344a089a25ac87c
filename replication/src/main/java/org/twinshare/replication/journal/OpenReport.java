package org.twinshare.replication.journal;

import org.jspecify.annotations.Nullable;

/**
 * What was found when the journal was opened.
 *
 * @param oldestSequence of the first record in it; one more than the last when there is none
 * @param last           the last record, without its body; null when there is none
 * @param tornTail       what was cut, or null
 */
public record OpenReport(
        long oldestSequence,
        @Nullable JournalRecord last,
        @Nullable TornTail tornTail) {

    /**
     * The end of the last group, which a crash kept from being written as a whole: none of it had been acknowledged. The
     * bytes stay where they are until the segment is used again.
     *
     * @param sequence    of the first record that is not there
     * @param wholeFrames how many records behind it are on disk as they were written, and are left out too
     */
    public record TornTail(String segment, long offsetBytes, long sequence, int wholeFrames) {
        @Override
        public String toString() {
            return "record " + sequence + " at byte " + offsetBytes + " of " + segment + " was not written as a whole; "
                    + wholeFrames
                    + " whole records behind it are left out too; nothing on the disk says that any of them had been acknowledged";
        }
    }

    public long lastSequence() {
        return last == null ? oldestSequence - 1 : last.sequence();
    }
}
