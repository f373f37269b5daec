package io.miroir.fanout.copy;

import io.miroir.cluster.ClusterView;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.lane.LaneHolder;
import io.miroir.store.TaskStore;

/**
 * What comparing and copying work with.
 *
 * @param podId this pod
 */
public record CopyContext(
        String podId,
        TaskStore store,
        ClusterView view,
        Nodes nodes,
        NodeHealth health,
        LaneHolder lanes) {}
