package io.miroir.fanout.lane;

import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;

/** What this pod holds of lanes, looked up when it is asked for. */
public final class LaneMetrics extends Collector {
    private final LaneKeeper keeper;
    private final TaskFollower follower;

    /** Over the lanes of one pod. */
    public LaneMetrics(LaneKeeper keeper, TaskFollower follower) {
        this.keeper = keeper;
        this.follower = follower;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        return List.of(
                new GaugeMetricFamily(
                        "miroir_lanes", "Lanes that this pod has in memory.", keeper.held()),
                new GaugeMetricFamily(
                        "miroir_lanes_followed",
                        "Lanes of this pod with tasks that have not ended.",
                        follower.lanes()),
                new GaugeMetricFamily(
                        "miroir_lane_waiting_writes",
                        "Writes that wait for their index, of the one for which most do.",
                        keeper.waitingLongest()));
    }
}
