package io.miroir.cluster;

import io.miroir.core.topology.ReplicaState;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How many replicas are in which state, looked up when it is asked for: the same on all pods. */
public final class ReplicaGauges extends Collector {
    private final ClusterView view;

    /** Over what a pod believes. */
    public ReplicaGauges(ClusterView view) {
        this.view = view;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        Map<ReplicaState, Integer> counts = new EnumMap<>(ReplicaState.class);
        for (ReplicaState state : ReplicaState.values()) {
            counts.put(state, 0);
        }
        for (IndexView index : view.indexes()) {
            for (String node : index.states().keySet()) {
                for (int shard = 0; shard < index.topology().shards(); shard++) {
                    counts.merge(index.state(node, shard), 1, Integer::sum);
                }
            }
        }
        counts.remove(ReplicaState.NOT_HELD);
        GaugeMetricFamily replicas =
                new GaugeMetricFamily(
                        "miroir_replicas",
                        "Shards on nodes, over all indexes; only those in sync are read.",
                        List.of("state"));
        counts.forEach(
                (state, count) ->
                        replicas.addMetric(List.of(state.name().toLowerCase(Locale.ROOT)), count));
        return List.of(replicas);
    }
}
