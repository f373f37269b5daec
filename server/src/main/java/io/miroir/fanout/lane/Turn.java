package io.miroir.fanout.lane;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** Who may act in a lane: one at a time, in the order in which they came. */
final class Turn {
    private final ReentrantLock lock = new ReentrantLock(true);
    private final AtomicInteger waiting = new AtomicInteger();

    /** Waits for the turn. */
    void take() {
        lock.lock();
    }

    /** Waits for the turn; false if it did not come. */
    boolean take(Duration patience) throws InterruptedException {
        waiting.incrementAndGet();
        try {
            return lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            waiting.decrementAndGet();
        }
    }

    /** Those who wait for it with patience. */
    int waiting() {
        return waiting.get();
    }

    /** True if nobody had it. */
    boolean takeAtOnce() {
        return lock.tryLock();
    }

    void leave() {
        lock.unlock();
    }
}
