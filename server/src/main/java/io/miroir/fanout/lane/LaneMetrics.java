package io.miroir.fanout.lane;

import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What this pod holds of lanes and what these have done, looked up when it is asked for. */
public final class LaneMetrics extends Collector {
    private static final double NANOS_PER_SECOND = 1e9;

    private final LaneKeeper keeper;
    private final TaskFollower follower;

    /** Over the lanes of one pod. */
    public LaneMetrics(LaneKeeper keeper, TaskFollower follower) {
        this.keeper = keeper;
        this.follower = follower;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        LaneCounters counters = keeper.counters();
        CounterMetricFamily refused =
                new CounterMetricFamily(
                        "miroir_lane_refused_writes",
                        "Writes that were refused since too many waited or their turn did not come.",
                        List.of("why"));
        refused.addMetric(List.of("full"), counters.refusedFull().doubleValue());
        refused.addMetric(List.of("late"), counters.refusedLate().doubleValue());
        GaugeMetricFamily bodies =
                new GaugeMetricFamily(
                        "miroir_spooled_bytes",
                        "Bodies of writes that this pod holds, in memory and in files.",
                        List.of("where"));
        bodies.addMetric(List.of("memory"), (double) keeper.spooler().heldMemoryBytes());
        bodies.addMetric(List.of("files"), (double) keeper.spooler().heldFileBytes());
        return List.of(
                new GaugeMetricFamily(
                        "miroir_lanes", "Lanes that this pod has in memory.", keeper.held()),
                new GaugeMetricFamily(
                        "miroir_lanes_followed",
                        "Lanes of this pod with tasks that have not ended.",
                        follower.lanes()),
                new GaugeMetricFamily(
                        "miroir_task_oldest_seconds",
                        "For how long this pod has followed the task that has not ended for"
                                + " longest.",
                        follower.oldestNanos() / NANOS_PER_SECOND),
                new GaugeMetricFamily(
                        "miroir_lane_waiting_writes",
                        "Writes that wait for their index, of the one for which most do.",
                        keeper.waitingLongest()),
                new GaugeMetricFamily(
                        "miroir_lane_oldest_write_seconds",
                        "How long the write has waited for its turn that has waited longest.",
                        keeper.oldestNanos() / NANOS_PER_SECOND),
                refused,
                bodies,
                counter(
                        "miroir_lane_merged_writes",
                        "Writes that a node was sent in a request with others.",
                        counters.merged()),
                counter(
                        "miroir_lane_merged_requests",
                        "Requests to nodes that held several writes.",
                        counters.mergedRequests()),
                counter(
                        "miroir_lane_requests_taken_apart",
                        "Those that a node refused or did not apply, and was then sent write by"
                                + " write.",
                        counters.takenApart()),
                new CounterMetricFamily(
                        "miroir_lane_held_seconds",
                        "Time for which writes of an index were held, to bring replicas in sync, to"
                                + " move or to compare them.",
                        counters.heldNanos().sum() / NANOS_PER_SECOND),
                new GaugeMetricFamily(
                        "miroir_lane_late_nodes",
                        "Nodes that took a write too late, and are not copied to for a while.",
                        follower.lateNodes().resting()),
                new GaugeMetricFamily(
                        "miroir_lane_held_bytes",
                        "Documents that are held for requests that may be taken apart.",
                        follower.heldBytes().get()));
    }

    private static CounterMetricFamily counter(String name, String help, LongAdder count) {
        return new CounterMetricFamily(name, help, count.doubleValue());
    }
}
