package io.miroir.cluster;

import io.miroir.api.Json;
import io.miroir.core.layout.Layout;
import io.miroir.core.layout.MoveProgress;
import io.miroir.core.layout.MoveStep;
import io.miroir.core.topology.Topology;
import io.miroir.fanout.NodeEndpoint;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The nodes in their groups, where they are, and how an index of some shards lies on them. */
public final class Fleet {
    private static final String SHARDS = "shards";

    private final int shards;
    private final Layout layout;
    private final NodeAddresses addresses;
    private final @Nullable FleetChange change;
    private final Map<Integer, Lying> topologies = new ConcurrentHashMap<>();

    /**
     * How indexes of one number of shards lie.
     *
     * @param before as they did before the change
     * @param now wherever a replica may be, which is more than one layout while the fleet changes
     * @param then where they are to be
     */
    private record Lying(Topology before, Topology now, Topology then) {}

    /** A fleet of which nobody says where its nodes are. */
    public Fleet(int shards, int replicationFactor, List<List<String>> groups) {
        this(shards, replicationFactor, groups, NodeAddresses.NONE);
    }

    /**
     * A fleet that does not change.
     *
     * @param shards of an index that is created from now on
     * @param replicationFactor copies of a shard inside each group
     * @param groups the node ids of each replica group, group 0 first
     * @param addresses of its nodes, and maybe of others
     * @throws IllegalArgumentException as {@link Topology} has it
     */
    public Fleet(
            int shards, int replicationFactor, List<List<String>> groups, NodeAddresses addresses) {
        this(shards, new Layout(replicationFactor, groups), addresses, null);
    }

    private Fleet(
            int shards, Layout layout, NodeAddresses addresses, @Nullable FleetChange change) {
        this.shards = shards;
        this.layout = layout;
        this.addresses = addresses;
        this.change = change;
        topologies.put(shards, lying(shards));
    }

    /** Shards of an index that is created from now on. */
    public int shards() {
        return shards;
    }

    /** Copies of a shard inside each group, as they were before the change while there is one. */
    public int replicationFactor() {
        return layout.replicationFactor();
    }

    /** The node ids of each group, those that a change began with while there is one. */
    public List<List<String>> groups() {
        return layout.groups();
    }

    /** The change that is under way. */
    public Optional<FleetChange> change() {
        return Optional.ofNullable(change);
    }

    /** The ids of all nodes, group by group; then those that come with a change. */
    public Set<String> nodes() {
        return union(groups(), change());
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
        FleetChange.putLayout(shape, layout);
        boolean _ = addresses.completeIn(shape, nodes());
        return Json.text(shape);
    }

    /**
     * The store's topology with those addresses of its nodes that it lacks and this fleet knows:
     * one of an earlier program has none. The same text if it lacks none.
     */
    String completed(String topologyJson) {
        ObjectNode shape = Json.parseObject(topologyJson);
        boolean lacking = addresses.completeIn(shape, nodesOf(shape));
        return lacking ? Json.text(shape) : topologyJson;
    }

    /** The ids of the nodes that the store's topology has, before and after a change. */
    public static Set<String> nodesOf(String topologyJson) {
        return nodesOf(Json.parseObject(topologyJson));
    }

    static Set<String> nodesOf(ObjectNode shape) {
        return union(FleetChange.layout(shape, 1).groups(), FleetChange.of(shape));
    }

    private static Set<String> union(List<List<String>> groups, Optional<FleetChange> change) {
        Set<String> all = new LinkedHashSet<>();
        groups.forEach(all::addAll);
        change.ifPresent(one -> one.then().groups().forEach(all::addAll));
        return all;
    }

    /**
     * The nodes that the store's topology has, whatever these are; itself if they are the same.
     * Where the topology says no address this fleet's counts. Into how many shards a new index is
     * cut is not the topology's to say, since each index has its own number.
     */
    Fleet as(String topologyJson) {
        ObjectNode shape = Json.parseObject(topologyJson);
        Layout theirs = FleetChange.layout(shape, replicationFactor());
        if (theirs.groups().isEmpty()) {
            return this;
        }
        Fleet told =
                new Fleet(
                        shards,
                        theirs,
                        NodeAddresses.of(shape).or(addresses),
                        FleetChange.of(shape).orElse(null));
        return told.isAs(this) ? this : told;
    }

    /** The same nodes in the same groups, at the same addresses, with as many copies. */
    boolean isAs(Fleet other) {
        return layout.equals(other.layout)
                && change().equals(other.change())
                && endpoints().equals(other.endpoints());
    }

    /** The nodes without any index, as they are before a change ends. */
    public Layout layout() {
        return layout;
    }

    /**
     * How an index of that many shards lies on the nodes: all nodes of it may hold a part of it.
     * While the fleet changes these are the nodes of both layouts.
     */
    public Topology topology(int shardsOfIndex) {
        return lyingOf(shardsOfIndex).now();
    }

    /** How an index of that many shards is to lie: as it does, unless the fleet changes. */
    public Topology target(int shardsOfIndex) {
        return lyingOf(shardsOfIndex).then();
    }

    /** What can be done now so that an index comes to lie as it is to. */
    public MoveStep next(IndexView index) {
        Lying lying = lyingOf(index.row().shards());
        Set<String> holders = new TreeSet<>(lying.now().nodes());
        holders.addAll(index.states().keySet());
        return MoveStep.of(lying.now(), lying.then(), index, holders);
    }

    /** How far an index is on its way from how it lay before a change. */
    public MoveProgress progress(IndexView index) {
        Lying lying = lyingOf(index.row().shards());
        return MoveProgress.of(lying.before(), lying.then(), index);
    }

    private Lying lyingOf(int shardsOfIndex) {
        return topologies.computeIfAbsent(shardsOfIndex, this::lying);
    }

    private Lying lying(int shardsOfIndex) {
        Topology before = layout.topology(shardsOfIndex);
        if (change == null) {
            return new Lying(before, before, before);
        }
        Topology after = change.then().topology(shardsOfIndex);
        return new Lying(before, before.changingTo(after), after);
    }
}
