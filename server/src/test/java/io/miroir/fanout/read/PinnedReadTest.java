package io.miroir.fanout.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.features.Features;
import io.miroir.api.network.Network;
import io.miroir.api.search.MultiSearchRequest;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.Topology;
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
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Searches in which a document is pinned, of an index of which two nodes have a part each, while
 * the node that has the document is away.
 */
class PinnedReadTest {
    private static final List<String> IDS = List.of("a", "b");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PIN = "7";
    private static final String OTHER = "other";

    @TempDir static Path directory;

    private static OneIndex index;

    /** The node that has the pinned document. */
    private static String holder;

    @BeforeAll
    static void open() throws Exception {
        index = new OneIndex(directory, List.of(IDS));
        index.commit("{}", IDS, List.of());
        index.rule(
                "{\"actions\": [{\"selector\": {\"id\": \"7\"},"
                        + " \"action\": {\"type\": \"pin\", \"position\": 0}}]}");
        Topology topology = new Topology(OneIndex.SHARDS, 1, List.of(IDS));
        int shard = Rendezvous.shard(PIN, OneIndex.SHARDS);
        holder = topology.shardsOf("a").contains(shard) ? "a" : "b";
    }

    @AfterAll
    static void close() {
        index.close();
    }

    /** What a node is asked for in a search with pins. */
    private enum Ask {
        FETCH,
        OTHERS,
        PINNED,
        MARKED;

        static Ask of(NodeRequest request, JsonNode body) {
            if (request.target().endsWith("/fetch")) {
                return FETCH;
            }
            boolean pinned = body.path("distinct").asString("").equals(Separators.SEQ_FIELD);
            return !pinned ? OTHERS : body.has("q") ? MARKED : PINNED;
        }
    }

    private interface Read {
        ReadReply of(SearchJourney searches, FederatedJourney federated, Terms terms);
    }

    private static ReadReply read(boolean partial, Predicate<Ask> lost) throws Exception {
        ObjectNode query = Json.parseObject("{\"q\": \"w\", \"attributesToHighlight\": [\"*\"]}");
        return read(
                partial, lost, (searches, _, terms) -> searches.searchByRules("i", query, terms));
    }

    private static ReadReply federated(boolean partial, Predicate<Ask> lost) throws Exception {
        ObjectNode body =
                Json.parseObject(
                        "{\"federation\": {}, \"queries\": [{\"indexUid\": \"i\", \"q\": \"w\"}]}");
        return read(
                partial,
                lost,
                (_, federated, terms) ->
                        federated.search(
                                MultiSearchRequest.fromBody(body), body, List.of("i"), terms));
    }

    private static ReadReply read(boolean partial, Predicate<Ask> lost, Read read)
            throws Exception {
        NodeHealth health =
                new NodeHealth(
                        IDS, new HealthState.Thresholds(3, 1), InstantSource.system(), _ -> {});
        Map<String, NodeClient> clients = new HashMap<>();
        IDS.forEach(id -> clients.put(id, request -> answer(id, request, lost)));
        Nodes nodes = Nodes.over(clients, health);
        ReadMetrics metrics = new ReadMetrics(new CollectorRegistry());
        ReadSettings settings = new ReadSettings(PATIENCE, partial, 10);
        SearchJourney searches =
                new SearchJourney(index.view(), nodes, health, metrics, settings, () -> 0);
        FederatedJourney federated =
                new FederatedJourney(
                        searches,
                        nodes,
                        health,
                        metrics,
                        settings,
                        () -> Features.NONE,
                        () -> Network.NOBODY);
        try (AnswerBudget.Share share =
                new AnswerBudget(1 << 20, PATIENCE, new CollectorRegistry()).open()) {
            return read.of(searches, federated, new Terms(0, Terms.Writes.NONE, share));
        } finally {
            nodes.close();
        }
    }

