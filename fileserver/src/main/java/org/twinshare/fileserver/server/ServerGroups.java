package org.twinshare.fileserver.server;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The groups of users as this server knows them (rpc.mountd's manage-gids), for users in more than the 16 groups that a call
 * can carry. Asks {@code id -G}, once in five minutes for each user. Thread-safe.
 */
final class ServerGroups implements Identities.GroupLookup {
    private static final Logger LOG = LoggerFactory.getLogger(ServerGroups.class);
    private static final Duration KEPT = Duration.ofMinutes(5);
    private static final long TIMEOUT_SECONDS = 5;

    private final LoadingCache<Integer, Optional<ImmutableIntArray>> known = CacheBuilder.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(KEPT)
            .build(CacheLoader.from(ServerGroups::ask));

    @Override
    public ImmutableIntArray groupsOf(int uid, ImmutableIntArray claimed) {
        return known.getUnchecked(uid).orElse(claimed);
    }

    private static Optional<ImmutableIntArray> ask(int uid) {
        try {
            Process process = new ProcessBuilder("id", "-G", Integer.toUnsignedString(uid))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                LOG.warn(
                        "Looking up the groups of uid {} takes longer than {} s: using those of the call; see"
                                + " whether the directory service answers",
                        Integer.toUnsignedString(uid),
                        TIMEOUT_SECONDS);
                return Optional.empty();
            }
            String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
            return process.exitValue() == 0 && !words.isEmpty() ? Optional.of(parse(words)) : Optional.empty();
        } catch (IOException e) {
            LOG.warn("Cannot look up the groups of a user: {}; using those of the call", e.getMessage());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static ImmutableIntArray parse(String words) {
        ImmutableIntArray.Builder groups = ImmutableIntArray.builder();
        for (String word : words.split(" ", -1)) {
            groups.add(Integer.parseUnsignedInt(word));
        }
        return groups.build();
    }
}
