package org.twinshare.client.doctor;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.twinshare.client.node.Node;
import org.twinshare.client.probe.Attributes;
import org.twinshare.client.probe.CreateCalls;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.ListCalls;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.NfsReply;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.Status;
import org.twinshare.client.probe.WccData;

/** Writes a small file on the share as the web server would, and learns from it: rights, squashing, and the server's clock. */
final class TrialWrite {
    private static final Duration MOST_APART = Duration.ofSeconds(2);
    private static final byte[] CONTENT = "twinmount doctor\n".getBytes(StandardCharsets.UTF_8);
    private static final int NOBODY = 65534;
    private static final int PAGE_BYTES = 32 << 10;

    private final Node node;
    private final InstantSource clock;
    private final DoctorSettings settings;
    private final NfsProbe nfs;
    private final WebUser user;
    private final String name =
            ".twinmount-doctor-" + Long.toHexString(ThreadLocalRandom.current().nextLong());

    TrialWrite(Node node, InstantSource clock, DoctorSettings settings, NfsProbe nfs, WebUser user) {
        this.node = node;
        this.clock = clock;
        this.settings = settings;
        this.nfs = nfs.as(Credential.of(user.uid(), user.gid()));
        this.user = user;
    }

    void run(FileHandle root, Consumer<Finding> found) throws IOException {
        Optional<FileHandle> directory = walk(root);
        if (directory.isEmpty()) {
            found.accept(Finding.fail(
                    "write",
                    "there is no directory " + where(),
                    "the server answers that " + user + " cannot look it up",
                    "make it on the share, or name the right one with --directory"));
            return;
        }
        Instant before = clock.instant();
        NfsReply<CreateCalls.Created, WccData> made = nfs.create(directory.get(), name, 0600);
        Instant after = clock.instant();
        if (made instanceof NfsReply.Failed<CreateCalls.Created, WccData> failed) {
            found.accept(refused(directory.get(), failed.status()));
        } else {
            inspect(directory.get(), made.ok(), before, after, found);
        }
        found.accept(owners(directory.get()));
    }

    private String where() {
        return settings.directory().isEmpty() ? settings.path() : settings.path() + "/" + settings.directory();
    }

    private Optional<FileHandle> walk(FileHandle root) throws IOException {
        FileHandle at = root;
        for (String each : Splitter.on('/').omitEmptyStrings().split(settings.directory())) {
            var looked = nfs.lookup(at, each);
            if (looked.status() != Status.OK) {
                return Optional.empty();
            }
            at = looked.ok().handle();
        }
        return Optional.of(at);
    }

    private Finding refused(FileHandle directory, Status status) throws IOException {
        var asked = nfs.getattr(directory);
        String owner = asked.status() == Status.OK ? describe(asked.ok()) : "its attributes cannot be had";
        return switch (status) {
            case ROFS ->
                Finding.fail(
                        "write",
                        where() + " is exported read-only to this node",
                        "CREATE answered ROFS",
                        "write rw for this node in the exports file of the server, and reload it");
            case ACCES, PERM ->
                Finding.fail(
                        "write",
                        user + " may not write in " + where(),
                        "CREATE answered " + status + "; the directory has " + owner
                                + "; a squashed user counts as nobody",
                        "on the server:  chown " + user.uid() + ":" + user.gid()
                                + " DIRECTORY  ; if users are squashed there (all_squash), see exports(5)");
            default ->
                Finding.fail(
                        "write",
                        user + " cannot write in " + where(),
                        "CREATE answered " + status,
                        "see the server's log and its disk:  df -h");
        };
    }

    private static String describe(Attributes attributes) {
        return "owner " + attributes.uid() + ":" + attributes.gid() + " and mode "
                + Integer.toOctalString(attributes.mode() & 07777);
    }

    private void inspect(
            FileHandle directory, CreateCalls.Created made, Instant before, Instant after, Consumer<Finding> found)
            throws IOException {
        try {
            FileHandle file = made.handle().isPresent()
                    ? made.handle().get()
                    : nfs.lookup(directory, name).ok().handle();
            Attributes attributes = made.attributes().isPresent()
                    ? made.attributes().get()
                    : nfs.getattr(file).ok();
            found.accept(squashing(attributes));
            found.accept(clockDifference(attributes, before, after));
            nfs.write(file, 0, Stability.FILE_SYNC, CONTENT).ok();
            byte[] read = nfs.read(file, 0, CONTENT.length).ok().data().toArray();
            found.accept(
                    Arrays.equals(read, CONTENT)
                            ? Finding.ok("write", user + " can write in " + where())
                            : Finding.fail(
                                    "write",
                                    "what is read is not what was written",
                                    "the bytes differ",
                                    "do not use this server: report it"));
        } finally {
            nfs.remove(directory, name);
        }
    }

    private Finding squashing(Attributes attributes) {
        if (attributes.uid() == user.uid()) {
            return Finding.ok("squash", "files of " + user + " keep their owner");
        }
        return Finding.fail(
                "squash",
                "files of " + user + " belong to uid " + attributes.uid() + " on the share",
                "the export squashes all users (all_squash, anonuid)",
                "take all_squash out of the line of this node, or write anonuid=" + user.uid() + ",anongid="
                        + user.gid());
    }

    /** The server set the time of the new file between the two looks at our own clock. */
    private static Finding clockDifference(Attributes attributes, Instant before, Instant after) {
        Instant server = Instant.ofEpochSecond(
                attributes.changed().seconds(), attributes.changed().nanoseconds());
        Duration behind = Duration.between(server, before);
        Duration ahead = Duration.between(after, server);
        Duration apart = behind.compareTo(ahead) > 0 ? behind : ahead;
        if (apart.compareTo(MOST_APART) <= 0) {
            return Finding.ok("clock", "the clocks of server and node agree within " + MOST_APART.toSeconds() + " s");
        }
        return Finding.fail(
                "clock",
                "the server's clock is " + apart.toSeconds() + " s "
                        + (behind.compareTo(ahead) > 0 ? "behind" : "ahead of") + " this node's",
                "times of files do not fit the times that programs here take for now",
                "let both follow the same time servers:  apt-get install chrony");
    }

    /** Users are numbers on the wire: a user that has another number on another machine is another user. */
    private Finding owners(FileHandle directory) throws IOException {
        var listed = nfs.readdirplus(directory, 0, 0, PAGE_BYTES, PAGE_BYTES);
        if (listed.status() != Status.OK) {
            return Finding.warn(
                    "uid",
                    "whose the files in " + where() + " are is not known",
                    "READDIRPLUS answered " + listed.status(),
                    "let " + user + " list it");
        }
        Map<Long, Long> strangers = new TreeMap<>();
        for (ListCalls.EntryPlus each : listed.ok().entries()) {
            each.attributes()
                    .map(Attributes::uid)
                    .filter(uid -> uid != 0
                            && uid != NOBODY
                            && uid != user.uid()
                            && WebUser.nameOf(node, uid).isEmpty())
                    .ifPresent(uid -> strangers.merge(uid, 1L, Long::sum));
        }
        if (strangers.isEmpty()) {
            return Finding.ok("uid", "every owner of files in " + where() + " has a name here");
        }
        long uid = List.copyOf(strangers.keySet()).getFirst();
        return Finding.fail(
                "uid",
                "files in " + where() + " belong to uid " + uid + ", which nobody has here",
                "the web server has another number where they were made (33 on Debian, 48 on EL); here it is " + user,
                "give it one number everywhere:  usermod -u " + uid + " "
                        + (user.name().isEmpty() ? "USER" : user.name())
                        + "  on this node, or chown the files on the server");
    }
}
