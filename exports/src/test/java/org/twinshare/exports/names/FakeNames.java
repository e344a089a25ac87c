package org.twinshare.exports.names;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A name service, a clock and the threads that ask it, all in the hands of a test: a look-up waits until {@link
 * #answer} runs it, and time passes only in {@link #pass}.
 */
public final class FakeNames implements HostNames, Netgroups, Executor {

    private final Map<InetAddress, Set<String>> names = new HashMap<>();
    private final Map<String, Set<InetAddress>> addresses = new HashMap<>();
    private final Map<String, Set<String>> netgroups = new HashMap<>();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    /** A resolver that asks this. */
    public NameResolver resolver() {
        return resolver(RefreshPolicy.DEFAULT);
    }

    public NameResolver resolver(RefreshPolicy policy) {
        return new NameResolver(this, this, this, nanos::get, policy);
    }

    /** An address and a host name that lead to each other. */
    public void host(String address, String... hostNames) {
        InetAddress host = InetAddresses.forString(address);
        names.computeIfAbsent(host, each -> new HashSet<>()).addAll(List.of(hostNames));
        for (String name : hostNames) {
            addresses.computeIfAbsent(name, each -> new HashSet<>()).add(host);
        }
    }

    public void netgroup(String name, String... hosts) {
        netgroups.put(name, Set.of(hosts));
    }

    /** The service forgets everything: nothing is found any more. */
    public void goAway() {
        names.clear();
        addresses.clear();
        netgroups.clear();
    }

    /** Runs the look-ups that wait, and those that they start. */
    public void answer() {
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            next.run();
        }
    }

    public void pass(long amount, TimeUnit unit) {
        nanos.addAndGet(unit.toNanos(amount));
    }

    public int waiting() {
        return waiting.size();
    }

    /** What was asked for since the last time. */
    public List<String> asked() {
        List<String> all = List.copyOf(asked);
        asked.clear();
        return all;
    }

    @Override
    public Lookup<String> namesOf(InetAddress address) {
        asked.add(InetAddresses.toAddrString(address));
        return Lookup.of(names.getOrDefault(address, Set.of()), "nothing known of it");
    }

    @Override
    public Lookup<InetAddress> addressesOf(String host) {
        asked.add(host);
        return Lookup.of(addresses.getOrDefault(host, Set.of()), "nothing known of it");
    }

    @Override
    public Lookup<String> hostsOf(String netgroup) {
        asked.add("@" + netgroup);
        return Lookup.of(netgroups.getOrDefault(netgroup, Set.of()), "nothing known of it");
    }

    @Override
    public void execute(Runnable lookup) {
        waiting.add(lookup);
    }
}
