package org.twinshare.replication;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.SetAttributes;

/** Turns acts into the calls of a client. */
final class Asking {
    private Asking() {}

    static long idOf(Thing thing) {
        if (thing.id == 0) {
            throw new AssertionError("an id is not known");
        }
        return thing.id;
    }

    /** The call that an act makes; {@code before} knows what it is about. */
    static Operation operation(Act act, Model before, Caller admin) {
        return switch (act) {
            case Act.Create make -> {
                boolean exclusive = make.mode() == Operation.CreateMode.EXCLUSIVE;
                SetAttributes wanted = exclusive
                        ? SetAttributes.NOTHING
                        : new SetAttributes(make.permissions(), null, null, make.size(), null, null);
                yield new Operation.Create(
                        admin, above(before, make.path()), name(make.path()), make.mode(), wanted, make.verifier());
            }
            case Act.MakeDirectory make ->
                new Operation.MakeDirectory(
                        admin, above(before, make.path()), name(make.path()), permissions(make.permissions()));
            case Act.MakeSymlink make ->
                new Operation.MakeSymlink(
                        admin,
                        above(before, make.path()),
                        name(make.path()),
                        SetAttributes.NOTHING,
                        make.target().getBytes(UTF_8));
            case Act.MakeFifo make ->
                new Operation.MakeNode(
                        admin,
                        above(before, make.path()),
                        name(make.path()),
                        FileType.FIFO,
                        permissions(make.permissions()),
                        0);
            case Act.Remove remove -> new Operation.Remove(admin, above(before, remove.path()), name(remove.path()));
            case Act.RemoveDirectory remove ->
                new Operation.RemoveDirectory(admin, above(before, remove.path()), name(remove.path()));
            case Act.Rename rename ->
                new Operation.Rename(
                        admin,
                        above(before, rename.from()),
                        name(rename.from()),
                        above(before, rename.to()),
                        name(rename.to()));
            case Act.Link link ->
                new Operation.Link(admin, object(before, link.object()), above(before, link.path()), name(link.path()));
            case Act.Set set -> new Operation.SetAttr(admin, object(before, set.path()), wanted(set), null);
            case Act.Write write -> write(admin, write, object(before, write.path()));
            case Act.Commit commit -> new Operation.Commit(admin, object(before, commit.path()), 0, 0);
            case Act.MakeLocally unused -> throw new AssertionError();
            case Act.Look unused -> throw new AssertionError();
            case Act.Checkpoint unused -> throw new AssertionError();
        };
    }

    private static Operation write(Caller admin, Act.Write write, long object) {
        byte[] bytes = Model.bytes(write.length(), write.salt());
        ByteBuffer data = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        return new Operation.Write(admin, object, write.offset(), data, write.stability());
    }

    private static SetAttributes wanted(Act.Set set) {
        SetAttributes.SetTime modify =
                set.modifyNs() == null ? null : new SetAttributes.SetTime.ClientTime(set.modifyNs());
        return new SetAttributes(set.permissions(), set.owner(), null, set.size(), null, modify);
    }

    private static SetAttributes permissions(int mode) {
        return new SetAttributes(mode, null, null, null, null, null);
    }

    private static long above(Model before, String path) {
        return idOf(Objects.requireNonNull(before.above(path)));
    }

    private static long object(Model before, String path) {
        return idOf(Objects.requireNonNull(before.at(path)));
    }

    private static Name name(String path) {
        return Name.of(Model.name(path));
    }
}
