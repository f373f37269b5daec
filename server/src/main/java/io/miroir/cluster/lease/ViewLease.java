package io.miroir.cluster.lease;

import io.miroir.cluster.ClusterView;
import io.miroir.store.Reply;
import io.miroir.store.TaskStore;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This pod's view lease (protocol, rule 9): for {@link #LENGTH} after a moment at which the view
 * had everything that was committed by then, its reads are new enough. Renewed by asking the log;
 * where no quorum answers, it runs out.
 */
public final class ViewLease implements AutoCloseable {
    /** On this JVM's monotonic clock, from before the log was asked. */
    static final Duration LENGTH = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(ViewLease.class);
    private static final Duration RENEWAL = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofMillis(50);

    private final String podId;
    private final TaskStore store;
    private final ClusterView view;
    private final LongSupplier nanos;
    private final Lapses lapses;
    private final Thread thread;
    private volatile boolean held;
    private volatile long newAtNanos;

    /**
     * No lease yet.
     *
     * @param nanos the monotonic clock
     */
    public ViewLease(String podId, TaskStore store, ClusterView view, LongSupplier nanos) {
        this.podId = podId;
        this.store = store;
        this.view = view;
        this.nanos = nanos;
        this.lapses = new Lapses(store);
        this.thread = Thread.ofVirtual().name("view-lease").unstarted(this::keep);
    }

    /** Begins to renew. */
    public void start() {
        thread.start();
    }

    /** Whether a read that begins now sees what was reported by others. */
    public boolean valid() {
        return held && nanos.getAsLong() - newAtNanos < LENGTH.toNanos();
    }

    /** True once there was a lease. */
    public boolean everHeld() {
        return held;
    }

    /** One renewal; whether the pod has a lease from before it was asked for. */
    boolean renew() throws InterruptedException {
        long askedNanos = nanos.getAsLong();
        boolean seen =
                store.barrier() instanceof Reply.Applied<Long> reached
                        && view.await(reached.outcome(), LENGTH);
        if (!seen) {
            return false;
        }
        if (lapses.of(podId).isPresent()) {
            // Others report without waiting for this pod until they see that it is back.
            LOG.info("pod {} asks to be waited for again", podId);
            lapses.end(podId);
            return false;
        }
        newAtNanos = askedNanos;
        held = true;
        return true;
    }

    private void keep() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(renewOnce() ? RENEWAL : RETRY);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean renewOnce() throws InterruptedException {
        try {
            return renew();
        } catch (RuntimeException bug) {
            LOG.error("the view lease can't be renewed", bug);
            return false;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
