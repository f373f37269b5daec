package io.miroir.cluster;

import io.miroir.api.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one change of the nodes that is under way, as the store's topology says it beside the groups
 * that it began with. All documents of the topology that have to do with it are made here.
 *
 * @param name what an operator asked for
 * @param groups the node ids of each replica group when it has ended
 * @param sinceMicros store time at which it began
 */
public record FleetChange(String name, List<List<String>> groups, long sinceMicros) {
    static final String GROUPS = "groups";
    private static final String CHANGE = "change";
    private static final String NAME = "name";
    private static final String SINCE = "since_micros";
    private static final String TAKE_BACK = "take back: ";

    public FleetChange {
        groups = groups.stream().map(List::copyOf).toList();
    }

    /** What the topology says; empty if it does not change. */
    public static Optional<FleetChange> of(String topologyJson) {
        return of(Json.parseObject(topologyJson));
    }

    static Optional<FleetChange> of(ObjectNode topology) {
        JsonNode change = topology.path(CHANGE);
        return change.isObject()
                ? Optional.of(
                        new FleetChange(
                                change.path(NAME).asString(""),
                                groups(change),
                                change.path(SINCE).asLong()))
                : Optional.empty();
    }

    /**
     * The topology in which it has begun.
     *
     * @param addresses of nodes that come with it
     */
    public String begunIn(String topologyJson, NodeAddresses addresses) {
        ObjectNode topology = Json.parseObject(topologyJson);
        boolean _ = addresses.completeIn(topology, addresses.byNode().keySet());
        put(topology);
        return Json.text(topology);
    }

    /**
     * The topology in which it is taken back, by a change to the groups that it began with. Both
     * are gone by as before: what was brought to other nodes is there until it is let go of.
     */
    public String takenBackIn(String topologyJson, long nowMicros) {
        ObjectNode topology = Json.parseObject(topologyJson);
        String undone =
                name.startsWith(TAKE_BACK) ? name.substring(TAKE_BACK.length()) : TAKE_BACK + name;
        FleetChange back = new FleetChange(undone, groups(topology), nowMicros);
        putGroups(topology, groups);
        back.put(topology);
        return Json.text(topology);
    }

    /** The topology in which it has ended. */
    public String endedIn(String topologyJson) {
        ObjectNode topology = Json.parseObject(topologyJson);
        topology.remove(CHANGE);
        putGroups(topology, groups);
        NodeAddresses.keepIn(topology, groups.stream().flatMap(List::stream).toList());
        return Json.text(topology);
    }

    /** The groups that some part of a topology names. */
    static List<List<String>> groups(JsonNode of) {
        return of.path(GROUPS)
                .valueStream()
                .map(nodes -> nodes.valueStream().map(JsonNode::asString).toList())
                .toList();
    }

    /** Writes groups into what tells them. */
    public static void putGroups(ObjectNode to, List<List<String>> groups) {
        ArrayNode all = to.putArray(GROUPS);
        groups.forEach(nodes -> nodes.forEach(all.addArray()::add));
    }

    private void put(ObjectNode topology) {
        ObjectNode change = topology.putObject(CHANGE).put(NAME, name).put(SINCE, sinceMicros);
        putGroups(change, groups);
    }
}
