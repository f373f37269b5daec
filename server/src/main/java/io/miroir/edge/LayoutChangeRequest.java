package io.miroir.edge;

import io.miroir.api.ErrorCode;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import io.miroir.cluster.NodeAddresses;
import io.miroir.core.layout.Layout;
import io.miroir.core.layout.LayoutChange;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** How an operator says which change of the fleet is wanted: {@code change} and its members. */
final class LayoutChangeRequest {
    private static final String CHANGE = "change";
    private static final String NODE = "node";
    private static final String BY = "by";
    private static final String GROUP = "group";
    private static final String NODES = "nodes";
    private static final String ADDRESS = "address";
    private static final String ADDRESSES = "addresses";
    private static final String COPIES = "replication_factor";

    private static final Check NAME =
            value -> {
                if (!Layout.isNodeId(value.string())) {
                    throw value.invalid("a node's id has letters, and no `/`");
                }
            };
    private static final Check NUMBER = Check.unsigned(Integer.MAX_VALUE);

    /** Nodes of a group whose moves are computed. */
    static final int NODES_MAX = 100;

    private static final Check NAMES =
            value -> {
                if (value.array().size() > NODES_MAX) {
                    throw value.invalid("at most " + NODES_MAX + " nodes");
                }
                Check.arrayOf(NAME).check(value);
            };

    private static final Shape.Field WHERE =
            Shape.optional(ADDRESS, ErrorCode.BAD_REQUEST, NodeAddressRoute.address());

    private static final Shape.Field PLACES =
            Shape.optional(
                    ADDRESSES, ErrorCode.BAD_REQUEST, Check.mapOf(NodeAddressRoute.address()));

    private static final Shape PLAN_NODE =
            Shape.of(member("id", NAME), member("replica_group", NUMBER), WHERE);

    private static final Map<String, Kind> KINDS = kinds();

    /** A node that comes, and where it is. */
    record Added(LayoutChange change, NodeAddresses addresses) {}

    /**
     * One kind of change.
     *
     * @param shape the members that it has
     * @param change read from a body of that shape
     */
    private record Kind(Shape shape, Function<JsonNode, LayoutChange> change) {}

    private LayoutChangeRequest() {}

    /** Reads a body. */
    static LayoutChange read(JsonNode body) {
        StrictValue value = StrictValue.body(body);
        StrictValue change = value.members().get(CHANGE);
        if (change == null) {
            throw value.missing(CHANGE, ErrorCode.BAD_REQUEST);
        }
        Kind kind = KINDS.get(change.string());
        if (kind == null) {
            throw change.unknownValue(change.string(), List.copyOf(KINDS.keySet()));
        }
        kind.shape.check(value);
        return kind.change.apply(body);
    }

    /** Reads a body of the upstream plan's: a node as its configuration has it, which comes. */
    static Added readNode(JsonNode body) {
        PLAN_NODE.check(StrictValue.body(body));
        String id = text(body, "id");
        Map<String, URI> told = new TreeMap<>();
        put(told, id, body.path(ADDRESS));
        return new Added(
                new LayoutChange.AddNode(id, body.path("replica_group").intValue()),
                new NodeAddresses(told));
    }

    /** Where the nodes are that come with a change, by id; empty if the body does not say. */
    static NodeAddresses addresses(JsonNode body) {
        Map<String, URI> told = new TreeMap<>();
        put(told, body.path(BY).asString(body.path(NODE).asString("")), body.path(ADDRESS));
        body.path(ADDRESSES).properties().forEach(one -> put(told, one.getKey(), one.getValue()));
        return new NodeAddresses(told);
    }

    private static void put(Map<String, URI> told, String node, JsonNode text) {
        URI address = NodeAddresses.parse(text.asString(""));
        if (address != null) {
            told.put(node, address);
        }
    }

    private static Map<String, Kind> kinds() {
        Map<String, Kind> kinds = new LinkedHashMap<>();
        kinds.put(
                "add_node",
                new Kind(
                        shape(member(NODE, NAME), member(GROUP, NUMBER), WHERE),
                        body -> new LayoutChange.AddNode(text(body, NODE), group(body))));
        kinds.put(
                "drain_node",
                new Kind(
                        shape(member(NODE, NAME)),
                        body -> new LayoutChange.DrainNodes(List.of(text(body, NODE)))));
        kinds.put(
                "drain_nodes",
                new Kind(
                        shape(member(NODES, NAMES)),
                        body -> new LayoutChange.DrainNodes(texts(body, NODES))));
        kinds.put(
                "replace_node",
                new Kind(
                        shape(member(NODE, NAME), member(BY, NAME), WHERE),
                        body -> new LayoutChange.ReplaceNode(text(body, NODE), text(body, BY))));
        kinds.put(
                "add_group",
                new Kind(
                        shape(member(NODES, NAMES), PLACES),
                        body -> new LayoutChange.AddGroup(texts(body, NODES))));
        kinds.put(
                "remove_group",
                new Kind(
                        shape(member(GROUP, NUMBER)),
                        body -> new LayoutChange.RemoveGroup(group(body))));
        kinds.put(
                "set_replication_factor",
                new Kind(
                        shape(member(COPIES, NUMBER)),
                        body -> new LayoutChange.SetCopies(body.path(COPIES).intValue())));
        return kinds;
    }

    private static Shape shape(Shape.Field... members) {
        Shape.Field[] all = new Shape.Field[members.length + 1];
        all[0] = member(CHANGE, Check.STRING);
        System.arraycopy(members, 0, all, 1, members.length);
        return Shape.of(all);
    }

    private static Shape.Field member(String name, Check check) {
        return Shape.required(name, ErrorCode.BAD_REQUEST, check, ErrorCode.BAD_REQUEST);
    }

    private static String text(JsonNode body, String member) {
        return body.path(member).asString();
    }

    private static List<String> texts(JsonNode body, String member) {
        return body.path(member).valueStream().map(JsonNode::asString).toList();
    }

    private static int group(JsonNode body) {
        return body.path(GROUP).intValue();
    }
}
