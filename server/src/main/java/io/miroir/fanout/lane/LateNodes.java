package io.miroir.fanout.lane;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that did not take a write in time, not long ago. They answer, so they are not down; but as
 * soon as one of their replicas is copied to, all writes of its index wait for the node again. So
 * it is left to rest, twice as long each time that it happens.
 */
final class LateNodes {
    static final Duration REST_MAX = Duration.ofMinutes(10);

    private final Duration first;
    private final LongSupplier nanoTime;
    private final Map<String, Rest> rests = new ConcurrentHashMap<>();

    private record Rest(long nanos, long untilNanos) {}

    /**
     * None yet.
     *
     * @param first rest; as long as a request to a node may last, so that what was given up does
     *     not come to the node when the next copy has begun
     */
    LateNodes(Duration first, LongSupplier nanoTime) {
        this.first = first;
        this.nanoTime = nanoTime;
    }

    /** A node did not take a write in time. */
    void late(String node) {
        long now = nanoTime.getAsLong();
        rests.values().removeIf(rest -> isForgotten(rest, now));
        rests.compute(node, (_, before) -> next(before, now));
    }

    private static boolean isForgotten(Rest rest, long now) {
        return now - rest.untilNanos() > REST_MAX.toNanos();
    }

    private Rest next(@Nullable Rest before, long now) {
        long nanos = first.toNanos();
        if (before != null) {
            // Several writes that were under way together say no more than one of them.
            boolean again = now - before.untilNanos() >= 0;
            nanos = Math.min(before.nanos() * (again ? 2 : 1), REST_MAX.toNanos());
        }
        return new Rest(nanos, now + nanos);
    }

    /** Whether it may be copied to, and so be sent writes. */
    boolean mayFeed(String node) {
        Rest rest = rests.get(node);
        return rest == null || nanoTime.getAsLong() - rest.untilNanos() >= 0;
    }

    /** How many may not. */
    long resting() {
        return rests.keySet().stream().filter(node -> !mayFeed(node)).count();
    }
}
