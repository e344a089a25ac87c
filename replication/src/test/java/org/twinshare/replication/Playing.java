package org.twinshare.replication;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;

/** One history, played on a real tree and on its model, with the server killed where the history says. One thread. */
final class Playing implements AutoCloseable {
    private static final Model.Effect NOTHING = new Model.Effect(null, null, Set.of(), Set.of());
    private static final int ANSWERS_REMEMBERED = 5;

    private final Path base;
    private final Path export;
    private final Kill kill = new Kill();
    private Path state;
    private Served served;
    private Model model = new Model();
    private int states;
    private int xid;
    private boolean ended;
    /** Since the last comparison; its own directory was in the root, whose ctime does not tell why it moved. */
    private boolean recoveryWasKilled;

    private final Deque<Answer> answers = new ArrayDeque<>();

    private record Answer(CallId call, Act act, long object) {}

    /** A server was killed. */
    private static final class Killed extends RuntimeException {
        private Killed() {
            super(null, null, false, false);
        }
    }

    /** Ends the server at a step: its state is copied as it is then, and nothing that it does afterwards is seen again. */
    private final class Kill implements Step.Listener {
        private int left = History.Event.NEVER;
        private boolean done;
        private @Nullable Step at;

        void arm(int steps) {
            left = steps;
            done = false;
            at = null;
        }

        @Override
        public void at(Step step) {
            if (!done && (left == History.Event.NEVER || left-- > 0)) {
                at = step;
                return;
            }
            if (!done) {
                at = step;
                now();
            }
            throw new Killed();
        }

