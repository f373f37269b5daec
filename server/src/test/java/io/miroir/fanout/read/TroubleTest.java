package io.miroir.fanout.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.features.Features;
import io.miroir.api.indexes.FieldsRequest;
import io.miroir.api.indexes.StatsQuery;
import io.miroir.api.network.Network;
import io.miroir.api.search.MultiSearchRequest;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.NodeEndpoint;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.ScriptedNode;
import io.miroir.fanout.ScriptedNode.Asked;
import io.miroir.fanout.ScriptedNode.Trouble;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every kind of read while a node is in every kind of trouble. Two groups of one node: as long as
 * the other one is sound the client gets all that there is, and nothing of what the first one says.
 */
class TroubleTest {
    private static final List<String> IDS = List.of("a", "b");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What is waited for a node that says nothing; a sound one is quicker on any machine. */
    private static final Duration SHORT = Duration.ofSeconds(3);

    /** What nobody waits for may take its time, whatever is configured. */
    private static final EnumSet<Read> LONG = EnumSet.of(Read.WALK);

    private static final int ANSWER_BYTES_MAX = 1 << 20;

    @TempDir static Path directory;

    private static OneIndex index;
    private static ScriptedNode sound;

    @BeforeAll
    static void start() throws Exception {
        index = new OneIndex(directory);
        String settings =
                "{\"filterableAttributes\": [\"g\"],"
                        + " \"embedders\": {\"e\": {\"source\": \"userProvided\"}}}";
        index.commit(settings, IDS, List.of());
        sound = new ScriptedNode(TroubleTest::answer);
    }

    @AfterAll
    static void stop() {
        sound.close();
        index.close();
    }

    /** A kind of read, and what nodes are asked for it. */
    private enum Read {
        SEARCH("/search") {
            @Override
            JsonNode of(Reads reads) {
                return body(reads.search.search("i", object("{\"q\": \"old\"}"), reads.terms()));
            }
        },
        FACET_SEARCH("/facet-search") {
            @Override
            JsonNode of(Reads reads) {
                ObjectNode query = object("{\"facetName\": \"g\", \"facetQuery\": \"x\"}");
                return body(reads.search.facetSearch("i", query, reads.terms()));
            }
        },
        FETCH_FOR_SIMILAR("/documents/fetch") {
            @Override
            JsonNode of(Reads reads) {
                return similar(reads);
            }
        },
        SIMILAR("/search") {
            @Override
            JsonNode of(Reads reads) {
                return similar(reads);
            }
        },
        FEDERATED("/multi-search") {
            @Override
            JsonNode of(Reads reads) {
                ObjectNode body =
                        object("{\"federation\": {}, \"queries\": [{\"indexUid\": \"i\"}]}");
                return federated(reads, body);
            }
        },
        /** Hits and counts are asked for in two requests. */
        FEDERATED_COUNTED("/multi-search") {
            @Override
            JsonNode of(Reads reads) {
                ObjectNode body =
                        object(
                                "{\"federation\": {}, \"queries\": [{\"indexUid\": \"i\"},"
                                        + " {\"indexUid\": \"i\", \"q\": \"old\"}]}");
                return federated(reads, body);
            }
        },
        LIST("/documents/fetch") {
            @Override
            JsonNode of(Reads reads) {
                return body(reads.documents.list("i", object("{\"limit\": 5}"), reads.terms()));
            }
        },
        WALK("/documents/fetch") {
            @Override
            JsonNode of(Reads reads) {
                IndexView seen = index.view().index("i").orElseThrow();
                return Json.object()
                        .put("walked", reads.documents.walk(seen, null, 5, null).page().toString());
            }
        },
        GET("/documents/3") {
            @Override
            JsonNode of(Reads reads) {
                return body(reads.documents.get("i", "3", Map.of(), reads.terms()));
            }
        },
        FIELDS("/fields") {
            @Override
            JsonNode of(Reads reads) {
                FieldsRequest asked = FieldsRequest.fromBody(Json.object());
                return body(reads.documents.fields("i", asked, reads.terms()));
            }
        },
        STATS("/stats") {
            @Override
            JsonNode of(Reads reads) {
                IndexView seen = index.view().index("i").orElseThrow();
                return reads.stats.of(seen, BYTES, reads.share);
            }
        },
        STATS_OF_ALL("/stats") {
            @Override
            JsonNode of(Reads reads) {
                IndexView seen = index.view().index("i").orElseThrow();
                return reads.stats.ofAll(List.of(seen), BYTES, reads.share).of(seen);
            }
        },
        VERSION("/version") {
            @Override
            JsonNode of(Reads reads) {
                return reads.documents.version();
            }
        };

        private static final StatsQuery BYTES = new StatsQuery(false, false);

        private final String pathEnd;

