package org.twinshare.replication.record;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Stability;

/** What one record of the journal says. The moment of a change is that of its record. */
public sealed interface Entry {
    /** The most that one {@link Adopted} names. */
    int MAX_ADOPTED = 4096;

    /** The most that one {@link InDoubt} names. */
    int MAX_IN_DOUBT = 4096;

    /** The most that one {@link ChangedLocally} names. */
    int MAX_CHANGED_LOCALLY = 4096;

    /**
     * A change of the tree was decided, and is done from now on.
     *
     * @param call that it answers; null where no client asked for it
     */
    record Changed(@Nullable CallId call, Change change) implements Entry {}

    /**
     * Bytes of a file were written that are not in the journal: they are written once on each server.
     *
     * @param call       that it answers; null where no client asked for it
     * @param mode       of the file afterwards, where setuid and setgid go; otherwise {@link Change#KEEP}
     * @param dataCrc32c CRC-32C of the bytes (RFC 3720 appendix B.4)
     * @param modifyNs   mtime that the file shows since then, to the nanosecond; {@link Change#KEEP_LONG} where it is not
     *     known, as in the first journals
     * @param changeNs   its ctime, as clients were told, or the same
     */
    record Referenced(
            @Nullable CallId call,
            long object,
            long offsetBytes,
            int count,
            int mode,
            Stability stability,
            int dataCrc32c,
            long modifyNs,
            long changeNs)
            implements Entry {
        /** Of bytes that go into the page cache and are durable with a COMMIT; no reply cache answers such a call again. */
        public static Referenced unstable(Change.Written written, @Nullable Attributes after) {
            CRC32C crc = new CRC32C();
            crc.update(written.data().duplicate());
            return new Referenced(
                    null,
                    written.object(),
                    written.offsetBytes(),
                    written.data().remaining(),
                    written.mode(),
                    written.stability(),
                    (int) crc.getValue(),
                    after == null ? Change.KEEP_LONG : after.modifyNs(),
                    after == null ? Change.KEEP_LONG : after.changeNs());
        }
    }

    /**
     * Bytes that had been written to a file, and were not durable, became it.
     *
     * @param modifyNs       mtime of the file since the last of them was written
     * @param changeNs       its ctime, as clients were told
     * @param syncedSequence 0 where {@code ranges} are the bytes; otherwise there are none, and everything that was done to the
     *     file up to this sequence is on disk by a sync of its own, and must not be done again
     */
    record Committed(long object, long modifyNs, long changeNs, long syncedSequence, List<Range> ranges)
            implements Entry {
        public Committed {
            ranges = List.copyOf(ranges);
        }
    }

    /** Bytes of a file, from the buffer's position to its limit. */
    record Range(long offsetBytes, ByteBuffer data) {}

    /**
     * A change could not be carried out: it never was.
     *
     * @param sequence of the record that is void
     * @param error    that its call is answered with
     */
    record Voided(long sequence, Errno error) implements Entry {}

    /**
     * Objects that were there before us got their ids.
     *
     * @param directory that all of them are in
     */
    record Adopted(long directory, List<AdoptedObject> objects) implements Entry {
        public Adopted {
            if (objects.size() > MAX_ADOPTED) {
                throw new IllegalArgumentException(objects.size() + " objects in one batch");
            }
            objects = List.copyOf(objects);
        }
    }

    /**
     * One object of a batch.
     *
     * @param inode    on the server that wrote the record, with {@code birthNs} what it was found by there
     * @param changeNs ctime as clients were told
     */
    record AdoptedObject(long id, Name name, FileType type, long inode, long birthNs, long changeNs) {}

    /** A file may get bytes from now on that are not in the journal. */
    record Hot(long object) implements Entry {}

    /**
     * Everything up to a sequence is carried out, and durable without the journal.
     *
     * @param position that sequence
     */
    record Checkpoint(long position) implements Entry {}

    /**
     * The server goes on without its standby, or with it again.
     *
     * @param alone from this record on
     */
    record Alone(boolean alone) implements Entry {}

    /**
     * What these files hold may be something else than the records before this one make of them: the server that wrote this ended
     * without a word while they were written to, or took over before all their bytes had come. Whoever follows it compares them.
     */
    record InDoubt(List<Long> files) implements Entry {
        public InDoubt {
            if (files.size() > MAX_IN_DOUBT) {
                throw new IllegalArgumentException(files.size() + " files in one record");
            }
            files = List.copyOf(files);
        }
    }

    /**
     * A process on the server itself changed these objects, or entries of them, of which no record tells. Whoever follows compares
     * them.
     */
    record ChangedLocally(List<Long> objects) implements Entry {
        public ChangedLocally {
            if (objects.size() > MAX_CHANGED_LOCALLY) {
                throw new IllegalArgumentException(objects.size() + " objects in one record");
            }
            objects = List.copyOf(objects);
        }
    }

    /** Says nothing itself: it follows what was durable. */
    record Marker() implements Entry {}
}
