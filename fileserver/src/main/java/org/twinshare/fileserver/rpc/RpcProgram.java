package org.twinshare.fileserver.rpc;

import org.jspecify.annotations.Nullable;

/** A program that the server offers, in one or several versions (RFC 5531 section 7). Thread-safe. */
public interface RpcProgram {
    /** The program number. */
    int number();

    int lowestVersion();

    int highestVersion();

    /** The procedure of this number, or null where the program has none. */
    @Nullable RpcProcedure procedure(int version, int procedure);
}
