package org.twinshare.exports.names;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the answers of slow look-ups of one kind, and makes them in the background. Reading never blocks. A key has
 * at most one look-up under way; an answer is remembered first and told to the listener after that, so that whoever
 * hears of it and asks again sees it. Thread-safe.
 */
final class LookupCache<K, V> {

    private static final Logger LOG = LoggerFactory.getLogger(LookupCache.class);

    private final Function<K, Lookup<V>> source;
    private final Executor executor;
    private final LongSupplier nanoClock;
    private final RefreshPolicy policy;
    private final Listener<K> listener;
    private final int maxInFlight;
    private final Cache<K, Answer<V>> answers;
    private final ConcurrentHashMap<K, CompletableFuture<Void>> inFlight = new ConcurrentHashMap<>();

    /** Hears of answers. Called on the executor's threads. */
    interface Listener<K> {
        /** An answer has arrived; {@code changed} when it is not the one known before. */
        void answered(K key, boolean changed);
    }

    /**
     * @param capacity    keys remembered at most; those used longest ago go first
     * @param maxInFlight look-ups under way or waiting at most; beyond, a key stays unknown until it is asked for again
     */
    LookupCache(
            Function<K, Lookup<V>> source,
            Executor executor,
            LongSupplier nanoClock,
            RefreshPolicy policy,
            int capacity,
            int maxInFlight,
            Listener<K> listener) {
        this.source = source;
        this.executor = executor;
        this.nanoClock = nanoClock;
        this.policy = policy;
        this.maxInFlight = maxInFlight;
        this.listener = listener;
        // One segment: the capacity holds exactly, and what goes is what was used longest ago.
        this.answers = CacheBuilder.newBuilder()
                .concurrencyLevel(1)
                .maximumSize(capacity)
                .build();
    }

    /** What is known of this key; when nothing is, starts to look it up. */
    Optional<Set<V>> known(K key) {
        Answer<V> answer = answers.getIfPresent(key);
        if (answer == null) {
            start(key);
            return Optional.empty();
        }
        answer.used = true;
        return Optional.of(answer.values);
    }

    /** Why the last look-up of this key found nothing; empty when it did, or when there was none. */
    Optional<String> failureOf(K key) {
        Answer<V> answer = answers.getIfPresent(key);
        return answer == null || answer.failure.isEmpty() ? Optional.empty() : Optional.of(answer.failure);
    }

    /** Why nothing is known of this key that a decision can use; empty when something is. */
    Optional<String> shortfallOf(K key) {
        Answer<V> answer = answers.getIfPresent(key);
        if (answer == null) {
            return Optional.of("no answer yet");
        }
        return answer.values.isEmpty() ? Optional.of(answer.failure) : Optional.empty();
    }

    /** Completes when the key is known, or cannot be looked up because too much is under way already. */
    CompletableFuture<Void> settle(K key) {
        return answers.getIfPresent(key) == null ? lookUp(key) : CompletableFuture.completedFuture(null);
    }

    /** Looks all these up, known or not; completes when there is an answer to each. */
    CompletableFuture<Void> lookUpAll(Collection<K> keys) {
        List<CompletableFuture<Void>> waiting = keys.stream().map(this::lookUp).toList();
        return CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new));
    }

    /** Looks up again what is due; with {@code dropIdle} forgets what nobody asked for since its last answer. */
    void refresh(boolean dropIdle) {
        long now = nanoClock.getAsLong();
        answers.asMap().forEach((key, answer) -> {
            long due = (answer.failure.isEmpty() ? policy.refreshAfter() : policy.retryAfter()).toNanos();
            if (now - answer.answeredAtNs < due) {
                return;
            }
            if (answer.used || !dropIdle) {
                start(key);
            } else if (now - answer.answeredAtNs >= policy.keepFor().toNanos()) {
                answers.invalidate(key);
            }
        });
    }

    /** Completes when nothing that is under way now is under way any more. */
    CompletableFuture<Void> settleInFlight() {
        return CompletableFuture.allOf(inFlight.values().toArray(CompletableFuture[]::new));
    }

    /** Forgets all keys but these. */
    void retain(Collection<K> keys) {
        answers.asMap().keySet().retainAll(keys);
    }

    /** Starts a look-up if none is under way; completes with it, or at once when too much is under way. */
    private CompletableFuture<Void> lookUp(K key) {
        start(key);
        CompletableFuture<Void> underWay = inFlight.get(key);
        return underWay == null ? CompletableFuture.completedFuture(null) : underWay;
    }

    private void start(K key) {
        CompletableFuture<Void> promise = new CompletableFuture<>();
        if (inFlight.size() >= maxInFlight || inFlight.putIfAbsent(key, promise) != null) {
            return;
        }
        try {
            executor.execute(() -> run(key, promise));
        } catch (RejectedExecutionException closed) {
            inFlight.remove(key);
            promise.complete(null);
        }
    }

    private void run(K key, CompletableFuture<Void> promise) {
        boolean changed = false;
        try {
            changed = remember(key, answerOf(key));
        } finally {
            inFlight.remove(key);
            try {
                listener.answered(key, changed);
            } finally {
                promise.complete(null);
            }
        }
    }

    private Lookup<V> answerOf(K key) {
        try {
            return source.apply(key);
        } catch (RuntimeException failure) {
            LOG.warn("looking up {} failed: it counts as not found until the next try", key, failure);
            return new Lookup.NotFound<>(String.valueOf(failure.getMessage()));
        }
    }

    /** True when what is known of the key is now another set than before. */
    private boolean remember(K key, Lookup<V> lookup) {
        long now = nanoClock.getAsLong();
        Answer<V> before = answers.getIfPresent(key);
        Answer<V> after = switch (lookup) {
            case Lookup.Found<V> found -> new Answer<>(found.values(), "", now, now);
            case Lookup.NotFound<V> none -> notFound(none.reason(), before, now);
        };
        answers.put(key, after);
        return before == null || !before.values.equals(after.values);
    }

    private Answer<V> notFound(String reason, @Nullable Answer<V> before, long now) {
        if (before != null
                && !before.values.isEmpty()
                && now - before.goodAtNs < policy.keepFor().toNanos()) {
            return new Answer<>(before.values, reason, now, before.goodAtNs);
        }
        return new Answer<>(Set.of(), reason, now, now);
    }

    /** What a look-up found, and when. */
    private static final class Answer<V> {

        private final Set<V> values;
        private final String failure;
        private final long answeredAtNs;
        private final long goodAtNs;
        private volatile boolean used;

        Answer(Set<V> values, String failure, long answeredAtNs, long goodAtNs) {
            this.values = values;
            this.failure = failure;
            this.answeredAtNs = answeredAtNs;
            this.goodAtNs = goodAtNs;
        }
    }
}
