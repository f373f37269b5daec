package io.miroir.raft;

import io.miroir.store.Wanted;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets callers wait until this pod has applied an index, and tells whoever applies whether anybody
 * does.
 */
final class AppliedSignal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition advanced = lock.newCondition();
    private final Condition wanted = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile long applied;

    void advance(long index) {
        lock.lock();
        try {
            applied = Math.max(applied, index);
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it came to the index in time. */
    boolean await(long index, long timeoutNanos) throws InterruptedException {
        // As a rule it is there: nobody need wait for others who ask.
        if (applied >= index) {
            return true;
        }
        try (Wanted _ = want()) {
            lock.lock();
            try {
                long leftNanos = timeoutNanos;
                while (applied < index) {
                    if (leftNanos <= 0) {
                        return false;
                    }
                    leftNanos = advanced.awaitNanos(leftNanos);
                }
                return true;
            } finally {
                lock.unlock();
            }
        }
    }

    /** Says that somebody waits, who perhaps can't tell yet for which index. */
    Wanted want() {
        waiting.incrementAndGet();
        lock.lock();
        try {
            wanted.signalAll();
        } finally {
            lock.unlock();
        }
        return waiting::decrementAndGet;
    }

    /** Whether anybody waits. */
    boolean isWanted() {
        return waiting.get() > 0;
    }

    /** Until somebody waits, this time at most. */
    void awaitWanted(long timeoutNanos) throws InterruptedException {
        lock.lock();
        try {
            long leftNanos = timeoutNanos;
            while (!isWanted() && leftNanos > 0) {
                leftNanos = wanted.awaitNanos(leftNanos);
            }
        } finally {
            lock.unlock();
        }
    }
}
