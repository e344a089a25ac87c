package org.twinshare.client.bench;

import java.util.Locale;
import org.twinshare.client.probe.AttributeCalls;
import org.twinshare.client.probe.NameCalls;
import org.twinshare.client.probe.Stability;

/** The workloads by the names that a user gives; each says in one line what it does. */
public enum WorkloadKind {
    NULL("NULL: nothing but the RPC itself"),
    GETATTR("GETATTR of files chosen at random"),
    LOOKUP("LOOKUP of names chosen at random in one directory"),
    ACCESS("ACCESS, all rights, of files chosen at random"),
    READDIRPLUS("whole listings of one directory, the first and repeated ones"),
    READ_RANDOM("READ of 4 KiB blocks at random"),
    READ_SEQUENTIAL("READ of 1 MiB blocks, a file for each connection"),
    WRITE_RANDOM("WRITE of 4 KiB blocks at random, UNSTABLE, with a COMMIT now and then"),
    WRITE_RANDOM_SYNC("WRITE of 4 KiB blocks at random, FILE_SYNC"),
    WRITE_SEQUENTIAL("WRITE of 1 MiB blocks into a new file, COMMIT at its end, again"),
    OVERWRITE("WRITE of 1 MiB blocks over a cached 1 GiB file, COMMIT at its end, again"),
    CREATE("CREATE, all connections in one directory"),
    CREATE_SPREAD("CREATE, a directory for each connection"),
    CREATE_COMMIT("CREATE, WRITE of the whole file (4 KiB), COMMIT"),
    CREATE_SYNC("CREATE, WRITE of the whole file (4 KiB) with FILE_SYNC"),
    REMOVE("REMOVE of files made beforehand, in one directory"),
    MKDIR_RMDIR("MKDIR and RMDIR in turn, in one directory"),
    RENAME("RENAME to and fro, in one directory"),
    SFS2008("the operation mix of SPECsfs2008 for NFSv3");

    private final String description;

    WorkloadKind(String description) {
        this.description = description;
    }

    public String description() {
        return description;
    }

    /** The name on the command line: small letters and hyphens. */
    public String commandName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Workload make(BenchSettings settings) {
        return switch (this) {
            case NULL -> PooledCalls.ofNull(settings);
            case GETATTR -> PooledCalls.aboutFiles(settings, (directory, name, file) -> AttributeCalls.getattr(file));
            case LOOKUP ->
                PooledCalls.aboutFiles(settings, (directory, name, file) -> NameCalls.lookup(directory, name));
            case ACCESS ->
                PooledCalls.aboutFiles(
                        settings, (directory, name, file) -> AttributeCalls.access(file, AttributeCalls.Access.ALL));
            case READDIRPLUS -> new ListingWorkload(settings);
            case READ_RANDOM -> new ReadWorkload(settings, true);
            case READ_SEQUENTIAL -> new ReadWorkload(settings, false);
            case WRITE_RANDOM -> new RandomWriteWorkload(settings, Stability.UNSTABLE);
            case WRITE_RANDOM_SYNC -> new RandomWriteWorkload(settings, Stability.FILE_SYNC);
            case WRITE_SEQUENTIAL -> new SequentialWriteWorkload(settings, false);
            case OVERWRITE -> new SequentialWriteWorkload(settings, true);
            case CREATE -> new NameWorkload(settings, NameWorkload.Change.CREATE, false);
            case CREATE_SPREAD -> new NameWorkload(settings, NameWorkload.Change.CREATE, true);
            case CREATE_COMMIT -> new SmallFilesWorkload(settings, Stability.UNSTABLE);
            case CREATE_SYNC -> new SmallFilesWorkload(settings, Stability.FILE_SYNC);
            case REMOVE -> new NameWorkload(settings, NameWorkload.Change.REMOVE, false);
            case MKDIR_RMDIR -> new NameWorkload(settings, NameWorkload.Change.MAKE_AND_REMOVE_DIRECTORY, false);
            case RENAME -> new NameWorkload(settings, NameWorkload.Change.RENAME, false);
            case SFS2008 -> new MixWorkload(settings);
        };
    }
}
