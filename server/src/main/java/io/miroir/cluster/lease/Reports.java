package io.miroir.cluster.lease;

import io.miroir.cluster.ClusterView;
import io.miroir.store.Reply;
import io.miroir.store.TaskStore;
import io.miroir.store.lease.LeaseRow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds back what a pod reports until no other pod's reads can contradict it (protocol, rule 9):
 * until each has applied it, is known to have no lease, or can have none any more that is older.
 */
public final class Reports {
    /** A lease and what clocks may differ by in that time. */
    static final Duration WAIT_MAX = ViewLease.LENGTH.plusMillis(200);

    private static final Logger LOG = LoggerFactory.getLogger(Reports.class);
    private static final Duration ASK_MAX = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofMillis(50);

    /** A pod that others reach takes its lapse away at once: it is not told of again and again. */
    private static final Duration RECORD_INTERVAL = Duration.ofSeconds(10);

    private final String podId;
    private final TaskStore store;
    private final ClusterView view;
    private final Others others;
    private final LongSupplier nanos;
    private final Lapses lapses;
    private final AtomicLong mayBeTold = new AtomicLong(-1);
    private final Map<String, Lapse> known = new ConcurrentHashMap<>();
    private final Map<String, Long> recordedNanos = new ConcurrentHashMap<>();

    /** The other pods. */
    public interface Others {
        /** Ids of all that may hold a lease. */
        List<String> ids();

        /** Whether a pod answers, as far as is known. */
        boolean live(String podId);

        /**
         * Waits until a pod has applied a command.
         *
         * @return whether it has, within {@code timeout}
         */
        boolean applied(String podId, long index, Duration timeout);
    }

    /** A lapse as this pod first saw it. */
    private record Lapse(long recordedAtMicros, long seenNanos) {}

    /** Nothing was reported yet. */
    public Reports(
            String podId, TaskStore store, ClusterView view, Others others, LongSupplier nanos) {
        this.podId = podId;
        this.store = store;
        this.view = view;
        this.others = others;
        this.nanos = nanos;
        this.lapses = new Lapses(store);
    }

    /**
     * Waits until all that this pod has applied by now may be told; call it between reading and
     * telling. Takes no time where the others keep up, and at most {@link #WAIT_MAX}.
     */
    public void awaitTold() throws InterruptedException {
        // What was read is this pod's database; its searches go by its view.
        awaitTold(store.visibleIndex());
    }

    /** As {@link #awaitTold()}, for what a command did that was applied at {@code applied}. */
    public void awaitTold(long applied) throws InterruptedException {
        long sinceNanos = nanos.getAsLong();
        long index = view.await(applied, WAIT_MAX) ? view.changedIndex() : applied;
        if (index <= mayBeTold.get()) {
            return;
        }
        List<String> ids = others.ids();
        if (!ids.isEmpty()) {
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                ids.forEach(id -> threads.execute(() -> await(id, index, sinceNanos)));
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        mayBeTold.accumulateAndGet(index, Math::max);
    }

    /**
     * A command's outcome, once it may be told.
     *
     * @throws io.miroir.store.StoreUnavailableException if the command was refused
     */
    public <T> T told(Reply<T> reply) throws InterruptedException {
        if (reply instanceof Reply.Applied<T> applied) {
            awaitTold(applied.index());
        }
        return reply.orThrow();
    }

    private void await(String id, long index, long sinceNanos) {
        try {
            while (true) {
                long leftNanos = sinceNanos + WAIT_MAX.toNanos() - nanos.getAsLong();
                if (leftNanos <= 0 || (!others.live(id) && lapsed(id))) {
                    return;
                }
                long askNanos = Math.min(leftNanos, ASK_MAX.toNanos());
                if (others.applied(id, index, Duration.ofNanos(askNanos))) {
                    return;
                }
                if (!others.live(id)) {
                    record(id);
                }
                TimeUnit.NANOSECONDS.sleep(Math.min(leftNanos, PAUSE.toNanos()));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    // A lease from before the lapse has run out when the lapse is known for longer than a lease; a
    // later one begins with taking the row away, and then with everything that came before that.
    private boolean lapsed(String id) {
        Optional<LeaseRow> row = lapses.of(id);
        if (row.isEmpty()) {
            known.remove(id);
            return false;
        }
        long recordedAtMicros = row.get().updatedAt();
        long nowNanos = nanos.getAsLong();
        Lapse lapse =
                known.compute(
                        id,
                        (_, old) ->
                                old != null && old.recordedAtMicros() == recordedAtMicros
                                        ? old
                                        : new Lapse(recordedAtMicros, nowNanos));
        return nowNanos - lapse.seenNanos() > WAIT_MAX.toNanos();
    }

    /** Only the next reports gain by it: nobody waits for it here. */
    private void record(String id) {
        long nowNanos = nanos.getAsLong();
        Long last = recordedNanos.get(id);
        boolean due = last == null || nowNanos - last > RECORD_INTERVAL.toNanos();
        if (due && lapses.of(id).isEmpty()) {
            recordedNanos.put(id, nowNanos);
            LOG.warn("pod {} is not waited for any more", id);
            Thread.ofVirtual().name("lapse-" + id).start(() -> lapses.record(id, podId));
        }
    }
}
