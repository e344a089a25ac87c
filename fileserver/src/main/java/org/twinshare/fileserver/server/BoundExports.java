package org.twinshare.fileserver.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.Problem;
import org.twinshare.exports.file.ExportEntry;
import org.twinshare.exports.table.Export;
import org.twinshare.exports.table.ExportTable;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.RootRefused;
import org.twinshare.filestore.local.LocalTree;

/**
 * The directories behind the exports, bound to the tree. One that is not there, or not the one that it should be, is tried
 * again now and then; its clients are told to wait, because a disk that is not mounted yet has lost nothing. Thread-safe.
 */
final class BoundExports {
    private static final Logger LOG = LoggerFactory.getLogger(BoundExports.class);

    private final LocalTree tree;
    private final boolean adopt;
    private final Map<BytePath, Long> rootsByDirectory = new ConcurrentHashMap<>();
    private volatile Map<Integer, Long> rootsByNumber = Map.of();
    private volatile Map<Export, Problem> missing = Map.of();
    private volatile Set<BytePath> unmounted = Set.of();
    private volatile boolean refusedForSafety;

    BoundExports(LocalTree tree, boolean adopt) {
        this.tree = tree;
        this.adopt = adopt;
    }

    /** Binds the directories of a table; returns what is wrong with those that cannot be served now. */
    synchronized List<Problem> bind(ExportTable table) {
        Map<Integer, Long> bound = new ConcurrentHashMap<>();
        Map<Export, Problem> refused = new ConcurrentHashMap<>();
        unmounted = unmounted(table);
        for (Export export : table.exports()) {
            try {
                requireMountPoint(export);
                bound.put(export.number(), root(export.directory()));
            } catch (Refused e) {
                refused.put(export, e.problem());
                refusedForSafety |= e.isForSafety();
            }
        }
        rootsByNumber = Map.copyOf(bound);
        missing = Map.copyOf(refused);
        return new ArrayList<>(refused.values());
    }

    /** Tries again what could not be served before. */
    synchronized void retry(ExportTable table) {
        if (!missing.isEmpty() || !unmounted.isEmpty()) {
            int before = missing.size();
            bind(table);
            if (missing.size() < before) {
                LOG.info("{} of {} directories that were missing are served now", before - missing.size(), before);
            }
        }
    }

    private static Set<BytePath> unmounted(ExportTable table) {
        Set<BytePath> required = table.exports().stream()
                .flatMap(
                        export -> export.entries().stream().flatMap(entry -> export.requiredMountPoint(entry).stream()))
                .collect(Collectors.toSet());
        if (!required.isEmpty()) {
            required.removeIf(MountTable.read()::isMountPoint);
        }
        return Set.copyOf(required);
    }

    /** An export whose disk is missing for every client is not even opened: the empty directory below is not the one meant. */
    private void requireMountPoint(Export export) throws Refused {
        boolean forNobody = !export.entries().isEmpty()
                && export.entries().stream().allMatch(entry -> waitsForMount(export, entry));
        if (forNobody) {
            BytePath point = export.requiredMountPoint(export.entries().get(0)).orElseThrow();
            throw new Refused(
                    "not exporting " + export.path(),
                    "its option mountpoint wants something to be mounted on " + point + ", and nothing is",
                    "mount " + ShellWord.of(point) + " ; it is exported as soon as that is done");
        }
    }

    /** Whether the option mountpoint keeps the export from the clients of an entry, as of the last time it was bound. */
    boolean waitsForMount(Export export, ExportEntry entry) {
        return export.requiredMountPoint(entry).filter(unmounted::contains).isPresent();
    }

    /** Whether a directory was refused that could be served, because it is not the one that it should be. */
    boolean isRefusedForSafety() {
        return refusedForSafety;
    }

    /** Whether some export waits for a disk, as its option mountpoint says. */
    boolean waitsForMounts() {
        return !unmounted.isEmpty();
    }

    /** Looks again whether what the entry wants to be mounted is, for a client that begins. */
    boolean waitsForMountNow(ExportTable table, Export export, ExportEntry entry) {
        if (export.requiredMountPoint(entry).isPresent()) {
            List<Problem> unused = bind(table);
        }
        return waitsForMount(export, entry);
    }

    private long root(BytePath directory) throws Refused {
        Long known = rootsByDirectory.get(directory);
        if (known != null) {
            return known;
        }
        try {
            long root = tree.bind(directory.bytes(), adopt);
            rootsByDirectory.put(directory, root);
            return root;
        } catch (RootRefused e) {
            throw Refused.forSafety(new Problem(
                    "refusing to serve " + directory,
                    String.valueOf(e.getMessage()),
                    "mount the disk that belongs there; or, if this really is the directory to serve from now on, start"
                            + " once with --adopt: every file gets a new identity, and clients must mount anew"));
        } catch (ErrnoException e) {
            throw new Refused("cannot serve " + directory, cause(e), remedy(directory, e.errno()));
        }
    }

    private static String cause(ErrnoException e) {
        return switch (e.errno()) {
            case ENOENT -> "there is no such directory";
            case ENOTDIR -> "it is not a directory";
            case EACCES -> "this user may not open it";
            default -> e.errno().name();
        };
    }

    private static String remedy(BytePath directory, Errno errno) {
        return switch (errno) {
            case ENOENT -> "mkdir -p " + ShellWord.of(directory) + " && chown nobody: " + ShellWord.of(directory);
            case ENOTDIR -> "name the directory that holds the files";
            case EACCES -> "run as root, or as the user that owns it";
            default -> "see what the system says:  ls -ld " + ShellWord.of(directory);
        };
    }

    /** The root object of an export, or null while its directory cannot be served. */
    @Nullable Long root(int exportNumber) {
        return rootsByNumber.get(exportNumber);
    }

    /** What is wrong with the exports that cannot be served now. */
    Map<Export, Problem> missing() {
        return missing;
    }
}
