package org.twinshare.filestore.local;

import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.identity.ObjectRecord;

/**
 * Keeps the promise that an id stays once a client has heard of it. Told of every object that gets an id or another name, and
 * asked before one is shown; in between many of them become durable together. Told of what local processes changed, too.
 * Thread-safe.
 */
public interface Discoveries {
    /** Nothing has to become durable before the object is shown. */
    long KEPT = 0;

    /** An object got an id because it was found; returns the number to ask {@link #keep} with, which rises. */
    long found(ObjectRecord record, long indexVersion);

    /** An object was made or renamed by our own doing, and its record has this version of the index. */
    long changed(long indexVersion);

    /** An object came back into memory while its record, with this version of the index, was not in the file. */
    long loaded(long indexVersion);

    /** Whether everything up to this number is durable. */
    boolean isKept(long number);

    /** Makes everything up to this number durable; EIO where the disk does not take it. */
    void keep(long number) throws ErrnoException;

    /** An object is not as the last change of ours left it: a local process was here. */
    void changedLocally(long object);

    /** Whether somebody has to hear of {@link #changedLocally}, so that it is worth while to look for it. */
    boolean wantsLocalChanges();

    /** Now and then: does what can wait. */
    void tidy();
}
