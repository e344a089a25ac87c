package org.twinshare.replication;

import java.io.IOException;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.replication.journal.JournalDamaged;
import org.twinshare.replication.journal.JournalRefused;
import org.twinshare.replication.journal.RecordsReleased;
import org.twinshare.replication.record.MalformedRecord;

/** A tree cannot be brought to what its journal says; nothing was acknowledged, and the journal is as it was. */
public final class RecoveryRefused extends Exception {
    private final String why;
    private final String remedy;

    RecoveryRefused(String what, String why, String remedy, Exception cause) {
        super(what, cause);
        this.why = why;
        this.remedy = remedy;
    }

    public String why() {
        return why;
    }

    public String remedy() {
        return remedy;
    }

    interface Attempt<T> {
        T run() throws IOException, JournalRefused, ErrnoException, RecordsReleased, JournalDamaged, MalformedRecord;
    }

    static <T> T translate(Attempt<T> attempt) throws IOException, RecoveryRefused {
        try {
            return attempt.run();
        } catch (JournalRefused e) {
            throw new RecoveryRefused(String.valueOf(e.getMessage()), e.why(), e.remedy(), e);
        } catch (RecordsReleased | MalformedRecord e) {
            throw new RecoveryRefused(
                    "the journal cannot be carried out",
                    String.valueOf(e.getMessage()),
                    "keep a copy of the journal's directory, and start the version of the program that wrote it",
                    e);
        } catch (ErrnoException e) {
            throw ofErrno(e);
        }
    }

    private static RecoveryRefused ofErrno(ErrnoException e) {
        String remedy = switch (e.errno()) {
            case ENODEV -> "serve all directories that were served before, at least until the server has started once";
            case ENOSPC, EDQUOT -> "make room on the disk of the exported directory, and start again";
            default -> "look at the disk of the exported directory (dmesg), and start again";
        };
        String why = e.errno() == Errno.ENODEV
                ? "it holds " + e.getMessage()
                : "carrying out what it says failed: " + e.getMessage();
        return new RecoveryRefused("the journal cannot be carried out", why, remedy, e);
    }
}
