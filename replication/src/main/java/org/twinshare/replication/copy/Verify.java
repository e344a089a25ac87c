package org.twinshare.replication.copy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.NetState.Slot;
import org.twinshare.filestore.ObjectDescription;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.local.TreeCopy;
import org.twinshare.filestore.local.TreeView;

/**
 * Compares the standby's tree with the primary's while clients change it and the standby follows. What looks different is
 * looked at again when everything was walked through, until it is sure ({@link Suspects}). One thread; it asks on the
 * connection that the standby follows on.
 */
public final class Verify {
    /** Between two rounds of looks. */
    private static final Duration PAUSE = Duration.ofMillis(100);
    /** Between the last write to a file and the last change of it; a walk of the primary finds both within this time. */
    private static final Duration WRITTEN_LATELY = Duration.ofHours(2);

    private final LocalTree tree;
    private final TreeCopy copy;
    private final Questions questions;
    private final Holds holds;
    private final Options options;
    private final Fetch fetch;
    private final Differences differences;
    private final Deque<Long> directories = new ArrayDeque<>();
    private final Suspects<Slot> names = new Suspects<>();
    private final Suspects<Long> suspects = new Suspects<>();
    /** Of directories that held the one in which the name is. */
    private final Set<Slot> notPlaced = new HashSet<>();

    private final Set<Slot> repaired = new HashSet<>();
    private final List<Finding> findings = new ArrayList<>();
    private boolean everything;
    private final Set<Long> changed = new HashSet<>();
    private final Removal removal;
    private long objects;

    /**
     * What is to be done.
     *
     * @param content compare bytes too, by checksums of this kind; null for names and attributes only
     * @param repair  make the tree here the same where it differs
     * @param maxRemoved when more objects than these are to be removed none is
     */
    public record Options(@Nullable SumKind content, boolean repair, long maxRemoved) {
        /** Whoever asks for it has seen to it that it is the right directory. */
        public Options(@Nullable SumKind content, boolean repair) {
            this(content, repair, Long.MAX_VALUE);
        }
    }

    /**
     * What was found.
     *
     * @param objects  names that were compared
     * @param bytes    that were summed up here
     * @param changing what changed each time it was looked at, or is written to and not committed: nothing can be said of it
     * @param kept     objects that were not removed, because there were more of them than were to be
     */
    public record Report(long objects, long bytes, long changing, long kept, List<Finding> findings) {
        public Report {
            findings = List.copyOf(findings);
        }
    }

    public Verify(LocalTree tree, StandbyApply apply, Questions questions, CopyLimits limits, Options options) {
        this.tree = tree;
        this.copy = tree.copy();
        this.questions = questions;
        this.holds = apply.holds();
        this.options = options;
        fetch = new Fetch(tree, questions, new CopyProgress(), limits);
        differences = new Differences(
                tree, apply, questions, file -> everything || mayHoldOtherBytes(file) ? options.content() : null);
        removal = new Removal(tree, differences, options.maxRemoved());
    }

    /** Compares everything; repairs what it finds, when it is to. */
    public Report run() throws IOException {
        everything = true;
        tree.view().roots().stream().map(TreeView.Root::id).forEach(directories::add);
        return compare();
    }

    /**
     * Whether a local process may have written to a file that has the same size and mtime here: when a client wrote to it since, and
     * so gave both the same. Who only gives away old files does not make two servers read all of them.
     */
    private boolean mayHoldOtherBytes(ObjectDescription file) {
        return changed.contains(file.id()) && file.changeNs() - file.modifyNs() <= WRITTEN_LATELY.toNanos();
    }

    /** Compares these objects, and the names in those that are directories; bytes of these files only. */
    Report run(Set<Long> some) throws IOException {
        changed.addAll(some);
        some.forEach(suspects::add);
        directories.addAll(some);
        return compare();
    }

    /** Objects, and directories with names, of which nothing could be said, or which have no place before others are moved. */
    Set<Long> givenUp() {
        Set<Long> all = new HashSet<>(suspects.givenUp());
        names.givenUp().forEach(slot -> all.add(slot.directory()));
        notPlaced.forEach(slot -> all.add(slot.directory()));
        return all;
    }

    private Report compare() throws IOException {
        try {
            do {
                while (!directories.isEmpty()) {
                    directory(directories.remove());
                }
                judge();
                // A directory that was missing is here by now, and is walked through in its turn.
            } while (!directories.isEmpty());
        } catch (ErrnoException e) {
            throw new IOException("the tree here cannot be compared: " + e.getMessage(), e);
        }
        long changing = (long) names.givenUp().size() + suspects.givenUp().size();
        return new Report(objects, differences.bytes(), changing, removal.kept(), findings);
    }

    private void directory(long id) throws IOException, ErrnoException {
        if (!copy.isDirectory(id)) {
            return;
        }
        Differences.Directory directory = differences.list(id);
        if (directory == null) {
            return;
        }
        differences.awaitApplied();
        if (!copy.has(id)) {
            return;
        }
        for (Map.Entry<Name, ObjectDescription> each : directory.entries().entrySet()) {
            entry(new Slot(id, each.getKey()), each.getValue());
        }
        copy.surplus(id, directory.entries().keySet()).forEach(name -> names.add(new Slot(id, name)));
        if (differences.ofObject(directory.itself()) != null) {
            suspects.add(id);
        }
    }

