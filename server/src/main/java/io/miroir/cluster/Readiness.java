package io.miroir.cluster;

import io.miroir.cluster.health.NodeHealth;
import io.miroir.cluster.peer.Standing;
import io.miroir.core.topology.Topology;
import io.miroir.store.Role;
import io.miroir.store.StoreStatus;
import io.miroir.store.TaskStore;
import java.time.Duration;
import java.util.BitSet;
import java.util.function.BooleanSupplier;

/** Whether this pod can serve: told apart from whether it lives. */
public final class Readiness implements Standing {
    private final TaskStore store;
    private final ClusterView view;
    private final NodeHealth health;
    private final BooleanSupplier leased;
    private volatile boolean reached;
    private volatile boolean draining;
    private volatile boolean retired;

    /**
     * Not draining.
     *
     * @param leased whether the view was ever as new as the log
     */
    public Readiness(TaskStore store, ClusterView view, NodeHealth health, BooleanSupplier leased) {
        this.store = store;
        this.view = view;
        this.leased = leased;
        this.health = health;
    }

    /**
     * What can be said now.
     *
     * @param caughtUp the store's content is in memory, as new as the log was once, and its leader
     *     known
     * @param reached there was a moment since the start when healthy nodes held all shards of a new
     *     index. A pod that has been there stays ready without its nodes: others reach them no
     *     better, and clients are to hear which shards are missing (plan §8)
     * @param covered nodes that answer have all shards of all indexes in sync
     * @param draining the pod is about to stop
     * @param lag commands that are committed but not applied here
     */
    public record State(
            boolean caughtUp, boolean reached, boolean covered, boolean draining, long lag) {
        /** Whether clients should be sent here. */
        public boolean ready() {
            return caughtUp && reached && !draining;
        }
    }

    /** Says to clients that the pod is about to stop. It still runs its lanes. */
    public void drain() {
        draining = true;
    }

    /** Says to other pods that this one runs no lanes any more: they claim them at once. */
    public void retire() {
        retired = true;
    }

    @Override
    public boolean runsLanes() {
        return !retired && view.loaded() && store.status().role() != Role.OFFLINE;
    }

    @Override
    public long applied(long atLeast, Duration timeout) throws InterruptedException {
        boolean _ = view.await(atLeast, timeout);
        return view.appliedIndex();
    }

    /** What can be said now. */
    public State state() {
        StoreStatus status = store.status();
        boolean led = status.leaderId() != null && status.role() != Role.OFFLINE;
        long lag = Math.max(0, status.commitIndex() - status.appliedIndex());
        return new State(
                view.loaded() && led && leased.getAsBoolean(),
                reached(),
                uncovered() == 0,
                draining,
                lag);
    }

    private boolean reached() {
        if (!reached) {
            reached = ShardCoverage.uncovered(topology(), health::usable).isEmpty();
        }
        return reached;
    }

    /** Shards, of one index at least or of a new one, that no node that answers has in sync. */
    public int uncovered() {
        BitSet uncovered = ShardCoverage.uncovered(topology(), this::answers);
        uncovered.or(ShardCoverage.uncovered(view.indexes(), this::answers));
        return uncovered.cardinality();
    }

    private Topology topology() {
        return view.fleet().topology(view.fleet().shards());
    }

    /** One that failed once is asked still, after others. */
    private boolean answers(String node) {
        return switch (health.status(node)) {
            case HEALTHY, SUSPECT -> true;
            case UNKNOWN, DOWN -> false;
        };
    }
}
