package io.miroir.fanout.lane;

import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.spool.Spooler;
import io.miroir.store.Reply;
import io.miroir.store.TaskStore;

/**
 * What all lanes of a pod share.
 *
 * @param podId this pod
 */
public record LaneContext(
        String podId,
        TaskStore store,
        ClusterView view,
        Nodes nodes,
        NodeHealth health,
        Spooler spooler,
        LaneSettings settings) {

    /** The shape of the fleet. */
    Fleet fleet() {
        return view.fleet();
    }

    /** Whether this pod's view has, or has soon, what a command did. */
    boolean sees(Reply.Applied<?> applied) throws InterruptedException {
        return view.await(applied.index(), settings.storeTimeout());
    }

    /** Whether a node is worth a request: one in trouble is, one known to be down is not. */
    boolean writable(String nodeId) {
        return health.status(nodeId) != HealthState.Status.DOWN;
    }
}
