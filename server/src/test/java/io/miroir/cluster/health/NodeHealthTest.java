package io.miroir.cluster.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.cluster.health.HealthState.Status;
import io.miroir.fanout.NodeClient;
import io.miroir.fanout.NodeEndpoint;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Health begins and ends with a node, and is asked for anew where it moves. */
class NodeHealthTest {
    private static final Duration INTERVAL = Duration.ofMillis(10);
    private static final long PATIENCE_SECONDS = 60;
    private static final NodeReply FINE = new NodeReply.Answer(200, Json.object());
    private static final NodeRequest PROBE = NodeRequest.get("health", "/version", INTERVAL);
    private static final NodeRequest SEARCH = NodeRequest.get("search", "/", INTERVAL);

    private final List<String> troubled = new ArrayList<>();
    private final NodeHealth health =
            new NodeHealth(
                    List.of("a"),
                    new HealthState.Thresholds(3, 2),
                    InstantSource.system(),
                    troubled::add);

    private static NodeReply failure(NodeReply.Kind kind) {
        return new NodeReply.Failure(kind, "");
    }

    /** Slow is not dead: that a request was not answered in time is a reason to ask, no more. */
    @Test
    void aRequestThatTimedOutOnlyHastensTheProbe() {
        health.replied("a", PROBE, FINE, 1);
        for (int i = 0; i < 10; i++) {
            health.replied("a", SEARCH, failure(NodeReply.Kind.TIMEOUT), 1);
        }
        assertEquals(Status.HEALTHY, health.status("a"));
        assertEquals(10, troubled.size());
        health.replied("a", PROBE, failure(NodeReply.Kind.TIMEOUT), 1);
        assertEquals(Status.SUSPECT, health.status("a"));
        health.replied("a", PROBE, FINE, 1);
        health.replied("a", SEARCH, failure(NodeReply.Kind.UNREACHABLE), 1);
        assertEquals(Status.SUSPECT, health.status("a"));
    }

    @Test
    void aNodeThatIsGoneLeavesNothing() {
        health.doubt("a", "another server answers");
        health.went("a");
        // What was under way is answered meanwhile.
        health.doubt("a", "another server answers");
        health.replied("a", PROBE, failure(NodeReply.Kind.BROKEN), 1);
        assertEquals(Map.of(), health.all());
        assertEquals(Status.DOWN, health.status("a"));
        health.came("a");
        health.replied("a", PROBE, FINE, 1);
        assertEquals(Status.HEALTHY, health.status("a"));
    }

    /** Protocol, rule 15: whoever answers at the new address must first show who it is. */
    @Test
    void aNodeThatMovedIsNotUsedBeforeItIsKnown() {
        health.replied("a", PROBE, FINE, 1);
        health.moved("a");
        assertEquals(List.of("a"), troubled);
        health.replied("a", SEARCH, FINE, 1);
        assertEquals(Status.DOWN, health.status("a"));
        health.replied("a", PROBE, FINE, 1);
        health.replied("a", PROBE, FINE, 1);
        assertEquals(Status.HEALTHY, health.status("a"));
    }

    /** Shows: a probe of each node that comes, also later, and none of one that is gone. */
    @Test
    void probesComeAndGoWithTheNodes() throws Exception {
        Map<String, Hanging> clients = Map.of("a", new Hanging(), "b", new Hanging());
        Nodes nodes =
                Nodes.through(
                        node -> clients.getOrDefault(node.id(), new Hanging()), (_, _, _, _) -> {});
        nodes.watch(health);
        HealthProbe.Settings settings = new HealthProbe.Settings(INTERVAL, INTERVAL);
        try (HealthProbe probe =
                new HealthProbe(nodes, health, settings, _ -> new Identity.Verdict.Same())) {
            nodes.become(List.of(at("a")));
            probe.start();
            await(clients, "a", Hanging::asked);
            nodes.become(List.of(at("b")));
            await(clients, "a", Hanging::ended);
            await(clients, "b", Hanging::asked);
            assertEquals(Set.of("b"), health.all().keySet());
        }
        await(clients, "b", Hanging::ended);
        nodes.become(List.of(at("b"), at("c")));
        assertEquals(Set.of("b", "c"), health.all().keySet());
    }

    private static NodeEndpoint at(String id) {
        return new NodeEndpoint(id, URI.create("http://" + id));
    }

    private static void await(
            Map<String, Hanging> clients, String id, Function<Hanging, CountDownLatch> what)
            throws InterruptedException {
        Hanging client = Objects.requireNonNull(clients.get(id));
        assertTrue(what.apply(client).await(PATIENCE_SECONDS, TimeUnit.SECONDS), id);
    }

    /** Never answers, and tells that it was asked, and that the thread was stopped. */
    private record Hanging(CountDownLatch asked, CountDownLatch ended) implements NodeClient {
        Hanging() {
            this(new CountDownLatch(1), new CountDownLatch(1));
        }

        @Override
        public NodeReply send(NodeRequest request) {
            asked.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                ended.countDown();
            }
            return failure(NodeReply.Kind.TIMEOUT);
        }
    }
}
