package io.miroir.fanout.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.api.features.Features;
import io.miroir.api.network.Network;
import io.miroir.api.search.MultiSearchRequest;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.routing.Separators;
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
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Hybrid searches of an index of which two nodes have a part each. Together they find enough by
 * words, which neither does by itself: so they are asked once more, for words alone.
 */
class HybridReadTest {
    private static final List<String> IDS = List.of("a", "b");
    private static final NodeReply DOWN = new NodeReply.Failure(NodeReply.Kind.BROKEN, "down");
    private static final ReadSettings SETTINGS = new ReadSettings(Duration.ofSeconds(60), true, 10);

    @TempDir static Path directory;

    private static OneIndex index;

    /** Nodes that say something else when they are asked for words alone. */
    private final Map<String, NodeReply> aloneBy = new HashMap<>();

    /** Nodes that are away when they are asked for both. */
    private Set<String> away = Set.of();

    /** What was asked: a node, and how much vectors weigh. */
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();

    private final AnswerBudget.Share share = share();

    private final ReadMetrics metrics = new ReadMetrics(new CollectorRegistry());
    private NodeHealth health;
    private Nodes nodes;
    private SearchJourney search;

    @BeforeAll
    static void open() throws Exception {
        index = new OneIndex(directory, List.of(IDS));
        String embedder = "{\"embedders\": {\"e\": {\"source\": \"userProvided\"}}}";
        index.commit(embedder, IDS, List.of());
    }

    @AfterAll
    static void close() {
        index.close();
    }

    @BeforeEach
    void connect() {
        health =
                new NodeHealth(
                        IDS, new HealthState.Thresholds(3, 1), InstantSource.system(), _ -> {});
        Map<String, NodeClient> clients = new HashMap<>();
        IDS.forEach(id -> clients.put(id, request -> answer(id, request)));
        nodes = Nodes.over(clients, health);
        search = new SearchJourney(index.view(), nodes, health, metrics, SETTINGS, () -> 0);
    }

    @AfterEach
    void disconnect() {
        nodes.close();
        share.close();
    }

    private static AnswerBudget.Share share() {
        try {
            return new AnswerBudget(1 << 20, Duration.ofSeconds(60), new CollectorRegistry())
                    .open();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private NodeReply answer(String id, NodeRequest request) {
        NodeBody.Bytes sent = (NodeBody.Bytes) Objects.requireNonNull(request.body());
        byte[] body = new byte[sent.utf8().remaining()];
        sent.utf8().duplicate().get(body);
        JsonNode told = Json.parse(body);
        boolean several = told.has("queries");
        JsonNode query = several ? told.path("queries").path(0) : told;
        double ratio = query.path("hybrid").path("semanticRatio").asDouble();
        asked.add(id + " " + ratio);
        boolean alone = ratio == 0;
        if (!alone && away.contains(id)) {
            return DOWN;
        }
        if (alone && aloneBy.containsKey(id)) {
            return aloneBy.get(id);
        }
        ObjectNode found = found(id, alone);
        ObjectNode results = Json.object();
        results.putArray("results").add(found);
        return new NodeReply.Answer(200, several ? results : found);
    }

    /** By words node a finds 2 and node b finds 3; by vectors node a finds 1, which is better. */
    private static ObjectNode found(String id, boolean alone) {
        ObjectNode found = Json.object().put("estimatedTotalHits", 1);
        if (!alone && id.equals("a")) {
            hit(found, 1, 0.97).putObject("vectorSort").put("order", 0).put("similarity", 0.97);
        }
        boolean better = id.equals("a");
        hit(found, better ? 2 : 3, better ? 0.95 : 0.92)
                .putObject("words")
                .put("order", 0)
                .put("matchingWords", better ? 2 : 1)
                .put("maxMatchingWords", 2);
        return found;
    }

    private static ObjectNode hit(ObjectNode found, int id, double score) {
        ObjectNode hit = found.withArray("hits").addObject();
        hit.put("id", id).put("_rankingScore", score);
        hit.put(Separators.SEQ_FIELD, Separators.seq(id));
        return hit.putObject("_rankingScoreDetails");
    }

    /** Both ways to search. */
    enum Way {
        ONE_INDEX {
            @Override
            ReadReply read(HybridReadTest test) {
                return test.search.search("i", query(), test.terms());
            }
        },
        FEDERATED {
            @Override
            ReadReply read(HybridReadTest test) {
                FederatedJourney journey =
                        new FederatedJourney(
                                test.search,
                                test.nodes,
                                test.health,
                                test.metrics,
                                SETTINGS,
                                () -> Features.NONE,
                                () -> Network.NOBODY);
                ObjectNode body = Json.object();
                body.putObject("federation").put("limit", 2);
                ObjectNode query = query().put("indexUid", "i");
                query.remove("limit");
                body.putArray("queries").add(query);
                MultiSearchRequest request = MultiSearchRequest.fromBody(body);
                return journey.search(request, body, List.of("i"), test.terms());
            }
        };

        abstract ReadReply read(HybridReadTest test);

        private static ObjectNode query() {
            return Json.parseObject(
                    "{\"q\": \"w\", \"limit\": 2, \"vector\": [1],"
                            + " \"hybrid\": {\"embedder\": \"e\", \"semanticRatio\": 0.5}}");
        }

        List<Integer> found(HybridReadTest test) {
            ReadReply reply = read(test);
            assertEquals(ShardSet.none(), reply.missing());
            return ids(reply);
        }

        static List<Integer> ids(ReadReply reply) {
            return reply.body()
                    .path("hits")
                    .valueStream()
                    .map(hit -> hit.path("id").asInt())
                    .toList();
        }
    }

    private Terms terms() {
        return new Terms(0, Terms.Writes.NONE, share);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void wordsThatAreEnoughOnAllNodesEndIt(Way way) {
        assertEquals(List.of(2, 3), way.found(this));
        assertEquals(Set.of("a 0.5", "b 0.5", "a 0.0", "b 0.0"), Set.copyOf(asked));
    }

    /** What nodes said first is a good answer: whatever befalls the second round, it stands. */
    @ParameterizedTest
    @EnumSource(Way.class)
    void aSecondRoundThatFailsLeavesTheFirst(Way way) {
        ObjectNode error = Json.object().put("code", "bad_request").put("message", "no");
        List<NodeReply> troubles =
                List.of(
                        DOWN,
                        new NodeReply.Failure(NodeReply.Kind.NO_ROOM, "full"),
                        new NodeReply.Refusal(400, "bad_request", "no", error));
        for (NodeReply trouble : troubles) {
            aloneBy.put("b", trouble);
            assertEquals(List.of(1, 2), way.found(this), trouble::toString);
            aloneBy.put("a", trouble);
            assertEquals(List.of(1, 2), way.found(this), trouble::toString);
            aloneBy.clear();
        }
        assertTrue(asked.contains("b 0.0"), asked::toString);
    }

    /** One node's answer says what one server with these documents does. */
    @ParameterizedTest
    @EnumSource(Way.class)
    void oneNodeAloneHasDecided(Way way) {
        away = Set.of("b");
        ReadReply reply = way.read(this);
        assertFalse(reply.missing().isEmpty());
        assertEquals(List.of(1, 2), Way.ids(reply));
        assertFalse(asked.contains("a 0.0"), asked::toString);
    }
}
