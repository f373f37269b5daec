package io.miroir.raft;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Lets callers wait until this pod has applied an index. */
final class AppliedSignal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition advanced = lock.newCondition();
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
