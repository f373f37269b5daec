package io.miroir.cluster;

import io.miroir.api.Json;
import io.miroir.core.layout.Layout;
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
 * @param then the nodes when it has ended
 * @param sinceMicros store time at which it began
 */
public record FleetChange(String name, Layout then, long sinceMicros) {
    private static final String GROUPS = "groups";
    private static final String COPIES = "replication_factor";
    private static final String CHANGE = "change";
    private static final String NAME = "name";
    private static final String SINCE = "since_micros";
    private static final String TAKE_BACK = "take back: ";

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
                                layout(change, copies(topology, 1)),
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
     * The topology in which it is taken back, by a change to the layout that it began with. Both
     * are gone by as before: what was brought to other nodes is there until it is let go of.
     */
    public String takenBackIn(String topologyJson, long nowMicros) {
        ObjectNode topology = Json.parseObject(topologyJson);
        String undone =
                name.startsWith(TAKE_BACK) ? name.substring(TAKE_BACK.length()) : TAKE_BACK + name;
        FleetChange back = new FleetChange(undone, layout(topology, 1), nowMicros);
        putLayout(topology, then);
        back.put(topology);
        return Json.text(topology);
    }

    /** The topology in which it has ended. */
    public String endedIn(String topologyJson) {
        ObjectNode topology = Json.parseObject(topologyJson);
        topology.remove(CHANGE);
        putLayout(topology, then);
        NodeAddresses.keepIn(topology, then.groups().stream().flatMap(List::stream).toList());
        return Json.text(topology);
    }

    /**
     * The layout that some part of a topology says.
     *
     * @param copies how many copies, if it does not say that
     */
    static Layout layout(JsonNode of, int copies) {
        List<List<String>> groups =
                of.path(GROUPS)
                        .valueStream()
                        .map(nodes -> nodes.valueStream().map(JsonNode::asString).toList())
                        .toList();
        return new Layout(copies(of, copies), groups);
    }

    private static int copies(JsonNode of, int unsaid) {
        return of.path(COPIES).asInt(unsaid);
    }

    /** Writes a layout into what tells it. */
    public static void putLayout(ObjectNode to, Layout layout) {
        to.put(COPIES, layout.replicationFactor());
        ArrayNode all = to.putArray(GROUPS);
        layout.groups().forEach(nodes -> nodes.forEach(all.addArray()::add));
    }

    private void put(ObjectNode topology) {
        ObjectNode change = topology.putObject(CHANGE).put(NAME, name).put(SINCE, sinceMicros);
        putLayout(change, then);
    }
}
