package org.twinshare.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.Name;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalSettings;
import org.twinshare.replication.record.Entry;

/** Up to where everything is carried out, as whoever follows is told. */
class AppenderTest {
    @TempDir
    Path directory = Path.of("");

    private static Entry change(long object) {
        return new Entry.Changed(null, new Change.Removed(1, object, 1, Name.of("name"), false));
    }

    @Test
    void theAppliedPositionIsNeverBetweenAVoidRecordAndTheOneThatSaysSo() throws Exception {
        JournalSettings settings = new JournalSettings(1 << 20, 8, 1 << 20, Duration.ofHours(1));
        try (Journal journal = Journal.open(directory, settings, InstantSource.system(), 1, 0)) {
            Appender appender = new Appender(journal);
            long begin = appender.appliedSequence();
            Appender.Ticket fails = appender.append(change(10), 0, 10);
            Appender.Ticket slow = appender.append(change(11), 0, 11);
            appender.voided(fails, appender.note(new Entry.Voided(fails.position.sequence(), Errno.EDQUOT)));
            appender.applied(fails);
            assertThat(appender.appliedSequence()).isEqualTo(begin);
            appender.applied(slow);
            assertThat(appender.appliedSequence()).isEqualTo(begin + 3);
        }
    }
}
