package org.twinshare.fileserver.rpc;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what was answered, so that a call that is sent again is not carried out again (the duplicate request cache of
 * Juszczak, 1989). A call is told from another one by its client's address, xid, procedure, and the length and checksum of
 * its arguments, because clients begin their xids anew. Thread-safe.
 */
public final class ReplyCache {
    /** Of longer arguments the checksum covers the first and the last so many bytes. */
    private static final int CHECKSUM_BYTES = 4096;
    /** What an entry costs beside its reply. */
    private static final int ENTRY_BYTES = 200;
    /** A client that is to let answers go keeps all but one in so many. */
    private static final int PART_LET_GO = 8;

    private final int perClient;
    private final long maxBytes;
    private final Map<InetAddress, OfClient> clients = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();

    /**
     * @param perClient newest calls of one client that are kept while there is memory
     * @param maxBytes  memory for all of them
     */
    public ReplyCache(int perClient, long maxBytes) {
        this.perClient = perClient;
        this.maxBytes = maxBytes;
    }

    /** Which call it is. {@code procedure} holds program, version and procedure. */
    public record Key(InetAddress client, int xid, int procedure, int length, long checksum) {
        /** Reads the arguments without moving their position. */
        static Key of(Call call) {
            ByteBuffer arguments = call.argumentBytes();
            int procedure = call.program() * 31 * 1024 + call.version() * 1024 + call.procedure();
            return new Key(call.client(), call.xid(), procedure, arguments.remaining(), checksum(arguments));
        }

        static long checksum(ByteBuffer arguments) {
            CRC32C crc = new CRC32C();
            ByteBuffer head = arguments.duplicate();
            if (head.remaining() > 2 * CHECKSUM_BYTES) {
                ByteBuffer tail = arguments.duplicate();
                tail.position(tail.limit() - CHECKSUM_BYTES);
                crc.update(tail);
                head.limit(head.position() + CHECKSUM_BYTES);
            }
            crc.update(head);
            return crc.getValue();
        }
    }

    /** What is known of a call. */
    sealed interface Known {
        /** It is carried out for the first time, by whoever asked. */
        record New(Entry entry) implements Known {}

        /** It is being carried out; its reply goes to the connection that asked last. */
        record UnderWay() implements Known {}

        /** It was answered with this. */
        record Answered(byte[] reply) implements Known {}
    }

    /** One call; guarded by the monitor of its client. */
    static final class Entry {
        private final Key key;
        private final OfClient client;
        private Session asker;
        private byte @Nullable [] reply;

        private Entry(Key key, OfClient client, Session asker) {
            this.key = key;
            this.client = client;
            this.asker = asker;
        }
    }

    /** Entries of one client, the oldest first. */
    private static final class OfClient {
        final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>();
        /** Guarded by this, and looked at by others who do not mind an old value. */
        volatile long lastCallNs;
        /** It is not in the map any more. */
        boolean forgotten;
    }

    /** Asks for a call that came in on a connection, and begins it when it is new. */
    Known begin(Key key, Session asker) {
        while (true) {
            OfClient client = clients.computeIfAbsent(key.client(), address -> new OfClient());
            Known known = begin(client, key, asker);
            if (known != null) {
                relieve();
                return known;
            }
        }
    }

    /** Null when the client was forgotten meanwhile. */
    private @Nullable Known begin(OfClient client, Key key, Session asker) {
        synchronized (client) {
            if (client.forgotten) {
                return null;
            }
            client.lastCallNs = System.nanoTime();
            Entry known = client.entries.get(key);
            if (known == null) {
                Entry entry = new Entry(key, client, asker);
                client.entries.put(key, entry);
                bytes.addAndGet(ENTRY_BYTES);
                letGo(client, client.entries.size() - perClient);
                return new Known.New(entry);
            }
            if (known.reply != null) {
                return new Known.Answered(known.reply);
            }
            known.asker = asker;
            return new Known.UnderWay();
        }
    }

    /** Keeps the reply; returns the connection that it is to be sent to. */
    Session answer(Entry entry, ByteBuffer reply) {
        byte[] copy = new byte[reply.remaining()];
        reply.duplicate().get(copy);
        synchronized (entry.client) {
            entry.reply = copy;
            if (entry.client.entries.get(entry.key) == entry) {
                bytes.addAndGet(copy.length);
            }
            return entry.asker;
        }
    }

    /** The call is not to be remembered, because it was not carried out. */
    Session forget(Entry entry) {
        synchronized (entry.client) {
            if (entry.client.entries.remove(entry.key, entry)) {
                bytes.addAndGet(-ENTRY_BYTES);
            }
            return entry.asker;
        }
    }

    /** Where memory is scarce, the client that has been silent longest loses its oldest answers. */
    private void relieve() {
        if (bytes.get() <= maxBytes) {
            return;
        }
        long now = System.nanoTime();
        clients.entrySet().stream()
                .max(Comparator.comparingLong(each -> now - each.getValue().lastCallNs))
                .ifPresent(each -> relieve(each.getKey(), each.getValue()));
    }

    private void relieve(InetAddress address, OfClient client) {
        synchronized (client) {
            letGo(client, client.entries.size() / PART_LET_GO + 1);
            if (client.entries.isEmpty()) {
                client.forgotten = true;
                clients.remove(address, client);
            }
        }
    }

    /** Lets so many of the oldest answers of a client go; a call under way stays. */
    private void letGo(OfClient client, int count) {
        Iterator<Entry> oldest = client.entries.values().iterator();
        int surplus = count;
        while (surplus > 0 && oldest.hasNext()) {
            Entry entry = oldest.next();
            surplus--;
            if (entry.reply != null) {
                oldest.remove();
                bytes.addAndGet(-ENTRY_BYTES - entry.reply.length);
            }
        }
    }

    /** Memory that is taken, roughly. */
    public long usedBytes() {
        return bytes.get();
    }

    /** Calls that are known. */
    public int size() {
        return clients.values().stream()
                .mapToInt(client -> client.entries.size())
                .sum();
    }
}
