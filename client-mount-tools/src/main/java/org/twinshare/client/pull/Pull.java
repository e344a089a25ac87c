package org.twinshare.client.pull;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings releases to this node and lets the target lead to them. One at a time for a target, across processes. What a user
 * sees is either the tree before or the tree after, whenever it is killed. Not thread-safe.
 */
public final class Pull {
    private static final int SHOWN = 10;

    private final PullSettings settings;
    private final Talk talk;
    private final Layout layout;
    private final Channel channel;
    private final Checks checks;
    private final Staging staging;
    private final Flip flip;
    private final KeptReleases kept;
    private final Survey survey;
    private final Consumer<Step> progress;
    /** The release that the hook has not heard of. */
    private @Nullable String untold;

    /** How a pull talks with whoever started it. */
    public interface Talk {
        /** One line. */
        void say(String line);

        /** Whether a directory that is there may become release 0; the difference has been said. */
        boolean mayTakeOver(Path target);
    }

    /** @param progress hears of each step after it was done */
    public Pull(PullSettings settings, Talk talk, Consumer<Step> progress) throws IOException {
        this.settings = settings;
        this.talk = talk;
        this.progress = progress;
        layout = new Layout(settings.target());
        channel = new Channel(settings);
        checks = new Checks(settings, layout);
        boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        staging = new Staging(settings, layout, root, progress);
        flip = new Flip(layout, progress);
        kept = new KeptReleases(layout, staging, root);
        survey = new Survey(layout, channel, checks, kept, root);
    }

    /** What is known of the target, as JSON; empty where nothing was ever pulled. */
    public static Optional<String> status(Path target) throws IOException {
        Path file = new Layout(target).stateFile();
        return Files.exists(file) ? Optional.of(NodeState.read(file).json()) : Optional.empty();
    }

    /** The server that a target was last pulled from, for a command that does not name one. */
    public static Optional<String> serverOf(Path target) throws IOException {
        String server = NodeState.read(new Layout(target).stateFile()).server;
        return server.isEmpty() ? Optional.empty() : Optional.of(server);
    }

    /** Holds the lock of the target. */
    private final class Turn implements AutoCloseable {
        private final FileChannel file;
        private final NodeState state;