        Read(String pathEnd) {
            this.pathEnd = pathEnd;
        }

        abstract JsonNode of(Reads reads);

        private static ObjectNode object(String json) {
            return Json.parseObject(json);
        }

        private static JsonNode body(ReadReply reply) {
            assertEquals(ShardSet.none(), reply.missing(), reply::toString);
            return reply.body();
        }

        private static JsonNode similar(Reads reads) {
            ObjectNode query = object("{\"id\": 3, \"embedder\": \"e\"}");
            return body(reads.search.similar("i", query, null, reads.terms()));
        }

        private static JsonNode federated(Reads reads, ObjectNode body) {
            MultiSearchRequest asked = MultiSearchRequest.fromBody(body);
            List<String> uids = asked.queries().stream().map(_ -> "i").toList();
            return body(reads.federated.search(asked, body, uids, reads.terms()));
        }
    }

    /** What reads, over two nodes that are believed to be well. */
    private static final class Reads implements AutoCloseable {
        private final CollectorRegistry registry = new CollectorRegistry();
        private final Nodes nodes;
        private final SearchJourney search;
        private final FederatedJourney federated;
        private final DocumentReads documents;
        private final StatsReads stats;
        private final AnswerBudget.Share share;

        Reads(ScriptedNode a, ScriptedNode b, Duration nodeTimeout) {
            // It learns nothing, so that the node in trouble is asked again and again.
            NodeHealth health =
                    new NodeHealth(
                            IDS, new HealthState.Thresholds(3, 1), InstantSource.system(), _ -> {});
            nodes = Nodes.overHttp(() -> List.of("key"), (_, _, _, _) -> {});
            nodes.become(
                    List.of(
                            new NodeEndpoint("a", a.address()),
                            new NodeEndpoint("b", b.address())));
            ReadMetrics metrics = new ReadMetrics(registry);
            ReadSettings settings = new ReadSettings(nodeTimeout, true, 10);
            search = new SearchJourney(index.view(), nodes, health, metrics, settings, () -> 0);
            federated =
                    new FederatedJourney(
                            search,
                            nodes,
                            health,
                            metrics,
                            settings,
                            () -> Features.NONE,
                            () -> Network.NOBODY);
            documents = new DocumentReads(index.view(), nodes, health, metrics, settings);
            stats = new StatsReads(nodes, health, metrics, settings);
            try {
                share = new AnswerBudget(ANSWER_BYTES_MAX, PATIENCE, registry).open();
            } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
            }
        }

        Terms terms() {
            return new Terms(0, Terms.Writes.NONE, share);
        }

        /** The answer without what no two answers have in common. */
        String answer(Read kind) {
            JsonNode answer = kind.of(this);
            if (answer instanceof ObjectNode object) {
                object.remove("processingTimeMs");
            }
            return answer.toString();
        }

