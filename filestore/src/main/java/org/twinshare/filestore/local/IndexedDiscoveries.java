package org.twinshare.filestore.local;

import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.identity.ObjectIndex;
import org.twinshare.filestore.identity.ObjectRecord;

/** What a tree without a journal does: everything is durable with the next commit of the index. Thread-safe. */
record IndexedDiscoveries(ObjectIndex index) implements Discoveries {
    @Override
    public long found(ObjectRecord record, long indexVersion) {
        return indexVersion;
    }

    @Override
    public long changed(long indexVersion) {
        return indexVersion;
    }

    @Override
    public long loaded(long indexVersion) {
        return indexVersion;
    }

    @Override
    public boolean isKept(long number) {
        return number <= index.flushedVersion();
    }

    @Override
    public void keep(long number) throws ErrnoException {
        index.flush(number);
    }

    @Override
    public void changedLocally(long object) {}

    @Override
    public boolean wantsLocalChanges() {
        return false;
    }

    @Override
    public void tidy() {}
}
