package org.twinshare.replication;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Operation.CreateMode;
import org.twinshare.filestore.Stability;

/**
 * One thing that happens to a tree. It says where by paths from the exported directory, so that a history stays one when
 * some of its acts are left out.
 */
sealed interface Act {
    /** The paths of what must be known by an id before it can be asked for. */
    default List<String> paths() {
        return switch (this) {
            case Create act -> List.of(act.path);
            case MakeDirectory act -> List.of(act.path);
            case MakeSymlink act -> List.of(act.path);
            case MakeFifo act -> List.of(act.path);
            case Remove act -> List.of(act.path);
            case RemoveDirectory act -> List.of(act.path);
            case Rename act -> List.of(act.from, act.to);
            case Link act -> List.of(act.object, act.path);
            case Set act -> List.of(act.path);
            case Write act -> List.of(act.path);
            case Commit act -> List.of(act.path);
            case MakeLocally act -> List.of(act.path);
            case Look act -> List.of(act.path);
            case Checkpoint unused -> List.of();
        };
    }

    /** Whether it has a record whenever it succeeds, which tells its answer again. */
    default boolean isRemembered() {
        return switch (this) {
            case MakeDirectory unused -> true;
            case MakeSymlink unused -> true;
            case MakeFifo unused -> true;
            case Remove unused -> true;
            case RemoveDirectory unused -> true;
            case Link unused -> true;
            case Create unused -> false;
            case Rename unused -> false;
            case Set unused -> false;
            case Write unused -> false;
            case Commit unused -> false;
            case MakeLocally unused -> false;
            case Look unused -> false;
            case Checkpoint unused -> false;
        };
    }

    record Create(
            String path,
            CreateMode mode,
            int permissions,
            @Nullable Long size,
            long verifier) implements Act {}

    record MakeDirectory(String path, int permissions) implements Act {}

    record MakeSymlink(String path, String target) implements Act {}

    record MakeFifo(String path, int permissions) implements Act {}

    record Remove(String path) implements Act {}

    record RemoveDirectory(String path) implements Act {}

    record Rename(String from, String to) implements Act {}

    record Link(String object, String path) implements Act {}

    /** SETATTR; null leaves an attribute as it is. */
    record Set(
            String path,
            @Nullable Integer permissions,
            @Nullable Integer owner,
            @Nullable Long size,
            @Nullable Long modifyNs)
            implements Act {}

    /** WRITE of bytes that differ from those of every other WRITE of the history. */
    record Write(String path, int offset, int length, int salt, Stability stability) implements Act {}

    record Commit(String path) implements Act {}

    /** A process on the server makes a file where there is none. */
    record MakeLocally(String path, int length, int salt) implements Act {}

    /** LOOKUP, which gives an id to what has none. */
    record Look(String path) implements Act {}

    /** A checkpoint of the server. */
    record Checkpoint() implements Act {}
}
