package io.miroir.cluster;

import io.miroir.api.Json;
import io.miroir.core.layout.Layout;
import io.miroir.core.topology.Topology;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The nodes in their groups, and how an index of a number of shards lies on them. */
public final class Fleet {
    private static final String SHARDS = "shards";
    private static final String COPIES = "replication_factor";
    private static final String GROUPS = "groups";

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

    /** As the store's topology says it. */
    String toJson() {
        ObjectNode shape = Json.object();
        shape.put(SHARDS, shards);
        shape.put(COPIES, replicationFactor);
        ArrayNode all = shape.putArray(GROUPS);
        groups.forEach(nodes -> nodes.forEach(all.addArray()::add));
        return Json.text(shape);
    }

    /**
     * The nodes that the store's topology has, whatever these are; itself if they are the same.
     * Into how many shards a new index is cut is not the topology's to say, since each index has
     * its own number.
     */
    Fleet as(String topologyJson) {
        ObjectNode shape = Json.parseObject(topologyJson);
        List<List<String>> theirs =
                shape.path(GROUPS)
                        .valueStream()
                        .map(nodes -> nodes.valueStream().map(JsonNode::asString).toList())
                        .toList();
        int copies = shape.path(COPIES).asInt(replicationFactor);
        boolean same = theirs.equals(groups) && copies == replicationFactor;
        return same || theirs.isEmpty() ? this : new Fleet(shards, copies, theirs);
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
