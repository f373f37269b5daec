package io.miroir.fanout.lane;

import io.miroir.core.quorum.Quorum;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What becomes of a write that a lost owner left without a task, from what nodes have of it
 * (protocol, rules 2 to 4).
 */
final class LeftWrite {
    /** What becomes of it. */
    sealed interface Fate {}

    /** No replica that is read has any of it: it never was. */
    record GivenUp() implements Fate {}

    /**
     * It gets its task.
     *
     * @param counted for each node that has it the shards that make the quorum; none if it is lost
     * @param out for each node the shards that are not read any more
     * @param lost shards that no group has a quorum of: the task fails
     */
    record Bound(Map<String, ShardSet> counted, Map<String, ShardSet> out, ShardSet lost)
            implements Fate {
        /** It is judged by no quorum. */
        static Bound unjudged(Map<String, ShardSet> out) {
            return new Bound(Map.of(), out, ShardSet.none());
        }
    }

    private LeftWrite() {}

    /**
     * Decides.
     *
     * @param touched its shards; empty if nobody knows them: then there is no quorum to be judged
     * @param replicas for each node the shards of the write that it holds in sync
     * @param has what each node has of it
     */
    static Fate of(
            Topology topology,
            Optional<ShardSet> touched,
            Map<String, ShardSet> replicas,
            Map<String, Divergence.Has> has) {
        Map<String, ShardSet> accepted = new TreeMap<>(replicas);
        accepted.keySet().removeIf(node -> has.get(node) != Divergence.Has.YES);
        accepted.values().removeIf(ShardSet::isEmpty);
        if (accepted.isEmpty()) {
            return new GivenUp();
        }
        Map<String, ShardSet> out = Divergence.of(replicas, has);
        if (touched.isEmpty()) {
            return Bound.unjudged(out);
        }
        return switch (Quorum.judge(topology, touched.get(), accepted)) {
            case Quorum.Met _ -> new Bound(accepted, out, ShardSet.none());
            case Quorum.Lost lost -> new Bound(Map.of(), out, lost.shards());
        };
    }
}