    private static NodeReply answer(String id, NodeRequest request, Predicate<Ask> lost) {
        NodeBody.Bytes sent = (NodeBody.Bytes) Objects.requireNonNull(request.body());
        byte[] body = new byte[sent.utf8().remaining()];
        sent.utf8().duplicate().get(body);
        Ask ask = Ask.of(request, Json.parse(body));
        boolean holds = id.equals(holder);
        if (holds && lost.test(ask)) {
            return new NodeReply.Failure(NodeReply.Kind.BROKEN, "down");
        }
        ObjectNode answer = Json.object().put("total", 1).put("estimatedTotalHits", 1);
        ObjectNode found =
                answer.putArray(ask == Ask.FETCH ? "results" : "hits")
                        .addObject()
                        .put("id", ask != Ask.OTHERS ? PIN : holds ? "near" : OTHER)
                        .put("is", ask.name());
        found.put(Separators.SEQ_FIELD, Separators.seq(7));
        if (request.target().equals("/multi-search")) {
            ObjectNode several = Json.object();
            several.putArray("results").add(answer);
            return new NodeReply.Answer(200, several);
        }
        return new NodeReply.Answer(200, answer);
    }

    private static List<String> ids(ReadReply reply) {
        return reply.body()
                .path("hits")
                .valueStream()
                .map(hit -> hit.path("id").asString())
                .toList();
    }

    @Test
    void whatIsPinnedGoesFirst() throws Exception {
        ReadReply reply = read(true, _ -> false);
        assertEquals(PIN, ids(reply).getFirst());
        assertEquals(3, ids(reply).size());
        assertTrue(reply.missing().isEmpty());
        assertEquals("MARKED", reply.body().path("hits").path(0).path("is").asString());
    }

    /** Pins are in few shards: an answer without these is better than none. */
    @Test
    void withoutTheNodeThatHasItTheOthersAreFound() throws Exception {
        for (Predicate<Ask> lost : List.<Predicate<Ask>>of(_ -> true, ask -> ask == Ask.FETCH)) {
            ReadReply reply = read(true, lost);
            assertTrue(ids(reply).contains(OTHER), reply::toString);
            assertFalse(ids(reply).contains(PIN), reply::toString);
            assertFalse(reply.missing().isEmpty(), reply::toString);
        }
        ReadReply later = read(true, ask -> ask == Ask.PINNED);
        assertFalse(ids(later).contains(PIN), later::toString);
        assertFalse(later.missing().isEmpty(), later::toString);
    }

    @Test
    void marksThatAreMissingAreTold() throws Exception {
        ReadReply reply = read(true, ask -> ask == Ask.MARKED);
        assertEquals("PINNED", reply.body().path("hits").path(0).path("is").asString());
        assertFalse(reply.missing().isEmpty());
    }

    /** The same in a federation, of which each query has its own pins. */
    @Test
    void aFederationHasThemToo() throws Exception {
        ReadReply reply = federated(true, _ -> false);
        assertEquals(PIN, ids(reply).getFirst());
        assertEquals(3, ids(reply).size());
        assertEquals("PINNED", reply.body().path("hits").path(0).path("is").asString());
        assertEquals(3, reply.body().path("estimatedTotalHits").asInt());
        for (Ask ask : List.of(Ask.FETCH, Ask.PINNED)) {
            ReadReply without = federated(true, asked -> asked == ask);
            assertFalse(ids(without).contains(PIN), without::toString);
            assertFalse(without.missing().isEmpty(), without::toString);
            ApiException refused =
                    assertThrows(ApiException.class, () -> federated(false, asked -> asked == ask));
            assertEquals(ErrorCode.MIROIR_SHARD_UNAVAILABLE, refused.code(), ask::toString);
        }
    }

    @Test
    void wherePolicyWantsAllNothingMayBeMissing() {
        for (Ask ask : List.of(Ask.FETCH, Ask.PINNED, Ask.MARKED)) {
            ApiException refused =
                    assertThrows(ApiException.class, () -> read(false, asked -> asked == ask));
            assertEquals(ErrorCode.MIROIR_SHARD_UNAVAILABLE, refused.code(), ask::toString);
        }
    }
}