        @Override
        public void close() {
            share.close();
            nodes.close();
            assertEquals(0, registry.getSampleValue("miroir_node_answer_bytes"));
        }
    }

    /** Shows: of what can be no document no node is asked, which would tell of something else. */
    @Test
    void whatIsNoIdIsNoDocument() throws Exception {
        AtomicInteger asks = new AtomicInteger();
        try (ScriptedNode both =
                        new ScriptedNode(
                                asked -> {
                                    asks.incrementAndGet();
                                    return answer(asked);
                                });
                Reads reads = new Reads(both, both, PATIENCE)) {
            for (String id : List.of("", "a b", "../stats", "ü")) {
                ApiException refused =
                        assertThrows(
                                ApiException.class,
                                () -> reads.documents.get("i", id, Map.of(), reads.terms()));
                assertEquals(ErrorCode.DOCUMENT_NOT_FOUND, refused.code(), id);
            }
            assertEquals(0, asks.get());
        }
    }

    /** What a sound node answers: it has the documents 3 and 4. */
    private static JsonNode answer(Asked asked) {
        String answer =
                switch (asked.target().substring(asked.target().lastIndexOf('/'))) {
                    case "/search" -> found();
                    case "/facet-search" -> "{\"facetHits\": [{\"value\": \"x\", \"count\": 2}]}";
                    case "/multi-search" -> foundTogether(asked.body());
                    case "/fetch" ->
                            "{\"results\": [%s, %s], \"total\": 2}"
                                    .formatted(document(3, ""), document(4, ""));
                    case "/3" -> document(3, "");
                    case "/fields" -> "{\"results\": [{\"name\": \"id\"}, {\"name\": \"g\"}]}";
                    case "/stats" ->
                            asked.target().startsWith("/indexes")
                                    ? counted()
                                    : "{\"indexes\": {\"m%d\": %s}}"
                                            .formatted(index.incarnation(), counted());
                    case "/version" -> "{\"pkgVersion\": \"1.50.0\"}";
                    default -> throw new IllegalArgumentException(asked.target());
                };
        return Json.parse(answer);
    }

    private static String document(int id, String more) {
        return """
               {"id": %d, "g": "x", "_vectors": {"e": {"embeddings": [[1.0, 0.0]]}},
                "%s": "%s", "%s": "%s"%s}
               """
                .formatted(
                        id,
                        Separators.SHARD_FIELD,
                        Separators.shard(0),
                        Separators.SEQ_FIELD,
                        Separators.seq(id),
                        more);
    }

    private static String found() {
        String score =
                ", \"_rankingScore\": 0.5, \"_rankingScoreDetails\":"
                        + " {\"vectorSort\": {\"order\": 0, \"similarity\": 0.5}}";
        return "{\"hits\": [%s, %s], \"estimatedTotalHits\": 2}"
                .formatted(document(3, score), document(4, score));
    }

    private static String foundTogether(JsonNode body) {
        if (body.has("federation")) {
            return "{\"hits\": [], \"estimatedTotalHits\": 2}";
        }
        int queries = body.path("queries").size();
        return "{\"results\": [" + String.join(",", Collections.nCopies(queries, found())) + "]}";
    }

    private static String counted() {
        return "{\"numberOfDocuments\": 2, \"fieldDistribution\": {\"id\": 2, \"g\": 2}}";
    }

    /** Trouble costs a second request, never the read, and never a part of its answer. */
    @ParameterizedTest
    @EnumSource(
            value = Trouble.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "SILENT", "DRIP"})
    void everyReadOutlivesANodeInTrouble(Trouble trouble) {
        outlive(List.of(Read.values()), trouble, PATIENCE);
    }

    @Test
    void everyReadOutlivesANodeThatTakesItsTime() throws Exception {
        List<Future<?>> reading = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Trouble trouble : List.of(Trouble.SILENT, Trouble.DRIP)) {
                for (Read kind : EnumSet.complementOf(LONG)) {
                    reading.add(threads.submit(() -> outlive(List.of(kind), trouble, SHORT)));
                }
            }
            for (Future<?> one : reading) {
                one.get();
            }
        }
    }

    /** One of the two groups is asked first: which one is nobody's business. */
    private static void outlive(List<Read> kinds, Trouble trouble, Duration timeout) {
        try (ScriptedNode node = new ScriptedNode(TroubleTest::answer);
                Reads allSound = new Reads(sound, sound, PATIENCE);
                Reads first = new Reads(node, sound, timeout);
                Reads second = new Reads(sound, node, timeout)) {
            for (Read kind : kinds) {
                String expected = allSound.answer(kind);
                int before = node.troubles();
                node.in(trouble, asked -> asked.is(kind.pathEnd));
                assertEquals(expected, first.answer(kind), kind + " " + trouble);
                assertEquals(expected, second.answer(kind), kind + " " + trouble);
                assertNotEquals(before, node.troubles(), kind + " never met it");
            }
        }
    }

    /** Where nobody is sound the client is told so, in Meilisearch's words, and gets nothing. */
    @ParameterizedTest
    @EnumSource(
            value = Trouble.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "WRONG_TYPE", "SILENT", "DRIP"})
    void whereAllAreInTroubleTheReadIsRefused(Trouble trouble) {
        try (ScriptedNode node = new ScriptedNode(TroubleTest::answer);
                Reads reads = new Reads(node, node, PATIENCE)) {
            for (Read kind : Read.values()) {
                node.in(trouble, asked -> asked.is(kind.pathEnd));
                ApiException refused =
                        assertThrows(
                                ApiException.class, () -> reads.answer(kind), kind + " " + trouble);
                boolean told = trouble == Trouble.UNKNOWN_ERROR && !isOfStats(kind);
                assertEquals(
                        told ? ErrorCode.INTERNAL : ErrorCode.MIROIR_SHARD_UNAVAILABLE,
                        refused.code(),
                        kind + " " + trouble);
                assertTrue(refused.status() >= 500, kind + " " + trouble);
            }
        }
    }

    // What one node says of statistics is nobody's answer: they are sums.
    private static boolean isOfStats(Read kind) {
        return kind == Read.STATS_OF_ALL || kind == Read.VERSION;
    }

    @Test
    void everyReadOutlivesANodeThatIsDown() {
        ScriptedNode down = new ScriptedNode(TroubleTest::answer);
        down.close();
        try (Reads allSound = new Reads(sound, sound, PATIENCE);
                Reads first = new Reads(down, sound, PATIENCE);
                Reads second = new Reads(sound, down, PATIENCE)) {
            for (Read kind : Read.values()) {
                String expected = allSound.answer(kind);
                assertEquals(expected, first.answer(kind), kind::toString);
                assertEquals(expected, second.answer(kind), kind::toString);
            }
        }
    }
}
