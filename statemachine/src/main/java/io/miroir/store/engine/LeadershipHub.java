package io.miroir.store.engine;

import io.miroir.store.LeadershipWatcher;
import io.miroir.store.Watch;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells watchers who leads. A leadership that came and went unseen is left out, never an end of
 * one.
 */
public final class LeadershipHub implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeadershipHub.class);
    private static final long NOT_LEADING = -1;
    private static final long UNTOLD = -2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private long term = NOT_LEADING;

    public void leading(long newTerm) {
        set(newTerm);
    }

    public void following() {
        set(NOT_LEADING);
    }

    public boolean isLeading() {
        lock.lock();
        try {
            return term != NOT_LEADING;
        } finally {
            lock.unlock();
        }
    }

    public Watch watch(LeadershipWatcher watcher) {
        Subscription subscription = new Subscription(watcher);
        subscriptions.add(subscription);
        Thread.ofVirtual().name("store-leadership").start(subscription::run);
        return () -> {
            subscriptions.remove(subscription);
            subscription.close();
        };
    }

    @Override
    public void close() {
        following();
        subscriptions.forEach(Subscription::close);
    }

    private void set(long newTerm) {
        lock.lock();
        try {
            term = newTerm;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private final class Subscription {
        private final LeadershipWatcher watcher;
        private boolean closed;
        private long told = UNTOLD;

        Subscription(LeadershipWatcher watcher) {
            this.watcher = watcher;
        }

        void close() {
            lock.lock();
            try {
                closed = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        void run() {
            while (true) {
                long next;
                lock.lock();
                try {
                    while (!closed && told == term) {
                        changed.awaitUninterruptibly();
                    }
                    if (told == term) {
                        return;
                    }
                    next = term;
                } finally {
                    lock.unlock();
                }
                tell(next);
            }
        }

        private void tell(long next) {
            try {
                if (next == NOT_LEADING) {
                    watcher.following();
                } else {
                    if (told >= 0) {
                        watcher.following();
                    }
                    watcher.leading(next);
                }
            } catch (RuntimeException e) {
                LOG.error("A leadership watcher failed", e);
            }
            told = next;
        }
    }
}
