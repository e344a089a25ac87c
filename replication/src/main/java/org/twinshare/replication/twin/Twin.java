package org.twinshare.replication.twin;

import com.google.common.net.HostAndPort;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.identity.ClusterKey;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.replication.JournaledTree;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.address.ServiceAddress;
import org.twinshare.replication.channel.BootClock;
import org.twinshare.replication.channel.Connection;
import org.twinshare.replication.channel.Hello;
import org.twinshare.replication.copy.StandStill;
import org.twinshare.replication.copy.Verify;
import org.twinshare.replication.pair.PairIdentity;
import org.twinshare.replication.pair.Peer;
import org.twinshare.replication.role.Answer;
import org.twinshare.replication.role.Failover;
import org.twinshare.replication.role.Role;
import org.twinshare.replication.role.RoleFile;
import org.twinshare.replication.role.RoleState;
import org.twinshare.replication.role.Start;
import org.twinshare.replication.role.Wish;
import org.twinshare.replication.ship.Fenced;
import org.twinshare.replication.ship.Meeting;
import org.twinshare.replication.ship.PrimaryLink;

/**
 * This server as one of a pair, from start to stop: what it is by its role file, what each connection of the other server means
 * to it, and the way from one role to the next. A standby becomes the primary in place; a primary that may answer no more asks
 * to be started anew. Thread-safe.
 */
