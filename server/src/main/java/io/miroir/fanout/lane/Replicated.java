package io.miroir.fanout.lane;

import io.miroir.cluster.IndexView;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.TaskStore;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas.Mark;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which replicas are read, and the marks of those that must not be any more. */
final class Replicated {
    private static final Logger LOG = LoggerFactory.getLogger(Replicated.class);
    private static final int TRIES_MAX = 10;

    private final TaskStore store;

    Replicated(TaskStore store) {
        this.store = store;
    }

    /** For each of these nodes the shards that it holds in sync. */
    static Map<String, ShardSet> inSync(IndexView index, Collection<String> nodes) {
        Topology topology = index.topology();
        Map<String, ShardSet> held = new TreeMap<>();
        for (String node : nodes) {
            List<Integer> shards = new ArrayList<>();
            topology.shardsOf(node).stream()
                    .filter(shard -> index.state(node, shard) == ReplicaState.IN_SYNC)
                    .forEach(shards::add);
            held.put(node, ShardSet.of(shards));
        }
        return held;
    }

    /** Marks a node's replicas out, whatever else happens to the row meanwhile. */
    void markOut(long incarnation, String nodeId, ShardSet shards) {
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            Optional<ReplicaRow> row = store.replicas().get(ReadLevel.LOCAL, incarnation, nodeId);
            if (row.isEmpty()) {
                return;
            }
            ShardStates states = row.get().states();
            for (var shard = shards.iterator(); shard.hasNext(); ) {
                int next = shard.nextInt();
                if (states.get(next) != ShardState.NOT_HELD) {
                    states = states.with(next, ShardState.OUT);
                }
            }
            if (states.equals(row.get().states())) {
                return;
            }
            LOG.warn("node {} is out for shards {} of index m{}", nodeId, shards, incarnation);
            Reply<Mark> reply =
                    store.replicas()
                            .mark(new ReplicaRow(incarnation, nodeId, states, row.get().version()));
            if (reply.orThrow() instanceof Mark.Marked) {
                return;
            }
        }
        throw new IllegalStateException("replicas of " + nodeId + " change faster than marks");
    }
}
