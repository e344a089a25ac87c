package org.twinshare.exports.names;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.exports.client.IpNetwork;

/**
 * All that is known of names, kept fresh in the background: the names of client addresses as they turn up, the
 * addresses of the hosts and the members of the netgroups in the table from {@link #prepare} on. Thread-safe; reading
 * never blocks.
 */
public final class NameResolver implements KnownNames, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NameResolver.class);

    /** Look-ups made at the same time by {@link #system}; each is a process that mostly waits. */
    private static final int THREADS = 8;

    private static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(5);

    private final LookupCache<InetAddress, String> namesOfClients;
    private final LookupCache<String, InetAddress> addressesOfHosts;
    private final LookupCache<String, String> membersOfNetgroups;
    private final LostNames lostNames;
    private final Runnable onClose;
    private volatile Listener listener = Listener.NOBODY;

    /** Hears when decisions made before may have become wrong. Called on look-up threads; must be quick. */
    public interface Listener {

        /** Does nothing. */
        Listener NOBODY = new Listener() {
            @Override
            public void addressAnswered(InetAddress address) {}

            @Override
            public void tableNamesChanged() {}
        };

        /** The names of this client's address were looked up. */
        void addressAnswered(InetAddress address);

        /** The addresses of a host or the members of a netgroup of the table are others than before. */
        void tableNamesChanged();
    }

    /**
     * A resolver over the given services.
     *
     * @param executor  makes the look-ups, which block; should bound how many run at a time
     * @param nanoClock as {@link System#nanoTime}
     */
    public NameResolver(
            HostNames hostNames, Netgroups netgroups, Executor executor, LongSupplier nanoClock, RefreshPolicy policy) {
        this(hostNames, netgroups, executor, nanoClock, policy, () -> {});
    }

    private NameResolver(
            HostNames hostNames,
            Netgroups netgroups,
            Executor executor,
            LongSupplier nanoClock,
            RefreshPolicy policy,
            Runnable onClose) {
        this.onClose = onClose;
        lostNames = new LostNames(policy.keepFor());
        namesOfClients = new LookupCache<>(
                hostNames::namesOf,
                executor,
                nanoClock,
                policy,
                policy.capacity(),
                policy.maxInFlight(),
                (address, changed) -> listener.addressAnswered(address));
        // What the table names is bounded by the size of the table, and none of it may be forgotten.
        addressesOfHosts = new LookupCache<>(
                hostNames::addressesOf,
                executor,
                nanoClock,
                policy,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                this::hostAnswered);
        membersOfNetgroups = new LookupCache<>(
                netgroups::hostsOf,
                executor,
                nanoClock,
                policy,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                this::netgroupAnswered);
    }

    /** A resolver over this machine's name service, by getent(1); {@link #close} ends its threads. */
    public static NameResolver system() {
        ExecutorService threads = Executors.newFixedThreadPool(
                THREADS,
                new ThreadFactoryBuilder()
                        .setNameFormat("names-%d")
                        .setDaemon(true)
                        .build());
        return new NameResolver(
                new GetentHostNames("getent", LOOKUP_TIMEOUT),
                new GetentNetgroups("getent", LOOKUP_TIMEOUT),
                threads,
                System::nanoTime,
                RefreshPolicy.DEFAULT,
                threads::shutdownNow);
    }

    /** Who hears of changes from now on; one only. */
    public void setListener(Listener newListener) {
        listener = newListener;
    }

    @Override
    public Optional<Set<String>> namesOf(InetAddress address) {
        return namesOfClients.known(IpNetwork.canonical(address));
    }

    @Override
    public Optional<Set<InetAddress>> addressesOf(String host) {
        return addressesOfHosts.known(host);
    }

    @Override
    public Optional<Set<String>> membersOf(String netgroup) {
        return membersOfNetgroups.known(netgroup);
    }

    /** Why the names of this address are not known, as far as somebody tried; for explanations. */
    public Optional<String> failureOf(InetAddress address) {
        return namesOfClients.failureOf(IpNetwork.canonical(address));
    }

    /** Completes when the names of this address, and all of the table's that are being looked up, are known. */
    public CompletableFuture<Void> settle(InetAddress address) {
        return CompletableFuture.allOf(
                namesOfClients.settle(IpNetwork.canonical(address)),
                addressesOfHosts.settleInFlight(),
                membersOfNetgroups.settleInFlight());
    }

    /**
     * Looks up what a table names, all at once, and waits for the answers no longer than {@code atMost}. What has not
     * arrived by then arrives later.
     *
     * @return what could not be found, hosts by their name and netgroups as {@code @name}, with the reason
     */
    public Map<String, String> prepare(Collection<String> hosts, Collection<String> netgroups, Duration atMost) {
        CompletableFuture<Void> all =
                CompletableFuture.allOf(addressesOfHosts.lookUpAll(hosts), membersOfNetgroups.lookUpAll(netgroups));
        try {
            all.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            LOG.debug("not all names of the exports table were found within {}", atMost);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
        Map<String, String> missing = new LinkedHashMap<>();
        hosts.forEach(host -> addressesOfHosts.shortfallOf(host).ifPresent(why -> missing.put(host, why)));
        netgroups.forEach(name -> membersOfNetgroups.shortfallOf(name).ifPresent(why -> missing.put("@" + name, why)));
        return missing;
    }

    /** Forgets the hosts and netgroups that no table names any more. */
    public void retain(Collection<String> hosts, Collection<String> netgroups) {
        addressesOfHosts.retain(hosts);
        membersOfNetgroups.retain(netgroups);
        Set<String> kept = new HashSet<>(hosts);
        netgroups.forEach(name -> kept.add("@" + name));
        lostNames.retain(kept);
    }

    /** Looks up again what is due. To be called every few seconds; returns at once. */
    public void refresh() {
        namesOfClients.refresh(true);
        addressesOfHosts.refresh(false);
        membersOfNetgroups.refresh(false);
    }

    /** Ends the threads of {@link #system}; nothing more is found out after that. */
    @Override
    public void close() {
        onClose.run();
    }

    private void hostAnswered(String host, boolean changed) {
        boolean kept = addressesOfHosts.shortfallOf(host).isEmpty();
        lostNames.answered(host, addressesOfHosts.failureOf(host), kept).ifPresent(LOG::warn);
        if (changed) {
            listener.tableNamesChanged();
        }
    }

    private void netgroupAnswered(String name, boolean changed) {
        boolean kept = membersOfNetgroups.shortfallOf(name).isEmpty();
        lostNames.answered("@" + name, membersOfNetgroups.failureOf(name), kept).ifPresent(LOG::warn);
        if (changed) {
            listener.tableNamesChanged();
        }
    }
}
