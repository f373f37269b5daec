package io.miroir.cluster;

import io.miroir.core.layout.Layout;
import io.miroir.core.topology.Topology;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The nodes in their groups, and how an index of a number of shards lies on them. */
public final class Fleet {
    private final int shards;
    private final int replicationFactor;
    private final List<List<String>> groups;
    private final Map<Integer, Topology> topologies = new ConcurrentHashMap<>();

    /**
     * A fleet.
     *
     * @param shards of an index that is created from now on
     * @param replicationFactor copies of a shard inside each group
     * @param groups the node ids of each replica group, group 0 first
     * @throws IllegalArgumentException as {@link Topology} has it
     */
    public Fleet(int shards, int replicationFactor, List<List<String>> groups) {
        this.shards = shards;
        this.replicationFactor = replicationFactor;
        this.groups = groups.stream().map(List::copyOf).toList();
        topologies.put(shards, new Topology(shards, replicationFactor, this.groups));
    }

    /** Shards of an index that is created from now on. */
    public int shards() {
        return shards;
    }

    /** Copies of a shard inside each group. */
    public int replicationFactor() {
        return replicationFactor;
    }

    /** The node ids of each group. */
    public List<List<String>> groups() {
        return groups;
    }

    /** The nodes without any index. */
    public Layout layout() {
        return new Layout(replicationFactor, groups);
    }

    /** How an index of that many shards lies on the nodes. */
    public Topology topology(int shardsOfIndex) {
        return topologies.computeIfAbsent(
                shardsOfIndex, count -> new Topology(count, replicationFactor, groups));
    }
}
