package org.twinshare.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.Stability;
import org.twinshare.replication.JournaledTree;

/** What a test does on a server by name; all of it has to succeed. */
final class Client {
    private final JournaledTree tree;
    private final Caller admin;
    private final CallId call = new CallId(InetAddress.getLoopbackAddress(), 7, 7, 7);

    Client(JournaledTree tree, long root) {
        this.tree = tree;
        admin = Caller.root(root);
    }

    private Outcome done(Operation operation) {
        Outcome outcome = tree.change(call, operation);
        assertThat(outcome.error()).as(operation.toString()).isNull();
        return outcome;
    }

    static SetAttributes mode(int mode) {
        return new SetAttributes(mode, null, null, null, null, null);
    }

    static SetAttributes times(long accessNs, long modifyNs) {
        return new SetAttributes(
                null,
                null,
                null,
                null,
                new SetAttributes.SetTime.ClientTime(accessNs),
                new SetAttributes.SetTime.ClientTime(modifyNs));
    }

    long directory(long above, Name name, int mode) {
        return done(new Operation.MakeDirectory(admin, above, name, mode(mode))).object();
    }

    long file(long above, Name name, int mode) {
        return done(new Operation.Create(admin, above, name, Operation.CreateMode.GUARDED, mode(mode), 0))
                .object();
    }

    long exclusive(long above, Name name, long verifier) {
        return done(new Operation.Create(
                        admin, above, name, Operation.CreateMode.EXCLUSIVE, SetAttributes.NOTHING, verifier))
                .object();
    }

    long symlink(long above, Name name, byte[] target) {
        return done(new Operation.MakeSymlink(admin, above, name, SetAttributes.NOTHING, target))
                .object();
    }

    long node(long above, Name name, FileType type, int mode, long rdev) {
        return done(new Operation.MakeNode(admin, above, name, type, mode(mode), rdev))
                .object();
    }

    void link(long object, long above, Name name) {
        done(new Operation.Link(admin, object, above, name));
    }

    void remove(long above, Name name) {
        done(new Operation.Remove(admin, above, name));
    }

    void removeDirectory(long above, Name name) {
        done(new Operation.RemoveDirectory(admin, above, name));
    }

    void rename(long from, Name name, long to, Name other) {
        done(new Operation.Rename(admin, from, name, to, other));
    }

    void set(long object, SetAttributes attributes) {
        done(new Operation.SetAttr(admin, object, attributes, null));
    }

    void write(long object, long offsetBytes, byte[] bytes, Stability stability) {
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        done(new Operation.Write(admin, object, offsetBytes, direct, stability));
    }

    void commit(long object) {
        done(new Operation.Commit(admin, object, 0, 0));
    }

    /** As a client looks up a name. */
    long lookup(long directory, Name name) throws Exception {
        return tree.lookup(admin, directory, name).object().id();
    }
}
