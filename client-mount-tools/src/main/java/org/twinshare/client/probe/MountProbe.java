package org.twinshare.client.probe;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * MOUNT v3 over one connection: every procedure as a blocking method (RFC 1813, 5.2). Paths are bytes. Not thread-safe.
 */
public final class MountProbe implements Closeable {
    private static final int LONGEST_PATH_BYTES = 1024;
    private static final int LONGEST_NAME_BYTES = 255;

    private final RpcConnection connection;
    private final Credential credential;

    private MountProbe(RpcConnection connection, Credential credential) {
        this.connection = connection;
        this.credential = credential;
    }

    public static MountProbe connect(
            InetSocketAddress server, SourceAddress source, Credential credential, Duration timeout)
            throws IOException {
        return new MountProbe(RpcConnection.open(server, source, timeout), credential);
    }

    /** One line of what DUMP lists: who mounted what. */
    public record MountEntry(Bytes host, Bytes directory) {
        static MountEntry decode(XdrReader in) throws MalformedReplyException {
            return new MountEntry(in.getOpaque(LONGEST_NAME_BYTES), in.getOpaque(LONGEST_PATH_BYTES));
        }
    }

    /** One line of what EXPORT lists: a directory and who may mount it; no groups means everyone. */
    public record ExportEntry(Bytes directory, List<Bytes> groups) {
        public ExportEntry {
            groups = List.copyOf(groups);
        }

        static ExportEntry decode(XdrReader in) throws MalformedReplyException {
            return new ExportEntry(
                    in.getOpaque(LONGEST_PATH_BYTES), decodeList(in, each -> each.getOpaque(LONGEST_NAME_BYTES)));
        }
    }

    /** Section 5.2.0. */
    public void ping() throws IOException {
        call(MountProcedure.NULL, Bytes.EMPTY, NfsReply.Nothing::decode);
    }

    /** Section 5.2.1. */
    public MountReply mount(Bytes path) throws IOException {
        return call(MountProcedure.MNT, ofPath(path), MountReply::decode);
    }

    /** Section 5.2.2. */
    public List<MountEntry> dump() throws IOException {
        return call(MountProcedure.DUMP, Bytes.EMPTY, in -> decodeList(in, MountEntry::decode));
    }

    /** Section 5.2.3. */
    public void unmount(Bytes path) throws IOException {
        call(MountProcedure.UMNT, ofPath(path), NfsReply.Nothing::decode);
    }

    /** Section 5.2.4. */
    public void unmountAll() throws IOException {
        call(MountProcedure.UMNTALL, Bytes.EMPTY, NfsReply.Nothing::decode);
    }

    /** Section 5.2.5. */
    public List<ExportEntry> exports() throws IOException {
        return call(MountProcedure.EXPORT, Bytes.EMPTY, in -> decodeList(in, ExportEntry::decode));
    }

    /** The connection itself, to send what no method here sends. */
    public RpcConnection connection() {
        return connection;
    }

    private <T> T call(MountProcedure procedure, Bytes arguments, XdrReader.Decoder<T> decoder) throws IOException {
        RpcReply reply = connection.call(RpcCall.mount(connection.nextXid(), procedure, credential, arguments));
        if (!(reply instanceof RpcReply.Success success)) {
            throw new RpcRefusedException(reply);
        }
        XdrReader in = new XdrReader(success.results().toArray());
        T decoded = decoder.decode(in);
        in.expectEnd();
        return decoded;
    }

    private static Bytes ofPath(Bytes path) {
        return Bytes.of(new XdrWriter().putOpaque(path).toArray());
    }

    private static <E> List<E> decodeList(XdrReader in, XdrReader.Decoder<E> element) throws MalformedReplyException {
        List<E> elements = new ArrayList<>();
        while (in.getBoolean()) {
            elements.add(element.decode(in));
        }
        return elements;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
