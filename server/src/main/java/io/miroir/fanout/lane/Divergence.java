package io.miroir.fanout.lane;

import io.miroir.core.topology.ShardSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which replicas may no longer be read after a write that not all of them took, so that those that
 * remain are equal (protocol, rules 2 to 4). Decided shard by shard, and never so that no replica
 * remains: a shard that nobody took is the same everywhere. That holds for the states that this pod
 * sees; the store refuses the command where they are others by then.
 */
final class Divergence {
    /** What one replica has of the write. */
    enum Has {
        YES,
        NO,
        UNKNOWN,
        /** Nobody knows, and the node is down: who keeps it can't read it either. */
        AWAY
    }

    private Divergence() {}

    /**
     * The replicas to mark out.
     *
     * @param replicas for each node the shards of the write that it holds in sync
     * @param has what each of these nodes has of the write
     * @return for each node that diverges the shards to mark
     */
    static Map<String, ShardSet> of(Map<String, ShardSet> replicas, Map<String, Has> has) {
        Map<Integer, List<String>> nodesOfShard = new HashMap<>();
        new TreeMap<>(replicas)
                .forEach(
                        (node, shards) ->
                                shards.stream()
                                        .forEach(
                                                shard ->
                                                        nodesOfShard
                                                                .computeIfAbsent(
                                                                        shard,
                                                                        _ -> new ArrayList<>())
                                                                .add(node)));
        Map<String, List<Integer>> out = new TreeMap<>();
        nodesOfShard.forEach(
                (shard, nodes) -> {
                    Set<String> kept = kept(nodes, has);
                    nodes.stream()
                            .filter(node -> !kept.contains(node))
                            .forEach(
                                    node ->
                                            out.computeIfAbsent(node, _ -> new ArrayList<>())
                                                    .add(shard));
                });
        Map<String, ShardSet> marked = new TreeMap<>();
        out.forEach((node, shards) -> marked.put(node, ShardSet.of(shards)));
        return marked;
    }

    /**
     * The same, with the replicas that lag: one that is not known to have the same as those that go
     * on being read must be copied anew.
     *
     * @param lagging for each node the shards of the write that lag on it
     */
    static Map<String, ShardSet> of(
            Map<String, ShardSet> replicas, Map<String, ShardSet> lagging, Map<String, Has> has) {
        Map<String, ShardSet> out = new TreeMap<>(of(replicas, has));
        lagging.forEach(
                (node, shards) -> {
                    List<Integer> astray =
                            shards.stream()
                                    .filter(shard -> !agrees(has.get(node), replicas, shard, has))
                                    .boxed()
                                    .toList();
                    if (!astray.isEmpty()) {
                        out.merge(node, ShardSet.of(astray), ShardSet::or);
                    }
                });
        return out;
    }

    private static boolean agrees(
            @Nullable Has has, Map<String, ShardSet> replicas, int shard, Map<String, Has> all) {
        Set<Has> told = new HashSet<>();
        replicas.forEach(
                (node, shards) -> {
                    if (shards.contains(shard)) {
                        told.add(all.getOrDefault(node, Has.UNKNOWN));
                    }
                });
        return told.contains(Has.YES) ? has == Has.YES : has == Has.NO && told.contains(Has.NO);
    }

    private static Set<String> kept(List<String> nodes, Map<String, Has> has) {
        for (Has same : List.of(Has.YES, Has.NO)) {
            Set<String> kept = new HashSet<>(nodes);
            kept.removeIf(node -> has.getOrDefault(node, Has.UNKNOWN) != same);
            if (!kept.isEmpty()) {
                return kept;
            }
        }
        // All unknown: any one of them is as good a truth as the others, but better one that
        // answers.
        return Set.of(
                nodes.stream()
                        .filter(node -> has.getOrDefault(node, Has.UNKNOWN) != Has.AWAY)
                        .findFirst()
                        .orElse(nodes.getFirst()));
    }

    /**
     * What nodes have, as far as it is known, with those that are down told apart.
     *
     * @param writable which nodes can be sent a request now
     */
    static Map<String, Has> heard(Map<String, Has> has, Predicate<String> writable) {
        Map<String, Has> heard = new TreeMap<>(has);
        heard.replaceAll(
                (node, what) -> what == Has.UNKNOWN && !writable.test(node) ? Has.AWAY : what);
        return heard;
    }
}
