package io.miroir.cluster.health;

import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.NodeWatcher;
import io.miroir.fanout.Nodes;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks every node for its health at intervals, and a node in trouble more often: what has failed
 * once is known as down, or as a passing cloud, within a fraction of the interval.
 */
public final class HealthProbe implements NodeWatcher, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthProbe.class);

    /** A node that seems well is asked who it is this often. */
    private static final int ROUNDS_PER_IDENTITY = 4;

    private static final Duration TROUBLE_INTERVAL_MAX = Duration.ofMillis(250);

    private final Nodes nodes;
    private final NodeHealth health;
    private final Settings settings;
    private final Identity identity;
    private final Map<String, Asking> asking = new ConcurrentHashMap<>();
    private boolean closed;

    /** How often and how long to ask. */
    public record Settings(Duration interval, Duration timeout) {}

    /**
     * What asks one node.
     *
     * @param waker ends its pause
     */
    private record Asking(Thread thread, Semaphore waker) {}

    /** A probe that has not begun. */
    public HealthProbe(Nodes nodes, NodeHealth health, Settings settings, Identity identity) {
        this.identity = identity;
        this.nodes = nodes;
        this.health = health;
        this.settings = settings;
    }

    /** Begins to ask; one virtual thread for each node. */
    public void start() {
        nodes.watch(this);
    }

    @Override
    public synchronized void came(String nodeId) {
        if (closed) {
            return;
        }
        Semaphore waker = new Semaphore(0);
        Thread thread =
                Thread.ofVirtual().name("health-" + nodeId).unstarted(() -> run(nodeId, waker));
        asking.put(nodeId, new Asking(thread, waker));
        thread.start();
    }

    @Override
    public synchronized void went(String nodeId) {
        Asking gone = asking.remove(nodeId);
        if (gone != null) {
            gone.thread().interrupt();
        }
    }

    /** Asks a node soon: an exchange with it has failed. */
    public void hurry(String nodeId) {
        Asking known = asking.get(nodeId);
        if (known != null && known.waker().availablePermits() == 0) {
            known.waker().release();
        }
    }

    private void run(String nodeId, Semaphore waker) {
        // Not /health: this one also proves that the node takes our key.
        NodeRequest probe =
                NodeRequest.get(NodeHealth.PROBE, "/version", settings.timeout())
                        .expecting(AnswerShape.VERSION);
        try {
            for (int round = 0; !Thread.currentThread().isInterrupted(); round++) {
                ask(nodeId, probe, round);
                boolean fine = health.usable(nodeId);
                if (fine) {
                    waker.tryAcquire(settings.interval().toNanos(), TimeUnit.NANOSECONDS);
                } else {
                    Thread.sleep(troubleInterval());
                }
                waker.drainPermits();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask(String nodeId, NodeRequest probe, int round) {
        try {
            if (!health.usable(nodeId) || round % ROUNDS_PER_IDENTITY == 0) {
                identify(nodeId);
            }
            nodes.ask(nodeId, probe);
        } catch (RuntimeException bug) {
            // Without this thread the node would stay for ever what it was.
            LOG.error("node {} can't be probed", nodeId, bug);
        }
    }

    private void identify(String nodeId) {
        switch (identity.of(nodeId)) {
            case Identity.Verdict.Same _ -> health.trust(nodeId);
            case Identity.Verdict.Other other -> health.doubt(nodeId, other.why());
            case Identity.Verdict.Unknown unknown -> {
                // One that is in use is not given up because it is slow to say.
                if (!health.usable(nodeId)) {
                    health.doubt(nodeId, unknown.why());
                }
            }
        }
    }

    private Duration troubleInterval() {
        return settings.interval().compareTo(TROUBLE_INTERVAL_MAX) < 0
                ? settings.interval()
                : TROUBLE_INTERVAL_MAX;
    }

    @Override
    public synchronized void close() {
        closed = true;
        asking.values().forEach(one -> one.thread().interrupt());
    }
}
