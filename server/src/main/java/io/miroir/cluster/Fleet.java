package io.miroir.cluster;

import io.miroir.api.Json;
import io.miroir.core.layout.Layout;
import io.miroir.core.topology.Topology;
import io.miroir.fanout.NodeEndpoint;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The nodes in their groups, where they are, and how an index of some shards lies on them. */
public final class Fleet {
    private static final String SHARDS = "shards";
    private static final String COPIES = "replication_factor";
    private static final String GROUPS = "groups";

    private final int shards;
    private final int replicationFactor;
    private final List<List<String>> groups;
    private final NodeAddresses addresses;
    private final Map<Integer, Topology> topologies = new ConcurrentHashMap<>();

    /** A fleet of which nobody says where its nodes are. */
    public Fleet(int shards, int replicationFactor, List<List<String>> groups) {
        this(shards, replicationFactor, groups, NodeAddresses.NONE);
    }

    /**
     * A fleet.
     *
     * @param shards of an index that is created from now on
     * @param replicationFactor copies of a shard inside each group
     * @param groups the node ids of each replica group, group 0 first
     * @param addresses of its nodes, and maybe of others
     * @throws IllegalArgumentException as {@link Topology} has it
     */
    public Fleet(
            int shards, int replicationFactor, List<List<String>> groups, NodeAddresses addresses) {
        this.shards = shards;
        this.replicationFactor = replicationFactor;
        this.groups = groups.stream().map(List::copyOf).toList();
        this.addresses = addresses;
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

    /** The ids of all nodes, group by group. */
    public Set<String> nodes() {
        return union(groups);
    }

    /** Where a node is; null if nobody said so. */
    public @Nullable URI address(String node) {
        return addresses.byNode().get(node);
    }

    /** All nodes, and where they are. */
    public List<NodeEndpoint> endpoints() {
        return nodes().stream().map(node -> new NodeEndpoint(node, address(node))).toList();
    }

    /** As the store's topology says it. */
    String toJson() {
        ObjectNode shape = Json.object();
        shape.put(SHARDS, shards);
        shape.put(COPIES, replicationFactor);
        ArrayNode all = shape.putArray(GROUPS);
        groups.forEach(nodes -> nodes.forEach(all.addArray()::add));
        boolean _ = addresses.completeIn(shape, nodes());
        return Json.text(shape);
    }

    /**
     * The store's topology with those addresses of its nodes that it lacks and this fleet knows:
     * one of an earlier program has none. The same text if it lacks none.
     */
    String completed(String topologyJson) {
        ObjectNode shape = Json.parseObject(topologyJson);
        boolean lacking = addresses.completeIn(shape, union(groupsOf(shape)));
        return lacking ? Json.text(shape) : topologyJson;
    }

    /** The ids of the nodes that the store's topology has. */
    public static Set<String> nodesOf(String topologyJson) {
        return union(groupsOf(Json.parseObject(topologyJson)));
    }

    private static Set<String> union(List<List<String>> groups) {
        Set<String> all = new LinkedHashSet<>();
        groups.forEach(all::addAll);
        return all;
    }

    private static List<List<String>> groupsOf(ObjectNode shape) {
        return shape.path(GROUPS)
                .valueStream()
                .map(nodes -> nodes.valueStream().map(JsonNode::asString).toList())
                .toList();
    }

    /**
     * The nodes that the store's topology has, whatever these are; itself if they are the same.
     * Where the topology says no address this fleet's counts. Into how many shards a new index is
     * cut is not the topology's to say, since each index has its own number.
     */
    Fleet as(String topologyJson) {
        ObjectNode shape = Json.parseObject(topologyJson);
        List<List<String>> theirs = groupsOf(shape);
        if (theirs.isEmpty()) {
            return this;
        }
        int copies = shape.path(COPIES).asInt(replicationFactor);
        Fleet told = new Fleet(shards, copies, theirs, NodeAddresses.of(shape).or(addresses));
        return told.isAs(this) ? this : told;
    }

    /** The same nodes in the same groups, at the same addresses, with as many copies. */
    boolean isAs(Fleet other) {
        return replicationFactor == other.replicationFactor
                && groups.equals(other.groups)
                && endpoints().equals(other.endpoints());
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
