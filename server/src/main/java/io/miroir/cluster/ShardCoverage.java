package io.miroir.cluster;

import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.Topology;
import java.util.BitSet;
import java.util.Collection;
import java.util.function.Predicate;

/** Which shards can be read (plan §10: shard coverage). */
final class ShardCoverage {
    private ShardCoverage() {}

    /**
     * Shards that none of these nodes would hold of an index that is made now.
     *
     * @param answers whether a node can be asked
     */
    static BitSet uncovered(Topology topology, Predicate<String> answers) {
        return uncovered(topology, Replicas.assigned(topology), answers);
    }

    /** Shards that none of these nodes has in sync, of one index at least. */
    static BitSet uncovered(Collection<IndexView> indexes, Predicate<String> answers) {
        BitSet of = new BitSet();
        for (IndexView index : indexes) {
            if (index.ready()) {
                of.or(uncovered(index.topology(), index, answers));
            }
        }
        return of;
    }

    private static BitSet uncovered(
            Topology topology, Replicas replicas, Predicate<String> answers) {
        BitSet open = new BitSet();
        open.set(0, topology.shards());
        for (String node : topology.nodes()) {
            if (answers.test(node)) {
                for (int shard = open.nextSetBit(0);
                        shard >= 0;
                        shard = open.nextSetBit(shard + 1)) {
                    if (replicas.state(node, shard) == ReplicaState.IN_SYNC) {
                        open.clear(shard);
                    }
                }
            }
        }
        return open;
    }
}
