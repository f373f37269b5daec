package io.miroir.cluster;

import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.cluster.peer.Standing;
import io.miroir.core.plan.SearchPlan;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import io.miroir.store.Role;
import io.miroir.store.StoreStatus;
import io.miroir.store.TaskStore;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Whether this pod can serve: told apart from whether it lives. */
public final class Readiness implements Standing {
    private final TaskStore store;
    private final ClusterView view;
    private final NodeHealth health;
    private final BooleanSupplier leased;
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
     * @param covered healthy nodes hold all shards of a new index
     * @param draining the pod is about to stop
     * @param lag commands that are committed but not applied here
     */
    public record State(boolean caughtUp, boolean covered, boolean draining, long lag) {
        /** Whether clients should be sent here. */
        public boolean ready() {
            return caughtUp && covered && !draining;
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
                view.loaded() && led && leased.getAsBoolean(), uncovered() == 0, draining, lag);
    }

    /** Shards of a new index that no healthy node holds. */
    public int uncovered() {
        Topology topology = view.fleet().topology(view.fleet().shards());
        return SearchPlan.of(
                        topology,
                        Replicas.assigned(topology),
                        node -> health.status(node) == HealthState.Status.HEALTHY,
                        ShardSet.all(topology.shards()),
                        0)
                .uncovered()
                .size();
    }
}
