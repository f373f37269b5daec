package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.fanout.answer.FederatedCall.NodeAnswer;
import io.miroir.fanout.answer.FederatedCall.Part;
import io.miroir.fanout.answer.FederatedCall.Purpose;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What nodes are asked for a federation, so that none of them refuses it for a rule of ours. */
class FederatedCallTest {
    private static final Part ASKED = new Part(true, null);
    private static final Part UNASKED = new Part(false, null);

    private static FederatedCall call(String body, String... indexes) {
        List<IndexProfile> profiles =
                List.of(indexes).stream()
                        .map(uid -> IndexProfile.of(uid, "m-" + uid, "id", Json.object()))
                        .toList();
        return FederatedCall.of(Json.parseObject(body.replace('\'', '"')), profiles);
    }

    @Test
    void eachIndexIsCountedByItself() {
        FederatedCall call =
                call(
                        """
                        {'federation': {'facetsByIndex': {'a': ['x'], 'b': ['x']},
                                        'mergeFacets': {'maxValuesPerFacet': 3},
                                        'personalize': {'userContext': 'u'}},
                         'queries': [{'indexUid': 'a'}, {'indexUid': 'b'}, {'indexUid': 'c'}]}
                        """,
                        "a",
                        "b",
                        "c");
        Purpose ofB = new Purpose("m-b");
        assertEquals(List.of(Purpose.HITS, new Purpose("m-a"), ofB), call.purposes());
        assertTrue(call.concerns(Purpose.HITS, 2));
        assertFalse(call.concerns(ofB, 0));
        assertTrue(call.concerns(ofB, 1));
        JsonNode asked = call.nodeRequest(List.of(UNASKED, ASKED, UNASKED), ofB);
        assertEquals(
                Json.parse("{\"facetsByIndex\":{\"m-b\":[\"x\"]},\"limit\":0,\"offset\":0}"),
                Json.parse(Json.text(asked.path("federation"))));
        assertEquals(1, asked.path("queries").size());
    }

    /** A query that finds by its vector ranks as one of words; one that only has one does not. */
    @Test
    void whatIsSearchedForByNothingIsCountedLikeWords() {
        FederatedCall call =
                call(
                        """
                        {'federation': {},
                         'queries': [
                          {'indexUid': 'a', 'vector': [1], 'hybrid': {'semanticRatio': 0}},
                          {'indexUid': 'a', 'vector': [1], 'hybrid': {'semanticRatio': 1}},
                          {'indexUid': 'a', 'q': 'w', 'sort': ['x:asc'],
                           'federationOptions': {'weight': 2, 'remote': 'me'}},
                          {'indexUid': 'a', 'hybrid': {'semanticRatio': 1}}]}
                        """,
                        "a",
                        "a",
                        "a",
                        "a");
        JsonNode queries =
                call.nodeRequest(List.of(ASKED, ASKED, ASKED, ASKED), new Purpose("m-a"))
                        .path("queries");
        assertEquals(",", queries.path(0).path("q").asString());
        assertFalse(queries.path(1).has("q"));
        assertFalse(queries.path(2).has("sort"));
        assertEquals("{\"weight\":2}", Json.text(queries.path(2).path("federationOptions")));
        assertFalse(queries.path(3).has("hybrid"));
    }

    /**
     * One query of two has enough by words on both nodes together: it is asked anew by words alone,
     * the other is not.
     */
    @Test
    void hybridQueriesEndWithTheirWordsWhereTheseAreEnough() {
        String hybrid = "'vector': [1], 'hybrid': {'embedder': 'e', 'semanticRatio': 0.5}}";
        FederatedCall call =
                call(
                        "{'federation': {'limit': 2}, 'queries': ["
                                + "{'indexUid': 'a', 'q': 'w', "
                                + hybrid
                                + ", {'indexUid': 'b', 'q': 'w', "
                                + hybrid
                                + "]}",
                        "a",
                        "b");
        List<NodeAnswer> asked = List.of(answer("vectorSort", 0.95, 0.5), answer("words", 0.92, 1));
        assertEquals(Set.of(0), call.perhapsByWords(asked));
        FederatedCall words = call.byWords(Set.of(0));
        JsonNode queries = words.nodeRequest(List.of(ASKED, ASKED), Purpose.HITS).path("queries");
        assertEquals(0, ratio(queries.path(0)));
        assertEquals(0.5, ratio(queries.path(1)));
        List<NodeAnswer> answers = List.of(answer("words", 0.95, 0.5), answer("words", 0.92, 1));
        assertEquals(Set.of(0), words.isByWords(answers));
        JsonNode merged = words.merge(answers);
        assertEquals(0, merged.path("semanticHitCount").asInt(-1));
        assertEquals("b", merged.at("/hits/0/_federation/indexUid").asString());
        assertEquals(0.95, merged.at("/hits/1/_federation/weightedRankingScore").asDouble());
    }

