package io.miroir.fanout.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.indexes.StatsQuery;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.topology.Topology;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeClient;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.store.index.IndexRow;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Whom statistics are asked of, and what their answers take. Two groups: a and b, c and d. */
class StatsReadsTest {
    private static final Topology TOPOLOGY =
            new Topology(4, 1, List.of(List.of("a", "b"), List.of("c", "d")));

    private static final Set<String> ALL = Set.of("a", "b", "c", "d");
    private static final int DOCUMENTS_PER_SHARD = 10;
    private static final int ANSWER_BYTES = 30;
    private static final StatsQuery BYTES = new StatsQuery(false, false);

    private final CollectorRegistry registry = new CollectorRegistry();
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> told = new ConcurrentHashMap<>();
    private final List<IndexView> indexes =
            LongStream.rangeClosed(1, 50).mapToObj(StatsReadsTest::index).toList();

    private static IndexView index(long incarnation) {
        IndexRow row =
                new IndexRow(
                        "i" + incarnation,
                        incarnation,
                        IndexRow.physicalUid(incarnation),
                        "id",
                        TOPOLOGY.shards(),
                        "{}",
                        1,
                        IndexRow.Standing.SETTLED,
                        0,
                        0);
        Map<String, ShardStates> states = new HashMap<>();
        for (String node : TOPOLOGY.nodes()) {
            ShardStates held = ShardStates.all(TOPOLOGY.shards(), ShardState.NOT_HELD);
            for (int shard : TOPOLOGY.shardsOf(node).stream().toArray()) {
                held = held.with(shard, ShardState.IN_SYNC);
            }
            states.put(node, held);
        }
        return new IndexView(row, Json.object(), TOPOLOGY, states, Map.of());
    }

    private StatsReads reads(Set<String> up, Set<String> healthy) {
        NodeHealth health =
                new NodeHealth(
                        TOPOLOGY.nodes(),
                        new HealthState.Thresholds(3, 1),
                        InstantSource.system(),
                        _ -> {});
        NodeRequest probe = NodeRequest.get("version", "/version", Duration.ofSeconds(1));
        healthy.forEach(
                id -> health.replied(id, probe, new NodeReply.Answer(200, Json.object()), 1));
        Map<String, NodeClient> clients = new HashMap<>();
        ALL.forEach(id -> clients.put(id, request -> answer(id, request, up.contains(id))));
        return new StatsReads(
                Nodes.over(clients, (_, _, _, _) -> {}),
                health,
                new ReadMetrics(registry),
                new ReadSettings(Duration.ofSeconds(1), false, 10));
    }

    private NodeReply answer(String node, NodeRequest request, boolean up) {
        asked.add(node + " " + request.target());
        if (!up) {
            return new NodeReply.Failure(NodeReply.Kind.UNREACHABLE, "down");
        }
        if (!Objects.requireNonNull(request.share()).take(ANSWER_BYTES)) {
            return new NodeReply.Failure(NodeReply.Kind.NO_ROOM, "full");
        }
        if (request.target().endsWith("/documents/fetch")) {
            long shards = body(request).path("filter").asString().split(",").length;
            return new NodeReply.Answer(
                    200, Json.object().put("total", shards * DOCUMENTS_PER_SHARD));
        }
        if (!request.target().equals("/stats")) {
            return new NodeReply.Answer(200, held(node));
        }
        ObjectNode all = Json.object();
        ObjectNode counts = all.putObject("indexes");
        indexes.forEach(index -> counts.set(index.row().physicalUid(), held(node)));
        return new NodeReply.Answer(200, all);
    }

    private static JsonNode body(NodeRequest request) {
        NodeBody.Bytes bytes = (NodeBody.Bytes) Objects.requireNonNull(request.body());
        return Json.parse(StandardCharsets.UTF_8.decode(bytes.utf8().duplicate()).toString());
    }

    private ObjectNode held(String node) {
        int shards = TOPOLOGY.shardsOf(node).size() * DOCUMENTS_PER_SHARD;
        ObjectNode held = Json.object().put("numberOfDocuments", told.getOrDefault(node, shards));
        held.putObject("fieldDistribution");
        return held;
    }

    private AnswerBudget budget(int bytesMax) {
        return new AnswerBudget(bytesMax, Duration.ZERO, registry);
    }

