package io.miroir.store.engine;

import io.miroir.store.Change;
import io.miroir.store.Watch;
import io.miroir.store.Watcher;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands changes to watchers, each on a virtual thread of its own behind a bounded ring: applies
 * never wait for a watcher; one that falls behind is told to resync. The last changes are kept for
 * watchers that come back.
 */
public final class WatchHub implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchHub.class);

    /** Changes that wait for one watcher. */
    static final int CHANGES_MAX = 65_536;

    /** Changes that are kept for those that come back. */
    static final int RECENT_MAX = 4_096;

    /** Before a watcher that failed is called again: what it needs may be gone for long. */
    private static final long FAILED_PAUSE_NANOS = 100_000_000;

    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final ReentrantLock order = new ReentrantLock();
    private final Deque<Event> recent = new ArrayDeque<>();
    private int recentChanges;

    /** Everything above it is among the recent. */
    private long recentAfter;

    private volatile long lastIndex;

    public WatchHub(long lastIndex) {
        this.lastIndex = lastIndex;
        this.recentAfter = lastIndex;
    }

    /** Begins with a resync. */
    public Watch watch(Watcher watcher) {
        return start(new Subscription(watcher, true), List.of());
    }

    /** Goes on above an index that an earlier watch told; with a resync if that is too long ago. */
    public Watch watch(Watcher watcher, long afterIndex) {
        order.lock();
        try {
            // Where it was installed or restarted since, nobody knows what came between.
            boolean known = afterIndex >= recentAfter && afterIndex <= lastIndex;
            List<Event> missed =
                    known
                            ? recent.stream().filter(event -> event.index() > afterIndex).toList()
                            : List.of();
            return start(new Subscription(watcher, !known), missed);
        } finally {
            order.unlock();
        }
    }

    private Watch start(Subscription subscription, List<Event> missed) {
        missed.forEach(subscription::offer);
        subscriptions.add(subscription);
        Thread.ofVirtual().name("store-watch").start(subscription::run);
        return () -> {
            subscriptions.remove(subscription);
            subscription.close();
        };
    }

    void publish(long index, List<Change> changes) {
        Event event = new Event(index, changes);
        order.lock();
        try {
            lastIndex = index;
            recent.add(event);
            recentChanges += event.weight();
            while (recentChanges > RECENT_MAX) {
                Event oldest = recent.remove();
                recentChanges -= oldest.weight();
                recentAfter = oldest.index();
            }
            subscriptions.forEach(subscription -> subscription.offer(event));
        } finally {
            order.unlock();
        }
    }

    /** The tables were replaced as a whole: all watchers must read anew. */
    public void resync(long index) {
        order.lock();
        try {
            lastIndex = index;
            recent.clear();
            recentChanges = 0;
            recentAfter = index;
            subscriptions.forEach(Subscription::loseAll);
        } finally {
            order.unlock();
        }
    }

    @Override
    public void close() {
        subscriptions.forEach(Subscription::close);
        subscriptions.clear();
    }

    private record Event(long index, List<Change> changes) {
        /** An event without changes takes room as well. */
        int weight() {
            return 1 + changes.size();
        }
    }

    private final class Subscription {
        private final Watcher watcher;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition ready = lock.newCondition();
        private final Deque<Event> ring = new ArrayDeque<>();
        private int waitingChanges;
        private boolean lost;
        private boolean closed;

        Subscription(Watcher watcher, boolean lost) {
            this.watcher = watcher;
            this.lost = lost;
        }

        void offer(Event event) {
            lock.lock();
            try {
                // While a resync is due, events are of no use: it reads what they would tell.
                if (!lost) {
                    ring.add(event);
                    waitingChanges += event.weight();
                    if (waitingChanges > CHANGES_MAX) {
                        forget();
                    }
                }
                ready.signal();
            } finally {
                lock.unlock();
            }
        }

        void loseAll() {
            lock.lock();
            try {
                forget();
                ready.signal();
            } finally {
                lock.unlock();
            }
        }

        void close() {
            lock.lock();
            try {
                closed = true;
                ready.signal();
            } finally {
                lock.unlock();
            }
        }

        void run() {
            while (true) {
                Step step = next();
                if (step == null) {
                    return;
                }
                try {
                    step.tell(watcher);
                } catch (RuntimeException e) {
                    LOG.error("A watcher failed; it is told to resync", e);
                    loseAll();
                    LockSupport.parkNanos(FAILED_PAUSE_NANOS);
                }
            }
        }

        private @Nullable Step next() {
            lock.lock();
            try {
                while (!closed && !lost && ring.isEmpty()) {
                    ready.awaitUninterruptibly();
                }
                if (closed) {
                    return null;
                }
                if (lost) {
                    lost = false;
                    long index = lastIndex;
                    return w -> w.resync(index);
                }
                Event event = ring.remove();
                waitingChanges -= event.weight();
                return w -> w.applied(event.index(), event.changes());
            } finally {
                lock.unlock();
            }
        }

        private void forget() {
            lost = true;
            ring.clear();
            waitingChanges = 0;
        }
    }

    private interface Step {
        void tell(Watcher watcher);
    }
}
