package io.miroir.fanout.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.features.Features;
import io.miroir.api.network.Network;
import io.miroir.api.search.MultiSearchRequest;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeClient;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** What is sent to two nodes, of which each has a part of an index, is made and counted once. */
class SentBodiesTest {
    private static final List<String> IDS = List.of("a", "b");
    private static final ReadSettings SETTINGS = new ReadSettings(Duration.ofSeconds(60), true, 10);
    private static final int QUERY_CHARS = 100_000;

    @TempDir Path directory;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final ReadMetrics metrics = new ReadMetrics(new CollectorRegistry());
    private final Queue<NodeBody.Bytes> sent = new ConcurrentLinkedQueue<>();
    private final Queue<Double> held = new ConcurrentLinkedQueue<>();

    /** Both have been sent theirs when one looks at what is held. */
    private final CyclicBarrier both = new CyclicBarrier(2);

    private OneIndex index;
    private NodeHealth health;
    private Nodes nodes;
    private SearchJourney search;

    @BeforeEach
    void open() throws Exception {
        index = new OneIndex(directory, List.of(IDS));
        index.commit("{}", IDS, List.of());
        health =
                new NodeHealth(
                        IDS, new HealthState.Thresholds(3, 1), InstantSource.system(), _ -> {});
        Map<String, NodeClient> clients = new HashMap<>();
        IDS.forEach(id -> clients.put(id, this::answer));
        nodes = Nodes.over(clients, health);
        search = new SearchJourney(index.view(), nodes, health, metrics, SETTINGS, () -> 0);
    }

    @AfterEach
    void close() {
        nodes.close();
        index.close();
    }

    private NodeReply answer(NodeRequest request) {
        sent.add((NodeBody.Bytes) Objects.requireNonNull(request.body()));
        try {
            int _ = both.await(60, TimeUnit.SECONDS);
        } catch (Exception late) {
            throw new IllegalStateException(late);
        }
        held.add(heldBytes());
        ObjectNode found = Json.object().put("estimatedTotalHits", 0);
        found.putArray("hits");
        ObjectNode results = Json.object();
        results.putArray("results").add(found);
        return new NodeReply.Answer(
                200, request.target().equals("/multi-search") ? results : found);
    }

    private double heldBytes() {
        return Objects.requireNonNull(registry.getSampleValue("miroir_node_answer_bytes"));
    }

    private static ObjectNode query() {
        return Json.object().put("q", "w".repeat(QUERY_CHARS));
    }

    private ReadReply federated(Terms terms) {
        FederatedJourney journey =
                new FederatedJourney(
                        search,
                        nodes,
                        health,
                        metrics,
                        SETTINGS,
                        () -> Features.NONE,
                        () -> Network.NOBODY);
        ObjectNode body = Json.object();
        body.putObject("federation");
        body.putArray("queries").add(query().put("indexUid", "i"));
        return journey.search(MultiSearchRequest.fromBody(body), body, List.of("i"), terms);
    }

    private void assertSentOnce() {
        assertEquals(2, sent.size());
        NodeBody.Bytes body = sent.remove();
        assertSame(body, sent.remove());
        assertEquals(
                List.of((double) body.utf8().remaining(), (double) body.utf8().remaining()),
                List.copyOf(held));
        assertEquals(0, heldBytes());
        held.clear();
    }

    @Test
    void whatNodesAreSentAlikeIsMadeAndCountedOnce() throws Exception {
        AnswerBudget budget = new AnswerBudget(1 << 20, Duration.ofSeconds(60), registry);
        try (AnswerBudget.Share share = budget.open()) {
            Terms terms = new Terms(0, Terms.Writes.NONE, share);
            assertEquals(ShardSet.none(), search.search("i", query(), terms).missing());
            assertSentOnce();
            assertEquals(ShardSet.none(), federated(terms).missing());
            assertSentOnce();
        }
    }

    @Test
    void whatThereIsNoRoomForIsNotSent() throws Exception {
        AnswerBudget budget = new AnswerBudget(QUERY_CHARS, Duration.ofSeconds(60), registry);
        try (AnswerBudget.Share share = budget.open()) {
            Terms terms = new Terms(0, Terms.Writes.NONE, share);
            for (Runnable read :
                    List.<Runnable>of(
                            () -> search.search("i", query(), terms), () -> federated(terms))) {
                ApiException refused = assertThrows(ApiException.class, read::run);
                assertEquals(ErrorCode.PAYLOAD_TOO_LARGE, refused.code());
            }
        }
        assertEquals(0, sent.size());
        assertEquals(0, heldBytes());
    }

    @Test
    void whatIsForSomeShardsAloneIsMadeForEachNode() {
        SentBodies bodies = new SentBodies(only -> Json.object().put("only", String.valueOf(only)));
        assertSame(bodies.of(null), bodies.of(null));
        ShardSet some = ShardSet.of(List.of(1));
        assertNotSame(bodies.of(some), bodies.of(some));
        assertNotSame(bodies.of(null), bodies.of(some));
    }
}
