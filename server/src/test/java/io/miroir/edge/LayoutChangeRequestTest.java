package io.miroir.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.cluster.NodeAddresses;
import io.miroir.core.layout.LayoutChange;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** How changes of the fleet are said, and what is said of those that can't be read. */
class LayoutChangeRequestTest {
    private static LayoutChange read(String body) {
        return LayoutChangeRequest.read(Json.parse(body));
    }

    private static String fault(String body) {
        return String.valueOf(assertThrows(ApiException.class, () -> read(body)).getMessage());
    }

    @Test
    void everyChangeIsRead() {
        assertEquals(
                new LayoutChange.AddNode("n", 1),
                read("{\"change\": \"add_node\", \"node\": \"n\", \"group\": 1}"));
        assertEquals(
                new LayoutChange.DrainNodes(List.of("n")),
                read("{\"change\": \"drain_node\", \"node\": \"n\"}"));
        assertEquals(
                new LayoutChange.DrainNodes(List.of("n", "m")),
                read("{\"change\": \"drain_nodes\", \"nodes\": [\"n\", \"m\"]}"));
        assertEquals(
                new LayoutChange.ReplaceNode("n", "m"),
                read("{\"change\": \"replace_node\", \"node\": \"n\", \"by\": \"m\"}"));
        assertEquals(
                new LayoutChange.AddGroup(List.of("n", "m")),
                read("{\"change\": \"add_group\", \"nodes\": [\"n\", \"m\"]}"));
        assertEquals(
                new LayoutChange.RemoveGroup(0),
                read("{\"change\": \"remove_group\", \"group\": 0}"));
        assertEquals(
                new LayoutChange.SetCopies(2),
                read("{\"change\": \"set_replication_factor\", \"replication_factor\": 2}"));
    }

    @Test
    void faultsAreToldWithTheirPlace() {
        assertEquals("Missing field `change`", fault("{}"));
        assertEquals(
                "Unknown value `add_nod` at `.change`: did you mean `add_node`? expected one of"
                        + " `add_node`, `drain_node`, `drain_nodes`, `replace_node`, `add_group`,"
                        + " `remove_group`, `set_replication_factor`",
                fault("{\"change\": \"add_nod\"}"));
        assertEquals(
                "Invalid value at `.nodes`: at most 100 nodes",
                fault(
                        "{\"change\": \"add_group\", \"nodes\": [\"n\""
                                + ", \"n\"".repeat(LayoutChangeRequest.NODES_MAX)
                                + "]}"));
        assertEquals("Missing field `node`", fault("{\"change\": \"drain_node\"}"));
        assertEquals(
                "Invalid value at `.node`: a node's id has letters, and no `/`",
                fault("{\"change\": \"drain_node\", \"node\": \" \"}"));
        assertEquals(
                "Invalid value at `.nodes[1]`: a node's id has letters, and no `/`",
                fault("{\"change\": \"add_group\", \"nodes\": [\"n\", \"a/b\"]}"));
        assertEquals(
                "Invalid value type at `.group`: expected a positive integer, but found a negative"
                        + " integer: `-1`",
                fault("{\"change\": \"remove_group\", \"group\": -1}"));
        assertEquals(
                "Unknown field `force`: expected one of `change`, `node`",
                fault("{\"change\": \"drain_node\", \"node\": \"n\", \"force\": true}"));
    }

    /** Where a node is that comes with a change; who knows it already need not say it. */
    @Test
    void aNodeThatComesHasAnAddress() {
        String add = "{\"change\": \"add_node\", \"node\": \"n\", \"group\": 0, \"address\": %s}";
        JsonNode body = Json.parse(add.formatted("\"http://10.0.0.7:7700\""));
        assertEquals(new LayoutChange.AddNode("n", 0), LayoutChangeRequest.read(body));
        assertEquals(
                Map.of("n", URI.create("http://10.0.0.7:7700")),
                LayoutChangeRequest.addresses(body).byNode());
        String replace =
                "{\"change\": \"replace_node\", \"node\": \"n\", \"by\": \"m\", \"address\":"
                        + " \"https://m\"}";
        assertEquals(
                Map.of("m", URI.create("https://m")),
                LayoutChangeRequest.addresses(Json.parse(replace)).byNode());
        assertEquals(
                NodeAddresses.NONE,
                LayoutChangeRequest.addresses(Json.parse(add.formatted("null"))));
        String group =
                "{\"change\": \"add_group\", \"nodes\": [\"n\", \"m\"], \"addresses\": {\"m\": \"%s\"}}";
        assertEquals(
                Map.of("m", URI.create("https://m")),
                LayoutChangeRequest.addresses(Json.parse(group.formatted("https://m"))).byNode());
        assertEquals(
                "Invalid value at `.addresses.m`: a node's address is as `http://10.0.0.7:7700`",
                fault(group.formatted("m")));
        for (String none : List.of("\"\"", "\"10.0.0.7\"", "\"ftp://n\"", "\"http:\"", "\"a b\"")) {
            assertEquals(
                    "Invalid value at `.address`: a node's address is as `http://10.0.0.7:7700`",
                    fault(add.formatted(none)));
        }
    }
}
