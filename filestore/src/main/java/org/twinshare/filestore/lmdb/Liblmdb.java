package org.twinshare.filestore.lmdb;

import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.LibraryMissing;
import org.twinshare.filestore.posix.NativeFunction;

/** The functions of LMDB that are called (lmdb.h); the library is loaded once in a process. Immutable. */
final class Liblmdb {
    /** mdb_get, mdb_del, mdb_cursor_get: there is no such key. */
    static final int MDB_NOTFOUND = -30798;

    private static @Nullable Liblmdb loaded;

    private final SymbolLookup library = LibraryFile.functions();

    final NativeFunction envCreate = find("mdb_env_create");
    final NativeFunction envSetMapsize = find("mdb_env_set_mapsize");
    final NativeFunction envSetMaxdbs = find("mdb_env_set_maxdbs");
    final NativeFunction envSetMaxreaders = find("mdb_env_set_maxreaders");
    final NativeFunction envOpen = find("mdb_env_open");
    final NativeFunction envClose = find("mdb_env_close");
    final NativeFunction txnBegin = find("mdb_txn_begin");
    final NativeFunction txnCommit = find("mdb_txn_commit");
    final NativeFunction txnAbort = find("mdb_txn_abort");
    final NativeFunction txnReset = find("mdb_txn_reset");
    final NativeFunction txnRenew = find("mdb_txn_renew");
    final NativeFunction dbiOpen = find("mdb_dbi_open");
    final NativeFunction stat = find("mdb_stat");
    final NativeFunction get = find("mdb_get");
    final NativeFunction put = find("mdb_put");
    final NativeFunction del = find("mdb_del");
    final NativeFunction cursorOpen = find("mdb_cursor_open");
    final NativeFunction cursorRenew = find("mdb_cursor_renew");
    final NativeFunction cursorGet = find("mdb_cursor_get");
    final NativeFunction cursorClose = find("mdb_cursor_close");
    final NativeFunction strerror = find("mdb_strerror");

    private Liblmdb() {}

    private NativeFunction find(String name) {
        return NativeFunction.in(library, name);
    }

    /**
     * The library, loaded now where it is not yet.
     *
     * @param places directories to try, one after the other, for the moment in which it must be a file
     */
    static synchronized Liblmdb load(List<Path> places) throws LibraryMissing {
        Liblmdb known = loaded;
        if (known == null) {
            LibraryFile.load(places);
            known = new Liblmdb();
            loaded = known;
        }
        return known;
    }
}
