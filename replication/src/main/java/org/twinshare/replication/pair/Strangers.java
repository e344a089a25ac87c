package org.twinshare.replication.pair;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import java.net.InetAddress;
import java.net.Socket;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Connections of which it is not known yet whose they are. Only so many at once, and whoever opens many and says nothing takes
 * the place of its own only: one that comes from elsewhere gets through. Thread-safe.
 */
final class Strangers {
    private final int most;
    /** In the order in which they came. */
    private final Set<Socket> sockets = new LinkedHashSet<>();

    Strangers(int most) {
        this.most = most;
    }

    /** One more; returns the one that has to go for it: the oldest of the address that has the most. */
    synchronized @Nullable Socket came(Socket socket) {
        sockets.add(socket);
        if (sockets.size() <= most) {
            return null;
        }
        Multiset<InetAddress> addresses = HashMultiset.create();
        sockets.forEach(each -> addresses.add(each.getInetAddress()));
        int highest = addresses.entrySet().stream()
                .mapToInt(Multiset.Entry::getCount)
                .max()
                .orElseThrow();
        Socket oldest = sockets.stream()
                .filter(each -> addresses.count(each.getInetAddress()) == highest)
                .findFirst()
                .orElseThrow();
        sockets.remove(oldest);
        return oldest;
    }

    /** It is known whose it is, or it has ended; false where it had to go. */
    synchronized boolean left(Socket socket) {
        return sockets.remove(socket);
    }
}
