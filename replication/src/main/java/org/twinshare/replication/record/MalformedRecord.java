package org.twinshare.replication.record;

/** The bytes of a record say nothing that this version knows. Their checksums were right: another program wrote them. */
public final class MalformedRecord extends Exception {
    public MalformedRecord(String what) {
        super(what);
    }
}
