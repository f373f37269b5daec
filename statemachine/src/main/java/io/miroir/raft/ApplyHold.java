package io.miroir.raft;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets this pod's tables stand still for a moment, and go on to one entry exactly: so it comes to
 * where another pod is, which does not stand still for it. One holds at a time.
 */
final class ApplyHold {
    private static final long NONE = Long.MAX_VALUE;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** The last entry that may be applied. */
    private volatile long limit = NONE;

    /** The last entry that was, or is about to be: written before the limit is looked at. */
    private volatile long begun;

    private long untilNanos;

    /**
     * For whoever applies: comes back when the entry may be.
     *
     * @param beforeWaiting called if it has to wait
     */
    void pass(long index, Runnable beforeWaiting) {
        begun = index;
        if (index <= limit) {
            return;
        }
        beforeWaiting.run();
        lock.lock();
        try {
            long leftNanos = untilNanos - System.nanoTime();
            while (index > limit && leftNanos > 0) {
                long _ = changed.awaitNanos(leftNanos);
                leftNanos = untilNanos - System.nanoTime();
            }
            if (index > limit) {
                // Whoever holds is too slow, and will find the tables elsewhere.
                limit = NONE;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            limit = NONE;
        } finally {
            lock.unlock();
        }
    }

    /**
     * No further entry is applied, for so long at most.
     *
     * @return the last one that was let through
     */
    long here(long nanosMax) {
        set(0, nanosMax);
        return begun;
    }

    /** Goes on to this entry, and stands still there, for so long at most. */
    void goTo(long index, long nanosMax) {
        set(index, nanosMax);
    }

    /** Goes on. */
    void end() {
        set(NONE, TimeUnit.SECONDS.toNanos(1));
    }

    private void set(long entry, long nanosMax) {
        lock.lock();
        try {
            untilNanos = System.nanoTime() + nanosMax;
            limit = entry;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