    /** Who wants no hits has enough of them by words: counts of a hybrid query want some. */
    @Test
    void aHybridQueryIsCountedWithItsHits() {
        FederatedCall call =
                call(
                        """
                        {'federation': {'limit': 7, 'facetsByIndex': {'a': ['x']}},
                         'queries': [{'indexUid': 'a', 'q': 'w',
                           'hybrid': {'embedder': 'e', 'semanticRatio': 0.8}}]}
                        """,
                        "a");
        JsonNode asked = call.nodeRequest(List.of(ASKED), new Purpose("m-a"));
        assertEquals(7, asked.path("federation").path("limit").asInt());
        assertEquals("[]", Json.text(asked.at("/queries/0/attributesToRetrieve")));
    }

    /** Of one query, a hit by words and one by its vector go by their shares of the ratio. */
    @Test
    void hitsOfAHybridQueryAreInItsOwnOrder() {
        FederatedCall call =
                call(
                        """
                        {'federation': {},
                         'queries': [{'indexUid': 'a', 'q': 'w',
                           'hybrid': {'embedder': 'e', 'semanticRatio': 0.9}}]}
                        """,
                        "a");
        JsonNode merged = call.merge(List.of(ofFirst("words", 0.9), ofFirst("vectorSort", 0.8)));
        assertEquals(0.8, merged.at("/hits/0/_federation/weightedRankingScore").asDouble());
    }

    private static NodeAnswer answer(String rule, double first, double second) {
        String results =
                "{\"results\": [" + found(rule, first) + "," + found("words", second) + "]}";
        return new NodeAnswer(Json.parseObject(results), List.of(ASKED, ASKED), Purpose.HITS);
    }

    private static NodeAnswer ofFirst(String rule, double score) {
        return new NodeAnswer(
                Json.parseObject("{\"results\": [" + found(rule, score) + "]}"),
                List.of(ASKED),
                Purpose.HITS);
    }

    private static String found(String rule, double score) {
        String value =
                rule.equals("words")
                        ? "'matchingWords':" + (int) (score * 100)
                        : "'similarity':" + score;
        return ("{'hits':[{'id':"
                        + (int) (score * 100)
                        + ",'_rankingScore':"
                        + score
                        + ",'_rankingScoreDetails':{'"
                        + rule
                        + "':{'order':0,"
                        + value
                        + "}}}]}")
                .replace('\'', '"');
    }

    private static double ratio(JsonNode query) {
        return query.path("hybrid").path("semanticRatio").asDouble(-1);
    }

    /** As one server that is named in its own network shows it. */
    @Test
    void theInstanceThatIsNamedIsShown() {
        FederatedCall call =
                call(
                        """
                        {'federation': {},
                         'queries': [{'indexUid': 'a', 'retrieveVectors': true,
                                      'federationOptions': {'remote': 'me'}}]}
                        """,
                        "a");
        ObjectNode node =
                Json.parseObject(
                        """
                        {"results": [{"estimatedTotalHits": 1, "processingTimeMs": 1, "hits": [
                          {"id": 1, "_rankingScore": 1.0, "_rankingScoreDetails": {}}]}]}
                        """);
        ObjectNode answer = call.merge(List.of(new NodeAnswer(node, List.of(ASKED), Purpose.HITS)));
        assertEquals("me", answer.at("/hits/0/_federation/remote").asString(), answer::toString);
        assertEquals("{}", Json.text(answer.path("remoteErrors")));
        assertEquals("{}", Json.text(answer.path("queryVectors")));
    }
}
