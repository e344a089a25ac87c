package org.twinshare.fileserver.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.CreateCalls;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.SetAttributes;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.Timestamp;

/** Single calls, each with what must be on the disk from the moment it was answered: a line of sh and what it prints. */
record CrashStep(String name, String check, String expected, Call call) {
    /** In this order: a step may need what those before it made. */
    static final List<CrashStep> ALL = List.of(
            new CrashStep(
                    "CREATE",
                    "stat -c '%F %a' created",
                    "regular empty file 640",
                    (nfs, top) -> nfs.create(top, "created", 0640).ok()),
            new CrashStep(
                    "CREATE_EXCLUSIVE",
                    "stat -c %s exclusive",
                    "0",
                    (nfs, top) -> nfs.create(top, Bytes.of("exclusive"), new CreateCalls.How.Exclusive(7))
                            .ok()),
            new CrashStep(
                    "MKDIR",
                    "stat -c '%F %a' made",
                    "directory 750",
                    (nfs, top) -> nfs.mkdir(top, "made", 0750).ok()),
            new CrashStep(
                    "SYMLINK",
                    "readlink soft",
                    "to/nowhere",
                    (nfs, top) -> nfs.symlink(top, "soft", "to/nowhere").ok()),
            new CrashStep(
                    "MKNOD",
                    "stat -c %F fifo",
                    "fifo",
                    (nfs, top) -> nfs.mknod(top, "fifo", new CreateCalls.Node.Fifo(SetAttributes.ofMode(0600)))
                            .ok()),
            new CrashStep(
                    "LINK",
                    "stat -c %h hard",
                    "2",
                    (nfs, top) ->
                            nfs.link(find(nfs, top, "created"), top, "hard").ok()),
            new CrashStep(
                    "MODE",
                    "stat -c %a created",
                    "604",
                    (nfs, top) -> set(nfs, top, "created", SetAttributes.ofMode(0604))),
            new CrashStep(
                    "TIMES",
                    "stat -c '%X %Y' created",
                    "1000000000 1100000000",
                    (nfs, top) -> set(
                            nfs,
                            top,
                            "created",
                            SetAttributes.NONE.times(
                                    new SetAttributes.Time.OfClient(new Timestamp(1_000_000_000, 0)),
                                    new SetAttributes.Time.OfClient(new Timestamp(1_100_000_000, 0))))),
            new CrashStep(
                    "WRITE_FILE_SYNC",
                    "cat created",
                    "stable",
                    (nfs, top) -> nfs.write(find(nfs, top, "created"), 0, Stability.FILE_SYNC, bytes("stable\n"))
                            .ok()),
            new CrashStep(
                    "WRITE_DATA_SYNC",
                    "cat exclusive",
                    "data",
                    (nfs, top) -> nfs.write(find(nfs, top, "exclusive"), 0, Stability.DATA_SYNC, bytes("data\n"))
                            .ok()),
            new CrashStep("COMMIT", "tail -n 1 created", "committed", (nfs, top) -> {
                FileHandle file = find(nfs, top, "created");
                nfs.write(file, 7, Stability.UNSTABLE, bytes("committed\n")).ok();
                return nfs.commit(file, 0, 0).ok();
            }),
            new CrashStep(
                    "SIZE", "stat -c %s created", "3", (nfs, top) -> set(nfs, top, "created", SetAttributes.ofSize(3))),
            new CrashStep(
                    "RENAME",
                    "ls made",
                    "moved",
                    (nfs, top) -> nfs.rename(top, "created", find(nfs, top, "made"), "moved")
                            .ok()),
            new CrashStep(
                    "REMOVE",
                    "ls | grep -c hard || true; stat -c %h made/moved",
                    "0\n1",
                    (nfs, top) -> nfs.remove(top, "hard").ok()),
            new CrashStep(
                    "RENAME_OVER",
                    "ls; cat soft",
                    "fifo\nmade\nsoft\ndata",
                    (nfs, top) -> nfs.rename(top, "exclusive", top, "soft").ok()));

    private static final String DIRECTORY = "steps";

    /** The call itself, in the directory of the steps. */
    interface Call {
        Object make(NfsProbe probe, FileHandle directory) throws IOException;
    }

    static CrashStep named(String name) {
        return ALL.stream().filter(step -> step.name.equals(name)).findFirst().orElseThrow();
    }

    void run() throws IOException {
        try (NfsProbe probe = CrashCalls.open()) {
            FileHandle export = CrashCalls.export(probe);
            if (equals(ALL.get(0))) {
                probe.mkdir(export, DIRECTORY, 0755).ok();
            }
            Object unused = call.make(probe, find(probe, export, DIRECTORY));
        }
    }

    private static FileHandle find(NfsProbe probe, FileHandle directory, String name) throws IOException {
        return probe.lookup(directory, name).ok().handle();
    }

    private static Object set(NfsProbe probe, FileHandle directory, String name, SetAttributes attributes)
            throws IOException {
        return probe.setattr(find(probe, directory, name), attributes).ok();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