    private void entry(Slot slot, ObjectDescription object) throws IOException, ErrnoException {
        objects++;
        if (differences.ofName(slot, object.id()) != null) {
            names.add(slot);
        }
        if (object.type() != FileType.DIRECTORY) {
            if (differences.ofObject(object) != null) {
                suspects.add(object.id());
            }
        } else if (everything && copy.has(object.id())) {
            directories.add(object.id());
        }
    }

    /** Looks again at what seems to differ, names first, until nothing is left to be said. */
    private void judge() throws IOException, ErrnoException {
        Set<Long> listed = new HashSet<>();
        while (!names.isEmpty()) {
            pause(names.left());
            Map<Slot, Long> owners = differences.owners(names.all());
            differences.awaitApplied();
            Map<Slot, Finding> sure = new LinkedHashMap<>();
            List<Slot> surplus = new ArrayList<>();
            for (Map.Entry<Slot, Long> each : owners.entrySet()) {
                Slot slot = each.getKey();
                listed.add(slot.directory());
                Differences.Seen seen = differences.ofName(slot, each.getValue());
                if (seen != null && seen.finding() instanceof Finding.SurplusName) {
                    surplus.add(slot);
                }
                Finding finding = names.seen(slot, seen);
                if (finding != null) {
                    sure.put(slot, finding);
                }
            }
            removal.expect(surplus);
            repairNames(sure);
        }
        if (options.repair()) {
            holds.repair(() -> endNames(listed));
        }
        while (!suspects.isEmpty()) {
            pause(suspects.left());
            Map<Long, ObjectDescription> described = differences.describe(suspects.all());
            differences.awaitApplied();
            for (Finding finding : differences.look(suspects, described).values()) {
                findings.add(finding);
                if (options.repair()) {
                    holds.repair(() -> repair(finding));
                }
            }
        }
    }

    private void repairNames(Map<Slot, Finding> sure) throws IOException, ErrnoException {
        for (Map.Entry<Slot, Finding> each : sure.entrySet()) {
            Slot slot = each.getKey();
            boolean first = repaired.add(slot);
            if (first) {
                findings.add(each.getValue());
            }
            boolean stays = each.getValue() instanceof Finding.SurplusName && !removal.take(slot);
            if (options.repair() && !stays) {
                holds.repair(() -> repairNamesNow(Set.of(slot)));
                if (first) {
                    // A client may have given that name to something meanwhile.
                    names.add(slot);
                }
            }
        }
    }

    /** Names were repaired, but for those of directories that held each other. */
    private void endNames(Set<Long> listed) throws IOException, ErrnoException {
        placeRest();
        // What has lost a name lies aside, and may have got another one since.
        int unusedGone = copy.clear(id -> false);
        for (long directory : listed) {
            // Also where a directory was taken from that is right now: so its name did not differ any more.
            if (copy.has(directory)) {
                differences.dress(directory);
            }
        }
    }

    /** Of directories that held each other, each one placed lets another one be. */
    private void placeRest() throws IOException, ErrnoException {
        int before = Integer.MAX_VALUE;
        while (!notPlaced.isEmpty() && notPlaced.size() < before) {
            before = notPlaced.size();
            Set<Slot> slots = Set.copyOf(notPlaced);
            notPlaced.clear();
            repairNamesNow(slots);
        }
    }

    /** Whose they are is asked once more: it is no older then than the last that was carried out here. */
    private void repairNamesNow(Set<Slot> slots) throws IOException, ErrnoException {
        for (Map.Entry<Slot, Long> each : differences.owners(slots).entrySet()) {
            repairName(each.getKey(), each.getValue());
        }
    }

    private static void pause(Duration left) throws IOException {
        try {
            Thread.sleep(left.compareTo(PAUSE) < 0 ? left : PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the comparison was interrupted", e);
        }
    }

    private void repairName(Slot slot, long owner) throws IOException, ErrnoException {
        if (owner == 0) {
            int unusedRemoved = copy.takeAway(slot);
        } else {
            questions.askNow(new Ask.Objects(false, List.of(owner)), answer -> {
                if (answer instanceof Answer.Objects of && !of.objects().isEmpty()) {
                    ObjectDescription object = of.objects().get(0);
                    if (copy.place(slot, object) == TreeCopy.Placed.NOT_YET) {
                        notPlaced.add(slot);
                    }
                    copy.dress(object);
                    if (object.type() == FileType.DIRECTORY) {
                        directories.add(owner);
                    }
                }
            });
            fetch.again(Set.of(owner));
        }
    }

    private void repair(Finding finding) throws IOException {
        switch (finding) {
            case Finding.WrongBytes of -> fetch.again(Set.of(of.object()));
            case Finding.WrongAttributes of -> differences.dress(of.object());
            case Finding.WrongName unused -> {}
            case Finding.SurplusName unused -> {}
        }
    }
}
