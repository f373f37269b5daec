package io.miroir.fanout.lane;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** One change of a lane at a time, in the order in which they came; only so many wait. */
final class Turn {
    private final String lane;
    private final LaneSettings settings;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final AtomicInteger waiting = new AtomicInteger();

    Turn(String lane, LaneSettings settings) {
        this.lane = lane;
        this.settings = settings;
    }

    /** Waits for the turn; refused at once where too many do, else after the time for it. */
    void take() throws InterruptedException {
        int withThis = waiting.incrementAndGet();
        try {
            if (withThis > settings.waitingWritesMax()) {
                throw LaneErrors.overloaded(
                        "As many writes wait for index `" + lane + "` as may wait for one.");
            }
            if (!take(settings.turnTimeout())) {
                throw LaneErrors.overloaded(
                        "The writes that came before on index `" + lane + "` last too long.");
            }
        } finally {
            waiting.decrementAndGet();
        }
    }

    /** Waits for the turn however many do; false if it did not come. */
    boolean take(Duration patience) throws InterruptedException {
        return lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** True if nobody had it. */
    boolean takeAtOnce() {
        return lock.tryLock();
    }

    void leave() {
        lock.unlock();
    }

    /** Writes that wait. */
    int waiting() {
        return waiting.get();
    }
}
