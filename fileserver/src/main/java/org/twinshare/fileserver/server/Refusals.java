package org.twinshare.fileserver.server;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.net.InetAddress;
import java.time.Duration;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.table.CurrentExports;
import org.twinshare.exports.table.Decision;

/** Logs what was refused to whom, and the line that would allow it; the same refusal once a minute. Thread-safe. */
final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final CurrentExports exports;
    private final Cache<String, Boolean> lately = CacheBuilder.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(Duration.ofMinutes(1))
            .build();

    Refusals(CurrentExports exports) {
        this.exports = exports;
    }

    /** MNT was refused. */
    void ofMount(InetAddress client, int port, BytePath path) {
        once(
                client.getHostAddress() + " " + path,
                () -> exports.explain(client, OptionalInt.of(port), path).logLine());
    }

    /** MNT of something that no export can hold, or that is not there. */
    void ofMount(InetAddress client, String path, String why) {
        once(
                client.getHostAddress() + " " + path,
                () -> "refused to mount " + path + " for " + client.getHostAddress() + ": " + why);
    }

    /** A call with a handle of an export was refused. */
    void ofCall(InetAddress client, int port, int exportNumber, Decision.Refused refused) {
        once(
                client.getHostAddress() + " #" + exportNumber,
                () -> refused.export()
                        .map(export -> exports.explain(client, OptionalInt.of(port), export.path())
                                .logLine())
                        .orElseGet(() -> client.getHostAddress() + " uses a handle of an export that is gone; let it"
                                + " unmount, or export the directory again"));
    }

    private interface Words {
        String say();
    }

    private void once(String key, Words words) {
        if (lately.asMap().putIfAbsent(key, true) == null) {
            LOG.warn("{}", words.say());
        }
    }
}
