package io.miroir.raft.link;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What callers in other pods wait for here, at the leader: they are answered when it is committed,
 * and go on when their own pod has applied it, so the followers are told at once.
 */
final class Awaited {
    private final AtomicInteger proposals = new AtomicInteger();
    private final AtomicLong index = new AtomicLong(-1);
    private final Runnable more;

    /**
     * @param more called when another pod begins to wait for more than before
     */
    Awaited(Runnable more) {
        this.more = more;
    }

    /** Up to where followers are told at once. */
    long index() {
        return proposals.get() > 0 ? Long.MAX_VALUE : index.get();
    }

    /** Another pod's proposal has come. */
    void proposed() {
        proposals.incrementAndGet();
    }

    /** It is answered. */
    void answered(long logIndex) {
        // In this order: in between, its index is awaited twice, and never not at all.
        index.accumulateAndGet(logIndex, Math::max);
        proposals.decrementAndGet();
    }

    /** Another pod is about to wait until it has applied the entry with that index. */
    void read(long committedIndex) {
        if (index.getAndAccumulate(committedIndex, Math::max) < committedIndex) {
            more.run();
        }
    }
}