    private void assertAllCounted(StatsReads reads) throws InterruptedException {
        asked.clear();
        try (AnswerBudget.Share share = budget(1_000).open()) {
            StatsReads.Counted counted = reads.ofAll(indexes, BYTES, share);
            for (IndexView index : indexes) {
                assertEquals(
                        TOPOLOGY.shards() * DOCUMENTS_PER_SHARD,
                        counted.of(index).path("numberOfDocuments").asInt());
            }
        }
        registry.clear();
    }

    private List<String> askedNodes() {
        return asked.stream().map(one -> one.substring(0, 1)).sorted().toList();
    }

    @Test
    void eachNodeIsAskedOnceHoweverManyIndexesThereAre() throws Exception {
        assertAllCounted(reads(ALL, ALL));
        assertEquals(List.of("a", "b", "c", "d"), askedNodes());
        assertAllCounted(reads(Set.of("a", "c", "d"), Set.of("a", "c", "d")));
        assertEquals(List.of("a", "c", "d"), askedNodes());
    }

    /** What is believed of nodes may be old, both ways; a whole group may be made of two. */
    @Test
    void nodesInTroubleAreAskedWhereTheOthersDoNotHoldEverything() throws Exception {
        assertAllCounted(reads(ALL, Set.of("a")));
        assertEquals(List.of("a", "b", "c", "d"), askedNodes());
        assertAllCounted(reads(Set.of("c", "d"), Set.of("a", "b")));
        assertEquals(List.of("a", "b", "c", "d"), askedNodes());
    }

    @Test
    void anIndexThatNobodyCountsIsToldOnItsOwn() throws Exception {
        StatsReads reads = reads(Set.of("a"), ALL);
        try (AnswerBudget.Share share = budget(1_000).open()) {
            StatsReads.Counted counted = reads.ofAll(indexes, BYTES, share);
            ApiException refusal =
                    assertThrows(ApiException.class, () -> counted.of(indexes.getFirst()));
            assertEquals(ErrorCode.MIROIR_SHARD_UNAVAILABLE, refusal.code());
        }
    }

    /** As other reads they are refused where the answers of nodes find no room. */
    @Test
    void answersCountToWhatAllReadsMayHold() throws Exception {
        StatsReads reads = reads(ALL, ALL);
        AnswerBudget budget = budget(2 * ANSWER_BYTES + 1);
        try (AnswerBudget.Share share = budget.open()) {
            IndexView index = indexes.getFirst();
            assertEquals(
                    TOPOLOGY.shards() * DOCUMENTS_PER_SHARD,
                    reads.of(index, BYTES, share).path("numberOfDocuments").asInt());
            assertEquals(2 * ANSWER_BYTES, held());
            ApiException refused =
                    assertThrows(ApiException.class, () -> reads.of(index, BYTES, share));
            assertEquals(ErrorCode.MIROIR_OVERLOADED, refused.code());
            refused = assertThrows(ApiException.class, () -> reads.ofAll(indexes, BYTES, share));
            assertEquals(ErrorCode.MIROIR_OVERLOADED, refused.code());
        }
        assertEquals(0, held());
    }

    /** Protocol, rule 10: a node that holds more than it is asked for is counted by filter. */
    @Test
    void whileShardsMoveEachIsCountedOnce() throws Exception {
        IndexView still = indexes.getFirst();
        Map<String, ShardStates> states = new HashMap<>(still.states());
        int moving = TOPOLOGY.shardsOf("a").iterator().nextInt();
        int other = TOPOLOGY.shardsOf("c").iterator().nextInt();
        states.computeIfPresent("b", (_, held) -> held.with(moving, ShardState.MOVING));
        states.computeIfPresent("d", (_, held) -> held.with(other, ShardState.IN_SYNC));
        IndexView index = new IndexView(still.row(), still.settings(), TOPOLOGY, states, Map.of());
        for (String node : ALL) {
            told.put(node, index.held(node, TOPOLOGY.shards()).size() * DOCUMENTS_PER_SHARD);
        }
        StatsReads reads = reads(ALL, ALL);
        int all = TOPOLOGY.shards() * DOCUMENTS_PER_SHARD;
        try (AnswerBudget.Share share = budget(1_000).open()) {
            assertEquals(all, reads.of(index, BYTES, share).path("numberOfDocuments").asInt());
            StatsReads.Counted counted = reads.ofAll(List.of(index), BYTES, share);
            assertEquals(all, counted.of(index).path("numberOfDocuments").asInt());
        }
    }

    private double held() {
        return Objects.requireNonNull(registry.getSampleValue("miroir_node_answer_bytes"));
    }
}
