package io.miroir.cluster;

import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.cluster.lease.ViewLease;
import io.miroir.core.topology.Topology;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.task.TaskQuery;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;

/** What the pod believes of nodes, shards and tasks, looked up when it is asked for. */
public final class ClusterMetrics extends Collector {
    private final TaskStore store;
    private final ClusterView view;
    private final NodeHealth health;
    private final Readiness readiness;
    private final ViewLease lease;

    /** Over the parts of one pod. */
    public ClusterMetrics(
            TaskStore store,
            ClusterView view,
            NodeHealth health,
            Readiness readiness,
            ViewLease lease) {
        this.store = store;
        this.view = view;
        this.health = health;
        this.readiness = readiness;
        this.lease = lease;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        Topology topology = view.fleet().topology(view.fleet().shards());
        GaugeMetricFamily healthy =
                new GaugeMetricFamily(
                        "miroir_node_healthy", "1 for a node that answers.", List.of("node_id"));
        GaugeMetricFamily distribution =
                new GaugeMetricFamily(
                        "miroir_shard_distribution",
                        "Shards of a new index that a node is assigned.",
                        List.of("node_id"));
        GaugeMetricFamily relapses =
                new GaugeMetricFamily(
                        "miroir_node_relapses",
                        "How often a node fell lately; with each it must prove itself longer.",
                        List.of("node_id"));
        health.all()
                .forEach(
                        (node, known) ->
                                relapses.addMetric(List.of(node), known.state().relapses()));
        for (String node : topology.nodes()) {
            boolean fine = health.status(node) == HealthState.Status.HEALTHY;
            healthy.addMetric(List.of(node), fine ? 1 : 0);
            distribution.addMetric(List.of(node), topology.shardsOf(node).size());
        }
        int uncovered = readiness.uncovered();
        return List.of(
                healthy,
                relapses,
                distribution,
                new GaugeMetricFamily(
                        "miroir_shard_coverage",
                        "Shards that nodes that answer have in sync, of all indexes.",
                        Math.max(0, topology.shards() - uncovered)),
                new GaugeMetricFamily(
                        "miroir_degraded_shards_total",
                        "Shards that no node that answers has in sync, of an index.",
                        uncovered),
                new GaugeMetricFamily(
                        "miroir_view_lease",
                        "1 while reads surely see what other pods report.",
                        lease.valid() ? 1 : 0),
                new GaugeMetricFamily(
                        "miroir_task_registry_size",
                        "Tasks that are kept.",
                        store.tasks().uids(ReadLevel.LOCAL, TaskQuery.newest(0)).total()),
                new GaugeMetricFamily(
                        "miroir_idempotency_cache_entries",
                        "Keys of writes that are remembered.",
                        store.idempotencyKeys().living(ReadLevel.LOCAL)),
                new GaugeMetricFamily(
                        "miroir_session_pinning_active_sessions",
                        "Sessions that live.",
                        store.sessions().living(ReadLevel.LOCAL)),
                new GaugeMetricFamily(
                        "miroir_background_queue_depth",
                        "Jobs that wait for a pod: the same number on all pods.",
                        store.jobs().depth(ReadLevel.LOCAL).queued()));
    }
}
