package org.twinshare.client.probe;

/**
 * One NFSv3 call, encoded, together with the way to read its results. Immutable; can be sent any number of times.
 *
 * @param arguments as XDR
 * @param ok        reads what follows a status of OK
 * @param failed    reads what follows any other status
 */
public record NfsCall<T, F>(
        Procedure procedure, Bytes arguments, XdrReader.Decoder<T> ok, XdrReader.Decoder<F> failed) {

    static <T, F> NfsCall<T, F> of(
            Procedure procedure, XdrWriter arguments, XdrReader.Decoder<T> ok, XdrReader.Decoder<F> failed) {
        return new NfsCall<>(procedure, Bytes.of(arguments.toArray()), ok, failed);
    }

    /**
     * Reads the results.
     *
     * @throws MalformedReplyException when they are not what RFC 1813 says for this procedure
     * @throws RpcRefusedException when the procedure was not run
     */
    public NfsReply<T, F> decode(RpcReply reply) throws MalformedReplyException, RpcRefusedException {
        if (!(reply instanceof RpcReply.Success success)) {
            throw new RpcRefusedException(reply);
        }
        XdrReader in = new XdrReader(success.results().toArray());
        try {
            NfsReply<T, F> decoded = decode(in);
            in.expectEnd();
            return decoded;
        } catch (MalformedReplyException malformed) {
            throw new MalformedReplyException(procedure + " answered with " + malformed.getMessage());
        }
    }

    private NfsReply<T, F> decode(XdrReader in) throws MalformedReplyException {
        Status status = procedure == Procedure.NULL ? Status.OK : Status.decode(in);
        if (status == Status.OK) {
            return new NfsReply.Ok<>(procedure, ok.decode(in));
        }
        return new NfsReply.Failed<>(procedure, status, failed.decode(in));
    }
}
