package org.twinshare.replication.journal;

import java.util.zip.CRC32C;

/**
 * What a record is recognized by in another journal. One server writes in each epoch, so that the same mark at the same
 * sequence in two journals means that everything before it is the same too.
 *
 * @param bodyCrc32c CRC-32C of the body (RFC 3720 appendix B.4)
 */
public record RecordMark(long sequence, int epoch, byte type, long timeNs, long namespaceChecksum, int bodyCrc32c) {
    /** Before the first record. */
    public static final RecordMark NONE = new RecordMark(0, 0, JournalRecord.MARKER, 0, 0, 0);

    public static RecordMark of(JournalRecord record) {
        CRC32C crc = new CRC32C();
        crc.update(record.body().duplicate());
        return new RecordMark(
                record.sequence(), record.epoch(), record.type(), record.timeNs(), record.namespaceChecksum(), (int)
                        crc.getValue());
    }
}
