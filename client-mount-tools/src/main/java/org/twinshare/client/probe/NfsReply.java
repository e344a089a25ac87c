package org.twinshare.client.probe;

import java.io.IOException;

/**
 * The results of an NFSv3 procedure: what it gives when it ends well, or the status and what comes with a failure
 * (attributes or wcc data, RFC 1813, 2.6).
 */
public sealed interface NfsReply<T, F> {

    /** How the call ended. */
    Status status();

    record Ok<T, F>(Procedure procedure, T value) implements NfsReply<T, F> {
        @Override
        public Status status() {
            return Status.OK;
        }
    }

    record Failed<T, F>(Procedure procedure, Status status, F detail) implements NfsReply<T, F> {}

    /** What comes with a failure that carries nothing. */
    record Nothing() {
        static Nothing decode(XdrReader in) {
            return new Nothing();
        }
    }

    /**
     * The value of a call that went well.
     *
     * @throws UnexpectedStatusException when it did not
     */
    default T ok() throws UnexpectedStatusException {
        return switch (this) {
            case Ok<T, F> ok -> ok.value;
            case Failed<T, F> failed -> throw new UnexpectedStatusException(failed.procedure.name(), failed.status);
        };
    }

    /**
     * What came with the failure of a call that was meant to fail.
     *
     * @throws IOException when it went well
     */
    default F failure() throws IOException {
        return switch (this) {
            case Ok<T, F> ok -> throw new UnexpectedStatusException(ok.procedure.name(), Status.OK);
            case Failed<T, F> failed -> failed.detail;
        };
    }
}
