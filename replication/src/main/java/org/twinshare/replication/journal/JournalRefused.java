package org.twinshare.replication.journal;

/** The journal cannot be opened as it is. Nothing was changed; the message says what, why, and what to do. */
public class JournalRefused extends Exception {
    private final String what;
    private final String why;
    private final String remedy;

    public JournalRefused(String what, String why, String remedy) {
        super(what + ": " + why + "; " + remedy);
        this.what = what;
        this.why = why;
        this.remedy = remedy;
    }

    public String what() {
        return what;
    }

    public String why() {
        return why;
    }

    public String remedy() {
        return remedy;
    }
}
