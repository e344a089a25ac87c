package org.twinshare.client.probe;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An NFSv3 client over one connection: all 22 procedures as blocking methods that return everything the server said.
 * Views with another credential or a chosen transaction id share the connection. Not thread-safe.
 *
 * <p>Every method throws {@link IOException} when the connection fails, a {@link MalformedReplyException} when the reply
 * breaks RFC 1813, and a {@link RpcRefusedException} when the server did not run the procedure at all.
 */
public final class NfsProbe implements Closeable {
    private final Target target;
    private final RpcConnection connection;
    private final OptionalInt fixedXid;

    private NfsProbe(Target target, RpcConnection connection, OptionalInt fixedXid) {
        this.target = target;
        this.connection = connection;
        this.fixedXid = fixedXid;
    }

    public static NfsProbe connect(Target target) throws IOException {
        RpcConnection connection = RpcConnection.open(target.nfsAddress(), target.source(), target.timeout());
        return new NfsProbe(target, connection, OptionalInt.empty());
    }

    /** Another connection, opened now, that is otherwise as this one. */
    public NfsProbe again() throws IOException {
        return connect(target);
    }

    /** The same connection, with another credential in its calls. */
    public NfsProbe as(Credential credential) {
        return new NfsProbe(target.as(credential), connection, fixedXid);
    }

    /** The same connection, with this transaction id in every call: two equal calls are one and its retransmission. */
    public NfsProbe withXid(int xid) {
        return new NfsProbe(target, connection, OptionalInt.of(xid));
    }

    public Target target() {
        return target;
    }

    /** The connection itself, to send what no method here sends. */
    public RpcConnection connection() {
        return connection;
    }

    /** Asks MOUNT for the root handle of a path, over a connection of its own (RFC 1813, 5.2.1). */
    public MountReply mount(String path) throws IOException {
        return mount(Bytes.of(path));
    }

    /** As {@link #mount(String)}, with any bytes for a path. */
    public MountReply mount(Bytes path) throws IOException {
        try (MountProbe mounts = mounts()) {
            return mounts.mount(path);
        }
    }

    /** A new connection to the MOUNT service of the same server. */
    public MountProbe mounts() throws IOException {
        return MountProbe.connect(target.mountAddress(), target.source(), target.credential(), target.timeout());
    }

    /** Sends an encoded call and reads its results. */
    public <T, F> NfsReply<T, F> call(NfsCall<T, F> call) throws IOException {
        return call.decode(connection.receive(send(call)));
    }

    /** Sends an encoded call and waits for nothing; gives the transaction id to ask the connection for. */
    public int send(NfsCall<?, ?> call) throws IOException {
        int xid = fixedXid.orElseGet(connection::nextXid);
        connection.send(RpcCall.nfs(xid, call.procedure(), target.credential(), call.arguments()));
        return xid;
    }

    /** Sends calls with up to this many unanswered at a time; gives the replies in the order of the calls. */
    public <T, F> List<NfsReply<T, F>> callAll(List<NfsCall<T, F>> calls, int inFlight) throws IOException {
        List<Integer> xids = new ArrayList<>(calls.size());
        List<NfsReply<T, F>> replies = new ArrayList<>(calls.size());
        for (NfsCall<T, F> call : calls) {
            if (xids.size() - replies.size() == inFlight) {
                replies.add(call.decode(connection.receive(xids.get(replies.size()))));
            }
            xids.add(send(call));
        }
        while (replies.size() < calls.size()) {
            int next = replies.size();
            replies.add(calls.get(next).decode(connection.receive(xids.get(next))));
        }
        return replies;
    }

    public NfsReply<NfsReply.Nothing, NfsReply.Nothing> ping() throws IOException {
        return call(AttributeCalls.ping());
    }

    public NfsReply<Attributes, NfsReply.Nothing> getattr(FileHandle object) throws IOException {
        return call(AttributeCalls.getattr(object));
    }

    public NfsReply<WccData, WccData> setattr(FileHandle object, SetAttributes attributes) throws IOException {
        return call(AttributeCalls.setattr(object, attributes, Optional.empty()));
    }

    public NfsReply<WccData, WccData> setattr(FileHandle object, SetAttributes attributes, Timestamp guard)
            throws IOException {
        return call(AttributeCalls.setattr(object, attributes, Optional.of(guard)));
    }

    public NfsReply<NameCalls.Found, Optional<Attributes>> lookup(FileHandle directory, String name)
            throws IOException {
        return lookup(directory, Bytes.of(name));
    }

    public NfsReply<NameCalls.Found, Optional<Attributes>> lookup(FileHandle directory, Bytes name) throws IOException {
        return call(NameCalls.lookup(directory, name));
    }

    public NfsReply<AttributeCalls.Access, Optional<Attributes>> access(FileHandle object, int wanted)
            throws IOException {
        return call(AttributeCalls.access(object, wanted));
    }

    public NfsReply<NameCalls.LinkText, Optional<Attributes>> readlink(FileHandle link) throws IOException {
        return call(NameCalls.readlink(link));
    }

    public NfsReply<DataCalls.Read, Optional<Attributes>> read(FileHandle file, long offsetBytes, int countBytes)
            throws IOException {
        return call(DataCalls.read(file, offsetBytes, countBytes));
    }

    public NfsReply<DataCalls.Written, WccData> write(
            FileHandle file, long offsetBytes, Stability stability, byte[] data) throws IOException {
        return call(DataCalls.write(file, offsetBytes, stability, data));
    }

    public NfsReply<CreateCalls.Created, WccData> create(FileHandle directory, String name, CreateCalls.How how)
            throws IOException {
        return create(directory, Bytes.of(name), how);
    }