public final class Twin implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Twin.class);
    private static final String ONLY_THE_STANDBY = "it answers clients itself, or asks whether it may";
    private static final Failover VOICE = new Failover(ZoneId.systemDefault());
    private static final Duration SIGN_OFF_AT_MOST = Duration.ofSeconds(2);

    private final LocalTree tree;
    private final ClusterKey key;
    private final TwinSettings settings;
    private final TwinServer server;
    private final AnsweringAddress address;
    private final RoleFile roleFile;
    private final BootClock bootClock = new BootClock();
    private final InstantSource clock = InstantSource.system();
    private final CountDownLatch fenced = new CountDownLatch(1);
    private final Trouble trouble = new Trouble();
    /** Null while no other server was ever invited. */
    private final @Nullable PairIdentity identity;

    private volatile @Nullable Pairing pairing;
    private volatile @Nullable Primary primary;
    private volatile @Nullable Standby standby;
    /** It ends, whatever it would be next. */
    private volatile boolean failed;

    private boolean closed;

    private Twin(
            LocalTree tree,
            ClusterKey key,
            TwinSettings settings,
            TwinServer server,
            ServiceAddress address,
            RoleFile roleFile,
            @Nullable PairIdentity identity) {
        this.tree = tree;
        this.key = key;
        this.settings = settings;
        this.server = server;
        this.address = new AnsweringAddress(address, server);
        this.roleFile = roleFile;
        this.identity = identity;
    }

    /**
     * Reads what this server is.
     *
     * @param address that the server which answers clients holds
     */
    public static Twin open(
            LocalTree tree, ClusterKey key, TwinSettings settings, TwinServer server, ServiceAddress address)
            throws IOException, RefusedException {
        RoleFile there = RoleFile.open(settings.state(), tree.clusterId());
        RoleFile roleFile = there == null
                ? RoleFile.create(settings.state(), tree.clusterId(), RoleState.lone(settings.terms()))
                : there;
        PairIdentity identity =
                PairIdentity.isIn(settings.state()) ? PairIdentity.open(settings.state(), settings.name()) : null;
        return new Twin(tree, key, settings, server, address, roleFile, identity);
    }

    /** What it does first. */
    public Start start() throws IOException {
        if (settings.serveAlone()) {
            roleFile.update(
                    state -> state.role().leads() ? state.with(Role.PRIMARY).withAlone(true) : state);
        }
        return Start.of(roleFile.state(), identity != null && identity.peer() != null, settings.serveAlone());
    }

    /**
     * Is the primary with this tree, or asks whether it is.
     *
     * @param asks serves only when the standby has said that there is no newer epoch; otherwise the caller serves now
     */
    public synchronized void lead(JournaledTree served, boolean asks) throws IOException, RefusedException {
        if (asks) {
            roleFile.update(state -> state.with(Role.ASKING));
            LOG.info("asks the other server whether it has become the primary meanwhile, and answers nobody before");
        }
        Primary leading = begin(served);
        if (identity != null) {
            link(leading);
            listen();
        }
        if (asks) {
            Thread.ofVirtual().name("asking").start(() -> serveWhenConfirmed(leading));
        }
    }

    /** From here on this server is the primary, of the epoch in its role file. */
    private Primary begin(JournaledTree served) {
        served.beginEpoch(roleFile.state().epoch());
        Primary leading = new Primary(served, tree.view(), server::roots, () -> peer() != null);
        primary = leading;
        return leading;
    }

    private void link(Primary leading) {
        leading.linkBy(new PrimaryLink(leading.tree().journal(), roleFile, leading, settings.terms(), bootClock));
    }

    private void serveWhenConfirmed(Primary leading) {
        try {
            Objects.requireNonNull(leading.link()).awaitConfirmed();
            server.serve(leading.tree());
            takeAddress();
        } catch (InterruptedException | Fenced e) {
            // It is closed, or the other server is the primary: then it starts anew.
        } catch (IOException | RefusedException e) {
            server.failed("clients cannot be answered: " + e.getMessage());
        }
    }

    /** Is the standby. */
    public synchronized void follow() throws IOException, RefusedException {
        standby = new Standby(tree, settings, server, roleFile, bootClock, clock);
        listen();
        LOG.info("follows the other server as its standby, and answers no clients");
    }

    /** Holds the service address, because clients are answered now. */
    public void takeAddress() throws IOException {
        address.take();
    }

    private Pairing listen() throws IOException, RefusedException {
        Pairing there = pairing;
        if (there == null) {
            PairIdentity own = identity == null ? PairIdentity.open(settings.state(), settings.name()) : identity;
            there = Pairing.begin(own, settings, key, this::epoch, this::session);
            pairing = there;
        }
        return there;
    }

    @Nullable Peer peer() {
        Pairing there = pairing;
        return there == null ? null : there.peer();
    }

    /** The line that makes another server the standby of this one. */
    public synchronized String invite(HostAndPort reachedBy) throws IOException, RefusedException {
        Primary leading = primary;
        if (leading == null) {
            throw new RefusedException("this server is the standby", "a pair has two servers", "run it on the primary");
        }
        Pairing made = listen();
        if (leading.link() == null) {
            link(leading);
        }
        return made.invitations().open(reachedBy).line();
    }

    /** The other server is no longer one of the pair. */
    public synchronized void removeStandby() throws IOException, RefusedException {
        Primary leading = primary;
        Peer peer = peer();
        if (leading == null || pairing == null || peer == null) {
            throw new RefusedException(
                    "there is no standby to remove",
                    leading == null ? "this server is the standby itself" : "none was added",
                    "twinshare status  shows what this server is");
        }
        pairing.identity().forgetPeer();
        // Nobody may wait any more for a server that does not come back.
        roleFile.update(state -> state.withAlone(true));
        server.startAnew("the standby " + peer.name() + " was removed");
    }

    /** One connection of the other server, until it ends. */
    private void session(Connection connection) {
        try {
            meet(connection);
        } catch (RefusedException e) {
            trouble.refused(e);
            connection.close("refused");
        } catch (IOException | InterruptedException e) {
            trouble.failed(e);
            connection.close("it failed");
        } catch (RuntimeException e) {
            LOG.error("The connection of the other server failed; this is a fault of the server", e);
            connection.close("it failed");
        }
    }

    /** What this server is now. */
    private record Now(@Nullable Primary primary, @Nullable Standby standby, Hello hello) {}

    private synchronized Now now() throws IOException, InterruptedException {
        Primary leading = primary;
        Standby following = standby;
        if (closed) {
            throw new InterruptedException("it stops");
        }
        if (leading != null && leading.link() != null) {
            return new Now(leading, null, leading.link().hello(tree.clusterId(), settings.name()));
        }
        if (following != null) {
            return new Now(null, following, following.hello());
        }
        throw new InterruptedException("its role is being changed");
    }

    private void meet(Connection connection) throws IOException, RefusedException, InterruptedException {
        Now ours = now();
        Hello theirs = Meeting.exchange(connection, ours.hello);
        trouble.isOver();
        switch (Meeting.of(ours.hello, theirs)) {
            case SHIP ->
                Objects.requireNonNull(Objects.requireNonNull(ours.primary).link())
                        .serve(connection, theirs);
            case FOLLOW -> {
                if (Objects.requireNonNull(ours.standby).follow(connection, theirs)) {
                    Answer unused = failover(Wish.PLAIN);
                }
            }
            case FENCED -> {
                connection.close("this server was fenced");
                fenced(Objects.requireNonNull(ours.primary), theirs);
            }
            case WAIT -> connection.close("neither follows the other now");
        }
    }

    private void fenced(Primary leading, Hello theirs) throws IOException {
        // At once, so that clients go to the other server while this one still writes down why.
        server.silence();
        Objects.requireNonNull(leading.link()).fence(theirs.newestEpoch());
        if (!failed) {
            roleFile.update(state -> state.heardAt(clock.instant()));
        }
        LOG.warn("{} answers clients in epoch {}: this server answers nobody any more", theirs.name(), theirs.epoch());
        stepDown(theirs.name() + " is the primary now");
        fenced.countDown();
    }

    /** Answers nobody any more, and starts anew where it does not end. */
    private void stepDown(String why) throws IOException {
        address.letGo();
        if (!failed) {
            server.startAnew(why);
        }
    }

    /**
     * Nothing can be acknowledged any more, because a disk of this primary has failed: the standby takes over where it can, and this
     * server ends. Returns at once.
     */
    public void failed(String why) {
        failed = true;
        new GivingUp(server, address, fenced).begin(why, primary, peer());
    }

    /** Makes this standby the primary, if that may be; returns why it was, or the refusal. */
    public synchronized Answer failover(Wish wish) throws IOException, RefusedException {
        Standby following = following(ONLY_THE_STANDBY);
        Answer answer = following.promote(VOICE, wish);
        if (answer instanceof Answer.Go) {
            JournaledTree served = following.lead(this::failed);
            standby = null;
            link(begin(served));
            server.serve(served);
            address.takeOrStartAnew();
        }
        return answer;
    }

    /** Says what {@link #failover} would answer now. */
    public Answer mayFailOver(Wish wish) throws RefusedException {
        return VOICE.mayPromote(following(ONLY_THE_STANDBY).listen(), wish);
    }

    private Standby following(String why) throws RefusedException {
        Standby following = standby;
        if (following == null) {
            throw new RefusedException("this server is not the standby", why, "run it on the standby");
        }
        return following;
    }

    /**
     * Hands over to the standby in order. Each line of the result says what was done, in its order.
     *
     * @throws RefusedException when the standby is not in step; nothing was changed
     */
    public List<String> switchover() throws IOException, RefusedException, InterruptedException {
        Primary leading = primary;
        PrimaryLink link = leading == null ? null : leading.link();
        Peer peer = peer();
        if (leading == null || link == null || peer == null) {
            throw new RefusedException(
                    "there is nothing to hand over",
                    leading == null ? "this server is the standby" : "it has no standby",
                    "switchover is run on the primary; twinshare status  shows which one that is");
        }
        if (link.acknowledgement().isAlone()) {
            throw new RefusedException(
                    "the standby " + peer.name() + " is not in step",
                    link.isConnected() ? "it is catching up" : "it is not connected",
                    "wait until  twinshare status  says that every reply waits for it");
        }
        address.beQuiet();
        return new HandOver(settings.name(), server, roleFile, fenced, this::stepDown)
                .to(peer.name(), link, leading.tree().journal());
    }

    /** Compares the standby's tree, which is this server's, with the primary's. Blocks until that is done. */
    public Verify.Report verify(Verify.Options options) throws IOException, RefusedException {
        return following("the standby compares and repairs its own tree").verify(options);
    }

    /** Keeps the standby's tree, which is this server's, at one position until that is closed; the primary goes on. */
    public StandStill standStill() throws RefusedException {
        return following("only the standby's tree can stand still").standStill();
    }

    /** What this server is, for people. */
    public TwinStatus status() {
        Pairing there = pairing;
        String why = there == null ? "" : trouble.words(there.dialer());
        return TwinStatus.of(roleFile.state(), peer(), primary, standby, why);
    }

    public int epoch() {
        return roleFile.state().epoch();
    }

    /** Clients are answered no more, and the tree that was served is closed; tells the standby where it ends. */
    public void signOff() {
        Primary leading = primary;
        if (leading != null && !failed) {
            leading.signOff(SIGN_OFF_AT_MOST);
        }
    }

    @Override
    public void close() throws IOException {
        Pairing there;
        synchronized (this) {
            closed = true;
            there = pairing;
        }
        address.release();
        if (there != null) {
            there.close();
        }
        Primary leading = primary;
        if (leading != null) {
            leading.close();
        }
        Standby following = standby;
        if (following != null) {
            following.close();
        }
    }
}
