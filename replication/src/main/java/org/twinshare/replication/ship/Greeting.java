package org.twinshare.replication.ship;

import java.io.IOException;
import org.twinshare.replication.channel.Hello;
import org.twinshare.replication.channel.Welcome;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.RecordMark;
import org.twinshare.replication.role.JournalMarks;
import org.twinshare.replication.role.RoleState;
import org.twinshare.replication.role.Terms;

/** How a server introduces itself: who it is in the pair, and where its journal ends. */
record Greeting(long clusterId, String name) {
    Hello hello(RoleState state, Terms terms, Journal journal, boolean catchesUpFirst) throws IOException {
        long last = journal.durableSequence();
        RecordMark mark = new JournalMarks(journal).at(last);
        return hello(state, terms, journal, last, mark == null ? RecordMark.NONE : mark, catchesUpFirst);
    }

    /** Of a server that has given up: its journal may not be read any more, and nobody follows it. */
    Hello last(RoleState state, Terms terms, Journal journal) {
        return hello(state, terms, journal, journal.durableSequence(), RecordMark.NONE, false);
    }

    private Hello hello(
            RoleState state, Terms terms, Journal journal, long last, RecordMark mark, boolean catchesUpFirst) {
        return new Hello(
                clusterId,
                state.role(),
                state.epoch(),
                state.newestEpoch(),
                state.alone(),
                catchesUpFirst,
                terms,
                journal.statistics().oldestSequence(),
                last,
                mark,
                name);
    }

    /** What a primary says to a standby that has introduced itself. */
    static Welcome welcome(Hello theirs, Journal journal, JournalMarks marks) throws IOException {
        // The standby may have on its disk what is only written here, such as a marker.
        journal.awaitDurable(journal.lastSequence());
        long oldest = journal.statistics().oldestSequence();
        RecordMark mark = theirs.lastMark();
        boolean empty = mark.equals(RecordMark.NONE);
        if (empty || mark.equals(marks.at(mark.sequence()))) {
            boolean here = theirs.lastSequence() + 1 >= oldest && theirs.lastSequence() <= journal.durableSequence();
            return here
                    ? new Welcome(Welcome.How.STREAM, theirs.lastSequence() + 1)
                    : new Welcome(Welcome.How.TOO_FAR_BEHIND, oldest);
        }
        boolean overlap = theirs.lastSequence() >= oldest && theirs.oldestSequence() <= journal.durableSequence();
        return new Welcome(overlap ? Welcome.How.FORKED : Welcome.How.TOO_FAR_BEHIND, oldest);
    }
}
