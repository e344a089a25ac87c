package org.twinshare.fileserver.rpc;

/**
 * One procedure of a program.
 *
 * @param name       as the RFC writes it, for logs and metrics
 * @param execution  which thread runs it
 * @param remembered whether its reply is kept, because carrying it out twice would not do what once does
 */
public record RpcProcedure(String name, Execution execution, boolean remembered, Handler handler) {

    /** Which thread runs a procedure. */
    public enum Execution {
        /** The one that read the call: it never waits. */
        AT_ONCE,
        /**
         * The one that read the call, with {@link Call#mayWait} false; when it throws {@code WouldBlock} a thread of its own
         * runs it again.
         */
        AT_ONCE_IF_CACHED,
        /** A thread of its own, which may wait. */
        MAY_WAIT
    }

    /** Whether there is a reply. */
    public enum Answer {
        REPLY,
        /** The caller expects none. */
        SILENCE
    }

    /** Carries out a call. */
    public interface Handler {
        /**
         * Reads the arguments and writes the results, behind the header that is there already.
         *
         * @throws GarbageArguments when the arguments cannot be decoded; what was written is forgotten
         */
        Answer serve(Call call, XdrWriter results) throws GarbageArguments;
    }
}
