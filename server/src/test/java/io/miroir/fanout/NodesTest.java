package io.miroir.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.prometheus.client.CollectorRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Nodes come, move and go while a pod runs, and what it has for each of them with them. */
class NodesTest {
    private static final NodeRequest STATS =
            NodeRequest.get("stats", "/stats", Duration.ofSeconds(1));

    private final List<String> happened = new ArrayList<>();
    private final CollectorRegistry registry = new CollectorRegistry();
    private final NodeMetrics metrics = new NodeMetrics(registry);
    private final Nodes nodes = Nodes.through(this::open, metrics);

    private NodeClient open(NodeEndpoint at) {
        return new NodeClient() {
            @Override
            public NodeReply send(NodeRequest request) {
                happened.add("ask " + at.address());
                return new NodeReply.Answer(200, Json.object());
            }

            @Override
            public void close() {
                happened.add("close " + at.address());
            }
        };
    }

    private final NodeWatcher watcher =
            new NodeWatcher() {
                @Override
                public void came(String nodeId) {
                    happened.add("came " + nodeId);
                }

                @Override
                public void moved(String nodeId) {
                    happened.add("moved " + nodeId);
                }

                @Override
                public void went(String nodeId) {
                    happened.add("went " + nodeId);
                    assertInstanceOf(NodeReply.Failure.class, nodes.ask(nodeId, STATS));
                }
            };

    private static NodeEndpoint at(String id, String address) {
        return new NodeEndpoint(id, URI.create(address));
    }

    private List<String> happened() {
        List<String> all = List.copyOf(happened);
        happened.clear();
        return all;
    }

    private Double counted(String node) {
        return registry.getSampleValue(
                "miroir_node_request_duration_seconds_count",
                new String[] {"node_id", "operation"},
                new String[] {node, "stats"});
    }

    @Test
    void eachIsToldOnceAndAskedWhereItIs() {
        nodes.become(List.of(at("a", "http://a")));
        nodes.watch(watcher);
        assertEquals(List.of("came a"), happened());
        nodes.become(List.of(at("a", "http://a"), at("b", "http://b")));
        assertEquals(List.of("came b"), happened());
        nodes.become(List.of(at("a", "http://other"), at("b", "http://b")));
        assertEquals(List.of("moved a"), happened());
        assertInstanceOf(NodeReply.Answer.class, nodes.ask("a", STATS));
        assertEquals(List.of("ask http://other"), happened());
        // Not asked any more before anybody hears of it; what is under way ends last.
        nodes.become(List.of(at("b", "http://b")));
        assertEquals(List.of("went a", "close http://other"), happened());
        assertEquals(Set.of("b"), nodes.ids());
    }

    @Test
    void nothingIsToldOfANodeThatIsGone() {
        nodes.watch(metrics);
        nodes.become(List.of(at("a", "http://a"), at("b", "http://b")));
        nodes.ask("a", STATS);
        nodes.ask("b", STATS);
        assertEquals(1.0, counted("a"));
        nodes.become(List.of(at("b", "http://b")));
        assertNull(counted("a"));
        // One that was under way meanwhile counts nothing anew.
        NodeReply late = new NodeReply.Failure(NodeReply.Kind.BROKEN, "");
        metrics.replied("a", STATS, late, 1);
        assertNull(counted("a"));
        assertTrue(counted("b") > 0);
        nodes.become(List.of(at("a", "http://a")));
        nodes.ask("a", STATS);
        assertEquals(1.0, counted("a"));
    }

    @Test
    void aNodeWithoutAnAddressDoesNotAnswer() {
        try (Nodes overHttp = Nodes.overHttp(List::of, (_, _, _, _) -> {})) {
            overHttp.become(List.of(new NodeEndpoint("a", null)));
            assertEquals(Set.of("a"), overHttp.ids());
            NodeReply.Failure reply =
                    assertInstanceOf(NodeReply.Failure.class, overHttp.ask("a", STATS));
            assertEquals(NodeReply.Kind.UNREACHABLE, reply.kind());
        }
    }
}