    public NfsReply<CreateCalls.Created, WccData> create(FileHandle directory, Bytes name, CreateCalls.How how)
            throws IOException {
        return call(CreateCalls.create(directory, name, how));
    }

    /** A new file of this mode; EXIST when the name is taken. */
    public NfsReply<CreateCalls.Created, WccData> create(FileHandle directory, String name, int mode)
            throws IOException {
        return create(directory, name, new CreateCalls.How.Guarded(SetAttributes.ofMode(mode)));
    }

    public NfsReply<CreateCalls.Created, WccData> mkdir(FileHandle directory, String name, int mode)
            throws IOException {
        return mkdir(directory, Bytes.of(name), SetAttributes.ofMode(mode));
    }

    public NfsReply<CreateCalls.Created, WccData> mkdir(FileHandle directory, Bytes name, SetAttributes attributes)
            throws IOException {
        return call(CreateCalls.mkdir(directory, name, attributes));
    }

    public NfsReply<CreateCalls.Created, WccData> symlink(FileHandle directory, String name, String text)
            throws IOException {
        return symlink(directory, Bytes.of(name), Bytes.of(text), SetAttributes.NONE);
    }

    public NfsReply<CreateCalls.Created, WccData> symlink(
            FileHandle directory, Bytes name, Bytes text, SetAttributes attributes) throws IOException {
        return call(CreateCalls.symlink(directory, name, text, attributes));
    }

    public NfsReply<CreateCalls.Created, WccData> mknod(FileHandle directory, String name, CreateCalls.Node node)
            throws IOException {
        return mknod(directory, Bytes.of(name), node);
    }

    public NfsReply<CreateCalls.Created, WccData> mknod(FileHandle directory, Bytes name, CreateCalls.Node node)
            throws IOException {
        return call(CreateCalls.mknod(directory, name, node));
    }

    public NfsReply<WccData, WccData> remove(FileHandle directory, String name) throws IOException {
        return remove(directory, Bytes.of(name));
    }

    public NfsReply<WccData, WccData> remove(FileHandle directory, Bytes name) throws IOException {
        return call(NameCalls.remove(directory, name));
    }

    public NfsReply<WccData, WccData> rmdir(FileHandle directory, String name) throws IOException {
        return rmdir(directory, Bytes.of(name));
    }

    public NfsReply<WccData, WccData> rmdir(FileHandle directory, Bytes name) throws IOException {
        return call(NameCalls.rmdir(directory, name));
    }

    public NfsReply<NameCalls.Renamed, NameCalls.Renamed> rename(
            FileHandle from, String name, FileHandle to, String newName) throws IOException {
        return rename(from, Bytes.of(name), to, Bytes.of(newName));
    }

    public NfsReply<NameCalls.Renamed, NameCalls.Renamed> rename(
            FileHandle from, Bytes name, FileHandle to, Bytes newName) throws IOException {
        return call(NameCalls.rename(from, name, to, newName));
    }

    public NfsReply<NameCalls.Linked, NameCalls.Linked> link(FileHandle file, FileHandle directory, String name)
            throws IOException {
        return link(file, directory, Bytes.of(name));
    }

    public NfsReply<NameCalls.Linked, NameCalls.Linked> link(FileHandle file, FileHandle directory, Bytes name)
            throws IOException {
        return call(NameCalls.link(file, directory, name));
    }

    public NfsReply<ListCalls.Page<ListCalls.Entry>, Optional<Attributes>> readdir(
            FileHandle directory, long cookie, long cookieVerifier, int countBytes) throws IOException {
        return call(ListCalls.readdir(directory, cookie, cookieVerifier, countBytes));
    }

    public NfsReply<ListCalls.Page<ListCalls.EntryPlus>, Optional<Attributes>> readdirplus(
            FileHandle directory, long cookie, long cookieVerifier, int namesBytes, int maximumBytes)
            throws IOException {
        return call(ListCalls.readdirplus(directory, cookie, cookieVerifier, namesBytes, maximumBytes));
    }

    /**
     * The whole directory by READDIRPLUS, page after page of 64 KiB, with {@code .} and {@code ..} where the server
     * lists them.
     *
     * @throws UnexpectedStatusException when a page is not OK
     */
    public List<ListCalls.EntryPlus> list(FileHandle directory) throws IOException {
        List<ListCalls.EntryPlus> entries = new ArrayList<>();
        long cookie = 0;
        long verifier = 0;
        boolean last = false;
        while (!last) {
            ListCalls.Page<ListCalls.EntryPlus> page =
                    readdirplus(directory, cookie, verifier, 1 << 16, 1 << 16).ok();
            if (page.entries().isEmpty() && !page.last()) {
                throw new MalformedReplyException("READDIRPLUS answered with an empty page that is not the last");
            }
            entries.addAll(page.entries());
            verifier = page.cookieVerifier();
            cookie =
                    page.entries().isEmpty() ? cookie : page.entries().getLast().cookie();
            last = page.last();
        }
        return entries;
    }

    public NfsReply<AttributeCalls.FileSystemState, Optional<Attributes>> fsstat(FileHandle root) throws IOException {
        return call(AttributeCalls.fsstat(root));
    }

    public NfsReply<AttributeCalls.FileSystemInfo, Optional<Attributes>> fsinfo(FileHandle root) throws IOException {
        return call(AttributeCalls.fsinfo(root));
    }

    public NfsReply<AttributeCalls.PathLimits, Optional<Attributes>> pathconf(FileHandle object) throws IOException {
        return call(AttributeCalls.pathconf(object));
    }

    public NfsReply<DataCalls.Committed, WccData> commit(FileHandle file, long offsetBytes, int countBytes)
            throws IOException {
        return call(DataCalls.commit(file, offsetBytes, countBytes));
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
