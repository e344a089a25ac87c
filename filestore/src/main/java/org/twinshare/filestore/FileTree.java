package org.twinshare.filestore;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One tree of files as the NFS procedures see it: objects have ids, names are bytes, and every change goes through
 * {@link #change}. The tree on the local disk implements it, and so does the one that writes a journal first; who calls it
 * cannot tell. Every method throws {@link ErrnoException} with ESTALE for an id that is gone or lies outside of the
 * caller's export. Thread-safe.
 */
public interface FileTree {
    /** Attributes of an object (GETATTR). */
    Attributes attributes(Caller caller, long object) throws ErrnoException;

    /** An object that was found under a name, and the directory that it was looked for in. */
    record Found(Attributes object, Attributes directory) {}

    /** The object of this name (LOOKUP). {@code ..} of the exported directory is that directory itself. */
    Found lookup(Caller caller, long directory, Name name) throws ErrnoException;

    /** What the caller may do, of what it asked for, in the bits of {@link Access}. */
    record Granted(Attributes object, int bits) {}

    /** Which of the wanted rights the caller has (ACCESS); never fails because a right is missing. */
    Granted access(Caller caller, long object, int wanted) throws ErrnoException;

    /** The bytes of a symbolic link. */
    record LinkTarget(Attributes object, byte[] bytes) {}

    /** The bytes of a symbolic link, unmodified (READLINK); EINVAL for anything else. */
    LinkTarget readlink(Caller caller, long object) throws ErrnoException;

    /** How a READ ended: attributes afterwards, and whether the end of the file was reached. */
    record ReadEnd(Attributes object, boolean endOfFile) {}

    /** Reads from the offset into the buffer, from its position to its limit; moves the position (READ). */
    ReadEnd read(Caller caller, long object, long offsetBytes, ByteBuffer into) throws ErrnoException;

    /** Takes the entries of a directory one by one. */
    interface EntrySink {
        /**
         * Whether the page has room for this entry; after false the listing ends here and nothing is lost.
         *
         * @param names      holds the name; valid during this call only
         * @param attributes null where they were not asked for, or where the entry vanished meanwhile
         */
        boolean entry(long cookie, long id, byte[] names, int offset, int length, @Nullable Attributes attributes);
    }

    /** How a page of a directory ended. */
    record ListEnd(Attributes directory, boolean endOfDirectory) {}

    /**
     * Hands the entries behind a cookie to the sink until it is full or there are no more (READDIR, READDIRPLUS). Cookies
     * 0 to 2 stand for the beginning, for {@code .} and for {@code ..}, which are handed out too.
     */
    ListEnd list(Caller caller, long directory, long cookie, boolean withAttributes, EntrySink sink)
            throws ErrnoException;

    /** Space and inodes of the file system of an object (FSSTAT). */
    FileSystemSpace space(Caller caller, long object) throws ErrnoException;

    /** Limits of the file system of an object (FSINFO, PATHCONF). */
    record Limits(long maxFileSizeBytes, int maxLinks, long timeDeltaNs) {}

    /** Limits of the file system of an object (FSINFO, PATHCONF). */
    Limits limits(Caller caller, long object) throws ErrnoException;

    /**
     * Carries out a change. When it returns without an error, what the operation promises is durable: metadata always, data
     * as {@link Outcome#committed} says. Errors that the file system or the permissions give are in the outcome.
     */
    Outcome change(CallId call, Operation operation);

    /** What came of a call that this tree carried out before a restart or on the other server; null when not known. */
    @Nullable Outcome outcomeOf(CallId call);

    /**
     * The write verifier (RFC 1813 section 3.3.7): another one after every start, promotion and failed sync, which tells
     * clients to send again what they have not committed.
     */
    long writeVerifier();

    /** The same tree, answering from memory only: {@link WouldBlock} is thrown where a disk would have to be asked. */
    FileTree cached();
}
