package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.miroir.api.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A threshold ends the page and what is counted, as on one server with all documents. */
class SimilarCallTest {
    private static final IndexProfile INDEX = IndexProfile.of("i", "m1", "id", Json.object());

    private static final ObjectNode DOCUMENT =
            Json.parseObject("{\"_vectors\":{\"e\":{\"embeddings\":[[1,0]]}}}");

    private static SimilarCall.WithVector call(int offset, int limit) {
        ObjectNode client =
                Json.object()
                        .put("id", 0)
                        .put("embedder", "e")
                        .put("offset", offset)
                        .put("limit", limit)
                        .put("rankingScoreThreshold", 0.5);
        return SimilarCall.of(client, INDEX).withVector(DOCUMENT);
    }

    private static ObjectNode node(long total, double... similarities) {
        ObjectNode answer = Json.object().put("estimatedTotalHits", total);
        ArrayNode hits = answer.putArray("hits");
        for (double similarity : similarities) {
            ObjectNode hit = hits.addObject().put("id", (int) (similarity * 10));
            hit.put("_rankingScore", similarity);
            hit.putObject("_rankingScoreDetails")
                    .putObject("vectorSort")
                    .put("order", 0)
                    .put("similarity", similarity);
        }
        return answer;
    }

    private static void assertAnswer(int offset, int limit, List<Integer> ids, long total) {
        ObjectNode answer =
                call(offset, limit).merge(List.of(node(10, 0.9, 0.4), node(5, 0.8, 0.7, 0.2)));
        assertEquals(
                ids, answer.path("hits").valueStream().map(h -> h.path("id").asInt()).toList());
        assertEquals(total, answer.path("estimatedTotalHits").asLong());
        assertFalse(answer.at("/hits/0").has("_rankingScore"));
    }

    @Test
    void nodesAreAskedForAllAndTheirScores() {
        ObjectNode request = call(2, 3).nodeRequest(null);
        assertFalse(request.has("rankingScoreThreshold"));
        assertEquals(true, request.path("showRankingScore").asBoolean());
        assertEquals(5, request.path("limit").asInt());
    }

    @Test
    void aPageThatIsSimilarEnoughCountsEverything() {
        assertAnswer(0, 2, List.of(9, 8), 15);
        assertAnswer(1, 2, List.of(8, 7), 15);
    }

    @Test
    void aPageThatIsCutCountsWhatGoesBefore() {
        assertAnswer(0, 4, List.of(9, 8, 7), 3);
        assertAnswer(1, 4, List.of(8, 7), 3);
    }

    /** Shows: a rule that sorts before vectors are compared has no say here. */
    @Test
    void rulesOfTheIndexDoNotCount() {
        IndexProfile sorted =
                IndexProfile.of(
                        "i", "m1", "id", Json.parse("{\"rankingRules\": [\"n:desc\", \"words\"]}"));
        ObjectNode client =
                Json.object()
                        .put("id", 0)
                        .put("embedder", "e")
                        .put("offset", 1)
                        .put("limit", 2)
                        .put("showRankingScoreDetails", true);
        SimilarCall.WithVector call = SimilarCall.of(client, sorted).withVector(DOCUMENT);
        assertEquals(0, call.nodeRequest(null).path("offset").asInt());
        assertEquals(1_000, call.nodeRequest(null).path("limit").asInt());
        ObjectNode answer =
                call.merge(List.of(sorted(node(2, 0.2, 0.9)), sorted(node(3, 0.4, 0.8, 0.7))));
        assertEquals(
                List.of(8, 7),
                answer.path("hits").valueStream().map(h -> h.path("id").asInt()).toList());
        assertEquals(
                "{\"vectorSort\":{\"order\":0,\"similarity\":0.8}}",
                Json.text(answer.at("/hits/0/_rankingScoreDetails")));
        assertEquals(1, answer.path("offset").asInt());
        assertEquals(2, answer.path("limit").asInt());
        assertEquals(5, answer.path("estimatedTotalHits").asInt());
    }

    /** Shows: nodes are asked for no more than is worth it, and for nothing without a vector. */
    @Test
    void whatNodesListByOtherRulesIsAskedToADepth() {
        IndexProfile sorted =
                IndexProfile.of(
                        "i",
                        "m1",
                        "id",
                        Json.parse(
                                "{\"rankingRules\": [\"n:desc\", \"words\"],"
                                        + " \"pagination\": {\"maxTotalHits\": 5000}}"));
        ObjectNode client = Json.object().put("id", 0).put("embedder", "e");
        assertEquals(1_000, limit(client, sorted, DOCUMENT));
        assertEquals(0, limit(client, sorted, Json.object()));
        client.put("offset", 2_000).put("limit", 100);
        assertEquals(2_100, limit(client, sorted, DOCUMENT));
        client.put("limit", Long.MAX_VALUE);
        assertEquals(5_000, limit(client, sorted, DOCUMENT));
        assertEquals(0, limit(client, sorted, Json.object()));
    }

    private static int limit(ObjectNode client, IndexProfile index, ObjectNode document) {
        return SimilarCall.of(client, index)
                .withVector(document)
                .nodeRequest(null)
                .path("limit")
                .asInt(-1);
    }

    /** As a node answers that sorts by a number first, the last hit having the smallest. */
    private static ObjectNode sorted(ObjectNode answer) {
        int number = answer.path("hits").size();
        for (JsonNode hit : answer.path("hits")) {
            ObjectNode details = (ObjectNode) hit.path("_rankingScoreDetails");
            details.putObject("n:desc").put("order", 0).put("value", number--);
            details.withObject("vectorSort").put("order", 1);
        }
        return answer;
    }

    /** One server does not look at what comes before the page. */
    @Test
    void whatIsSkippedIsCountedUnseen() {
        assertAnswer(4, 1, List.of(), 4);
    }

    /** Shows: values that a search shows once are shown as often as there are documents. */
    @Test
    void valuesAreShownAsOftenAsDocumentsHaveThem() {
        IndexProfile index =
                IndexProfile.of("i", "m1", "id", Json.parse("{\"distinctAttribute\": \"brand\"}"));
        ObjectNode client = Json.object().put("id", 0).put("embedder", "e");
        client.putArray("attributesToRetrieve").add("brand");
        SimilarCall.WithVector call = SimilarCall.of(client, index).withVector(DOCUMENT);
        ObjectNode request = call.nodeRequest(null);
        assertEquals("_miroir_seq", request.path("distinct").asString());
        ObjectNode answer = node(2, 0.9, 0.8);
        int seq = 0;
        for (JsonNode hit : answer.path("hits")) {
            ((ObjectNode) hit).put("brand", "x").put("_miroir_seq", "-".repeat(++seq));
        }
        ObjectNode shown = call.merge(List.of(answer));
        assertEquals(2, shown.path("hits").size());
        assertEquals("{\"brand\":\"x\"}", Json.text(shown.at("/hits/0")));
        assertEquals(2, shown.path("estimatedTotalHits").asInt());
    }
}