        void now() {
            done = true;
            Path after = base.resolve("state" + ++states);
            try {
                KilledServer.copyState(state, after);
                state = after;
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    Playing() throws Exception {
        base = Served.temporary();
        export = Files.createDirectory(base.resolve("export"));
        Files.setPosixFilePermissions(export, PosixFilePermissions.fromString("rwxr-xr-x"));
        state = Files.createDirectory(base.resolve("state0"));
        served = Served.open(export, state, Served.SETTINGS, kill);
        model.root.id = served.root;
        model.root.changeNs = -1;
        compare(new Model.Effect(null, null, Set.of(model.root), Set.of(model.root)), "at the beginning");
    }

    Served served() {
        return served;
    }

    Model model() {
        return model;
    }

    Path state() {
        return state;
    }

    void play(History history) throws Exception {
        for (History.Event event : history.events()) {
            play(event);
        }
        compare(NOTHING, "at the end");
    }

    /** Everything that was written is in the journal afterwards. */
    void commitAll() {
        commitBelow(model.root);
    }

    private void commitBelow(Thing directory) {
        for (Thing thing : directory.children.values()) {
            if (thing.isDirectory()) {
                commitBelow(thing);
            } else if (thing.type == FileType.REGULAR) {
                CallId call = new CallId(InetAddress.getLoopbackAddress(), ++xid, 1, 7);
                Outcome outcome = served.tree.change(call, new Operation.Commit(served.admin, thing.id, 0, 0));
                if (outcome.error() != null) {
                    throw new AssertionError("COMMIT of " + thing.id + ": " + outcome.error());
                }
            }
        }
    }

    void killAtTheEnd() throws Exception {
        kill.arm(History.Event.NEVER);
        kill.now();
        restart(List.of());
        compare(NOTHING, "after the last restart");
    }

    private void play(History.Event event) throws Exception {
        learnIds(event.act());
        Model before = model.copy();
        Model.Effect effect = model.apply(event.act());
        kill.arm(event.cut());
        boolean answered = false;
        CallId call = new CallId(InetAddress.getLoopbackAddress(), ++xid, 1, 7);
        try {
            if (effect != null) {
                act(event.act(), before, effect, call);
            }
            answered = true;
        } catch (Killed e) {
            // It has copied the state.
        }
        if (!event.isCut()) {
            return;
        }
        if (answered && !kill.done) {
            kill.now();
        }
        Step at = kill.at;
        restart(event.recoveryCuts());
        if (answered || effect == null) {
            compare(NOTHING, "after a kill behind " + event);
        } else {
            choose(before, effect, event, at, call);
        }
        recoveryWasKilled = false;
        checkAnswers();
    }

    /** What a process on the server has made gets its id when it is looked at. */
    private void learnIds(Act act) {
        for (String path : act.paths()) {
            Thing above = model.above(path);
            Thing thing = act instanceof Act.Look ? null : model.at(path);
            if (above != null && above.id == 0 || thing != null && thing.id == 0) {
                compare(NOTHING, "before " + act);
            }
        }
    }

    /** After a cut call the tree is as before it or as after it; only as after it where it was durable. */
    private void choose(Model before, Model.Effect effect, History.Event event, @Nullable Step at, CallId call)
            throws Exception {
        String after = differences(effect);
        if (after.isEmpty()) {
            checkCutAnswer(call, event);
            return;
        }
        boolean mayBeBefore = at == Step.APPENDED || at == Step.PREPARED || at == Step.FILE_SYNCED;
        model = before.copy();
        String differences = mayBeBefore ? differences(NOTHING) : "it was durable";
        if (!differences.isEmpty() && at == Step.FILE_SYNCED) {
            // The file had the bytes already, and keeps the times that somebody may have seen.
            model = before.copy();
            Set<Thing> written =
                    Set.of(Objects.requireNonNull(model.at(event.act().paths().getFirst())));
            Model.Effect later = new Model.Effect(null, null, written, written);
            differences = differences(later);
        }
        if (!differences.isEmpty() && wasWriting(at) && event.act() instanceof Act.Write write) {
            differences = differencesFromPartOf(write, before);
        }
        if (!differences.isEmpty()) {
            throw new AssertionError("cut at " + at + " of " + event + ", the tree is not as after it:\n" + after
                    + "nor as before it:\n" + differences);
        }
        if (served.tree.outcomeOf(call) != null && event.act().isRemembered()) {
            throw new AssertionError("not carried out, and known: " + event);
        }
    }

    private static boolean wasWriting(@Nullable Step at) {
        return at == Step.WRITTEN || at == Step.FILE_SYNCED;
    }

    /**
     * The journal has older bytes and does not know of these, so where both wrote the older ones come back, and behind them
     * these stay. Nobody was told that they were written, and whoever wrote them writes them again.
     */
    private String differencesFromPartOf(Act.Write write, Model before) {
        model = before.copy();
        Model.Effect effect = Objects.requireNonNull(model.apply(write));
        Thing file = Objects.requireNonNull(effect.object());
        Thing older = Objects.requireNonNull(before.at(write.path()));
        byte[] newer = file.bytes;
        file.uncommitted.or(older.uncommitted);
        file.uncommitted.set(Math.min(older.bytes.length, write.offset()), write.offset() + write.length());
        String differences = differences(effect);
        for (int i = 0; i < file.bytes.length && differences.isEmpty(); i++) {
            byte was = i < older.bytes.length ? older.bytes[i] : 0;
            if (file.bytes[i] != newer[i] && file.bytes[i] != was && !older.uncommitted.get(i)) {
                return "byte " + i + " of " + write.path() + " is neither the older nor the newer one";
            }
        }
        return differences;
    }

    /** A client that sends the call once more gets its answer. */
    private void checkCutAnswer(CallId call, History.Event event) {
        Outcome outcome = served.tree.outcomeOf(call);
        if (event.act().isRemembered() && outcome == null) {
            throw new AssertionError("carried out, and no answer is known: " + event);
        }
    }

    private void checkAnswers() {
        for (Answer answer : answers) {
            Outcome outcome = served.tree.outcomeOf(answer.call);
            if (outcome == null || outcome.error() != null || outcome.object() != answer.object) {
                throw new AssertionError(answer.act + " was answered, and now its answer is " + outcome);
            }
        }
    }

    private void restart(List<Integer> cuts) throws Exception {
        Iterator<Integer> next = cuts.iterator();
        end();
        while (true) {
            kill.arm(next.hasNext() ? next.next() : History.Event.NEVER);
            try {
                served = Served.open(export, state, Served.SETTINGS, kill);
                ended = false;
                kill.arm(History.Event.NEVER);
                return;
            } catch (Killed e) {
                // The next start begins anew.
                recoveryWasKilled = true;
            }
        }
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        try {
            served.close();
        } catch (Killed e) {
            // No last checkpoint.
        }
    }

    private String differences(Model.Effect unknown) {
        boolean hot = model.root.hot;
        model.root.hot |= recoveryWasKilled && !model.root.locallyChanged;
        String differences = new Comparison(served.tree, export, served.root, unknown).differences(model);
        model.root.hot = hot;
        return differences;
    }

    private void compare(Model.Effect unknown, String when) {
        String differences = differences(unknown);
        if (!differences.isEmpty()) {
            throw new AssertionError(when + ":\n" + differences);
        }
    }

    /** Carries out an act on the tree, and compares what comes of it. */
    private void act(Act act, Model before, Model.Effect effect, CallId call) throws Exception {
        if (act instanceof Act.Checkpoint) {
            served.tree.checkpoint();
            return;
        }
        if (act instanceof Act.MakeLocally make) {
            makeLocally(make);
        } else if (act instanceof Act.Look look) {
            look(look, before, effect);
        } else {
            change(act, before, effect, call);
        }
        learn(act, effect);
    }

    private void makeLocally(Act.MakeLocally make) throws IOException {
        Path file = export.resolve(make.path());
        Files.write(file, Model.bytes(make.length(), make.salt()));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private void look(Act.Look look, Model before, Model.Effect effect) {
        Thing above = Objects.requireNonNull(before.above(look.path()));
        try {
            long id = served.tree
                    .lookup(served.admin, Asking.idOf(above), Name.of(Model.name(look.path())))
                    .object()
                    .id();
            Thing found = Objects.requireNonNull(effect.object());
            if (found.id == 0) {
                compare(NOTHING, "after " + look);
            }
            check(look, "id", found.id, id);
        } catch (ErrnoException e) {
            check(look, "error", effect.error(), e.errno());
        }
    }

    private void change(Act act, Model before, Model.Effect effect, CallId call) {
        Outcome outcome = served.tree.change(call, Asking.operation(act, before, served.admin));
        check(act, "error", effect.error(), outcome.error());
        Thing object = effect.object();
        if (effect.error() == null && object != null && outcome.object() != 0) {
            if (object.id == 0) {
                object.id = outcome.object();
            }
            check(act, "id", object.id, outcome.object());
        }
        if (effect.error() == null && act.isRemembered()) {
            answers.add(new Answer(call, act, outcome.object()));
            if (answers.size() > ANSWERS_REMEMBERED) {
                answers.remove();
            }
        }
    }

    /** The moment of the change, which must be later than the one before. */
    private void learn(Act act, Model.Effect effect) throws ErrnoException {
        for (Thing thing : effect.changed()) {
            var attributes = served.tree.attributes(served.admin, Asking.idOf(thing));
            if (attributes.changeNs() <= thing.changeNs) {
                throw new AssertionError(act + ": the ctime of " + thing.id + " is not later");
            }
            thing.changeNs = attributes.changeNs();
            if (effect.modified().contains(thing)) {
                thing.modifyNs = attributes.modifyNs();
            }
            check(act, "mtime", thing.modifyNs, attributes.modifyNs());
        }
    }

    private static void check(Act act, String what, @Nullable Object wanted, @Nullable Object found) {
        if (!Objects.equals(wanted, found)) {
            throw new AssertionError(act + ": " + what + " should be " + wanted + ", and is " + found);
        }
    }

    @Override
    public void close() throws IOException {
        if (!kill.done) {
            kill.arm(0);
            kill.done = true;
        }
        end();
        Served.delete(base);
    }
}