        private Turn() throws IOException, PullFailure {
            checks.place();
            for (Path directory : List.of(layout.base(), layout.releases())) {
                Files.createDirectories(directory);
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            file = FileChannel.open(layout.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock() == null) {
                file.close();
                throw PullFailure.failed(
                        "another pull into " + layout.target() + " is at work",
                        "it holds " + layout.lock(),
                        "wait for it");
            }
            flip.repair();
            state = state();
        }

        private @Nullable FileLock tryLock() throws IOException {
            try {
                return file.tryLock();
            } catch (OverlappingFileLockException e) {
                return null;
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    /** The state as the file says it, where the link itself does not know better. */
    NodeState state() throws IOException {
        NodeState state = NodeState.read(layout.stateFile());
        state.source = settings.source();
        state.server = settings.server();
        state.nodePort = settings.nodePort();
        state.target = settings.target().toString();
        String leadsTo = layout.liveDirectory().orElse(null);
        if (leadsTo != null && !leadsTo.equals(state.directory)) {
            // It was killed between the flip and the note of it.
            state.previous = state.directory;
            state.directory = leadsTo;
            state.live = leadsTo;
            state.sequence = Math.max(
                    state.sequence,
                    Release.parse(leadsTo).map(Release::sequence).orElse(0L));
        }
        return state;
    }

    /** Pulls the live release now; true when the target leads to another one than before. */
    public boolean once() throws IOException, PullFailure {
        try (Turn turn = new Turn()) {
            NodeState state = turn.state;
            try {
                Channel.News news = channel.poll(state, null, false, -1);
                boolean flipped = follow(state, news);
                if (flipped) {
                    prune(state);
                }
                tellHook();
                state.failedWith(null);
                state.write(layout.stateFile());
                channel.poll(state, null, false, -1);
                return flipped;
            } catch (PullFailure e) {
                state.failedWith(e.problem());
                state.write(layout.stateFile());
                throw e;
            }
        }
    }

    /** Lets the target lead to the release that is live on the server. */
    private boolean follow(NodeState state, Channel.News news) throws IOException, PullFailure {
        Release release = news.live();
        if (release == null) {
            throw PullFailure.failed(
                    "nothing of " + settings.source() + " is published",
                    "the server has no release of it",
                    "on the server:  twinshare source publish " + settings.source());
        }
        state.offeredIs(release.name());
        if (release.name().equals(state.live)) {
            return false;
        }
        checks.sequence(state, release);
        if (hasContentOf(state.directory, release)) {
            state.live = release.name();
            state.sequence = release.sequence();
            return false;
        }
        String directory = stage(state, release, news);
        flipTo(state, directory, release.name(), release.sequence());
        return true;
    }

    private static boolean hasContentOf(@Nullable String directory, Release release) {
        return directory != null
                && Release.parse(directory)
                        .filter(there -> there.hash().equals(release.hash()))
                        .isPresent();
    }

    /** Makes the release ready, and returns the name of its directory. */
    private String stage(NodeState state, Release release, Channel.News news) throws IOException, PullFailure {
        checks.sequence(state, release);
        Optional<String> here = kept.withContentOf(release);
        if (here.isPresent()) {
            return here.get();
        }
        checks.rsync();
        Work work = survey.of(release);
        clearLeftovers(work.live());
        if (layout.isTakeOver()) {
            sayTakeOver(work);
        }
        checks.content(work.manifest(), work.before(), work.difference(), news.allowVanished());
        checks.space(work.difference(), work.manifest().entries().size());
        if (layout.isTakeOver() && !settings.allows(Allowance.TAKE_OVER) && !talk.mayTakeOver(layout.target())) {
            throw PullFailure.refused(
                    layout.target() + " is a directory that no pull has made",
                    "it would become a symbolic link, and be kept as release 0",
                    "if that is meant:  --take-over  (with --dry-run it is only shown)");
        }
        progress.accept(Step.CHECKED);
        kept.vouch(release.name(), staging.stage(work, news.rsyncPort()));
        return release.name();
    }

    private void sayTakeOver(Work work) {
        talk.say("The directory " + layout.target() + " becomes a symbolic link; what is in it now is kept as "
                + layout.release(Layout.TAKEN_OVER));
        work.difference().words(SHOWN).forEach(talk::say);
    }

    private void clearLeftovers(@Nullable Path live) throws IOException {
        int entries = 0;
        Files.createDirectories(layout.staging());
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(layout.staging())) {
            for (Path unused : stream) {
                entries++;
            }
        }
        if (entries > 1 || entries == 1 && (live == null || !staging.isPrepared(live))) {
            staging.clear();
        }
    }

    private void flipTo(NodeState state, String directory, String name, long sequence) throws IOException, PullFailure {
        String before =
                layout.isTakeOver() ? Layout.TAKEN_OVER : layout.liveDirectory().orElse(null);
        flip.to(directory);
        state.flippedAtMs = System.currentTimeMillis();
        state.previous = before;
        state.directory = directory;
        state.live = name;
        state.sequence = sequence;
        state.staged = null;
        state.prepared = false;
        state.write(layout.stateFile());
        progress.accept(Step.RECORDED);
        untold = name;
    }

    /** Behind the flip, and where others flip at this moment, when they have. */
    private void prune(NodeState state) throws IOException {
        kept.prune(state, settings.keep()).forEach(talk::say);
        progress.accept(Step.PRUNED);
    }

    /** Runs the hook, where the target has been flipped since the last time. */
    void tellHook() throws PullFailure {
        String release = untold;
        untold = null;
        if (release != null && settings.hook().isPresent()) {
            Hook.run(settings.hook().get(), settings, release);
        }
    }

    /** Shows what a pull would do, and changes nothing. */
    public void plan() throws IOException, PullFailure {
        checks.place();
        NodeState state = state();
        Channel.News news = channel.poll(state, null, false, -1);
        Release release = news.live();
        if (release == null || release.name().equals(state.live)) {
            talk.say(release == null ? "Nothing is published." : "Nothing to do: " + release.name() + " is live.");
            return;
        }
        checks.sequence(state, release);
        checks.rsync();
        talk.say("Would flip " + layout.target() + " from " + (state.live == null ? "nothing" : state.live) + " to "
                + release.name());
        Work work = survey.of(release);
        if (layout.isTakeOver()) {
            sayTakeOver(work);
        } else {
            work.difference().words(SHOWN).forEach(talk::say);
        }
        checks.content(work.manifest(), work.before(), work.difference(), news.allowVanished());
    }

    /** Lets the target lead to the release before, from this node's own disk. Returns its name. */
    public String rollback() throws IOException, PullFailure {
        try (Turn turn = new Turn()) {
            NodeState state = turn.state;
            String previous = state.previous;
            if (previous == null || !Files.isDirectory(layout.release(previous), LinkOption.NOFOLLOW_LINKS)) {
                throw PullFailure.failed(
                        "there is nothing to roll back to",
                        "this node has no release before " + (state.live == null ? "the first" : state.live),
                        "on the server:  twinshare source rollback " + settings.source());
            }
            String held = state.live;
            flipTo(state, previous, previous, state.sequence);
            state.held = held;
            state.write(layout.stateFile());
            prune(state);
            tellHook();
            return previous;
        }
    }

    /** One turn of watching: does what the news ask for. Returns the release that could not be staged, if any. */
    @Nullable String turn(Channel.News news) throws IOException, PullFailure {
        try (Turn turn = new Turn()) {
            NodeState state = turn.state;
            state.watcher = ProcessHandle.current().pid();
            Release offered = news.live();
            Release toStage = news.stage();
            state.contactAtMs = System.currentTimeMillis();
            String failed = null;
            try {
                if (offered != null && !offered.name().equals(state.held)) {
                    follow(state, news);
                }
                if (toStage != null && !toStage.name().equals(state.staged)) {
                    failed = toStage.name();
                    kept.isReady(toStage, stage(state, toStage, news));
                    state.staged = toStage.name();
                    failed = null;
                }
                state.failedWith(null);
            } catch (PullFailure e) {
                state.failedWith(e.problem());
                talk.say(e.problem().text());
            }
            if (toStage == null) {
                state.staged = null;
            }
            state.write(layout.stateFile());
            return failed;
        }
    }

    /**
     * Removes old releases, copies the running one ahead of the next one, and compares what is here, so that only what is other
     * has to be done then.
     */
    void prepare() throws IOException, PullFailure {
        try (Turn turn = new Turn()) {
            NodeState state = turn.state;
            String directory = state.directory;
            if (directory == null || state.staged != null) {
                return;
            }
            prune(state);
            staging.prepare(layout.release(directory), survey.ahead(directory));
            if (state.previous != null) {
                kept.ahead(state.previous);
            }
            if (!state.prepared) {
                state.prepared = true;
                state.write(layout.stateFile());
            }
        }
    }

    Channel channel() {
        return channel;
    }

    void note(PullFailure failure) throws IOException {
        NodeState state = state();
        state.failedWith(failure.problem());
        if (Files.isDirectory(layout.base())) {
            state.write(layout.stateFile());
        }
    }
}
