package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.core.rules.Pin;
import io.miroir.fanout.answer.FederatedCall.NodeAnswer;
import io.miroir.fanout.answer.FederatedCall.Part;
import io.miroir.fanout.answer.FederatedCall.Purpose;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What nodes are asked for a federation, so that none of them refuses it for a rule of ours. */
class FederatedCallTest {
    private static final Part ASKED = new Part(true, null);
    private static final Part UNASKED = new Part(false, null);

    private static FederatedCall call(String body, String... indexes) {
        return FederatedCall.of(json(body), profiles(indexes), Map.of());
    }

    private static List<IndexProfile> profiles(String... indexes) {
        return List.of(indexes).stream()
                .map(uid -> IndexProfile.of(uid, "m-" + uid, "id", Json.object()))
                .toList();
    }

    private static ObjectNode json(String text) {
        return Json.parseObject(text.replace('\'', '"'));
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

    /** Nodes refuse queries of one index that do not rank alike: by how many words there are. */
    @Test
    void whatIsSearchedForByNothingRanksAsWhatIsSearchedForByWords() {
        FederatedCall call =
                call(
                        """
                        {'federation': {},
                         'queries': [
                          {'indexUid': 'a', 'matchingStrategy': 'last'},
                          {'indexUid': 'a', 'q': 'w', 'matchingStrategy': 'all'},
                          {'indexUid': 'b', 'matchingStrategy': 'all'},
                          {'indexUid': 'b', 'q': 'w', 'matchingStrategy': 'all'},
                          {'indexUid': 'b', 'q': 'v'}]}
                        """,
                        "a",
                        "a",
                        "b",
                        "b",
                        "b");
        List<FederatedCall.Part> all = List.of(ASKED, ASKED, ASKED, ASKED, ASKED);
        JsonNode ofA = call.nodeRequest(all, new Purpose("m-a")).path("queries");
        assertEquals("all", ofA.path(0).path("matchingStrategy").asString());
        assertEquals("all", ofA.path(1).path("matchingStrategy").asString());
        JsonNode ofB = call.nodeRequest(all, new Purpose("m-b")).path("queries");
        assertFalse(ofB.path(2).has("matchingStrategy"));
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
                          {'indexUid': 'a', 'hybrid': {'semanticRatio': 1}},
                          {'indexUid': 'a', 'q': ' ', 'matchingStrategy': 'all'},
                          {'indexUid': 'a', 'q': 'w', 'matchingStrategy': 'all'}]}
                        """,
                        "a",
                        "a",
                        "a",
                        "a",
                        "a",
                        "a");
        JsonNode queries =
                call.nodeRequest(
                                List.of(ASKED, ASKED, ASKED, ASKED, ASKED, ASKED),
                                new Purpose("m-a"))
                        .path("queries");
        assertEquals(",", queries.path(0).path("q").asString());
        assertFalse(queries.path(1).has("q"));
        assertFalse(queries.path(2).has("sort"));
        assertEquals("{\"weight\":2}", Json.text(queries.path(2).path("federationOptions")));
        assertFalse(queries.path(3).has("hybrid"));
        assertFalse(queries.path(4).has("matchingStrategy"));
        assertEquals("all", queries.path(5).path("matchingStrategy").asString());
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
        assertEquals(Set.of(0), call.perhapsByWords(asked, Map.of()));
        FederatedCall words = call.byWords(Set.of(0));
        JsonNode queries = words.nodeRequest(List.of(ASKED, ASKED), Purpose.HITS).path("queries");
        assertEquals(0, ratio(queries.path(0)));
        assertEquals(0.5, ratio(queries.path(1)));
        List<NodeAnswer> answers = List.of(answer("words", 0.95, 0.5), answer("words", 0.92, 1));
        assertEquals(Set.of(0), words.isByWords(answers, Map.of()));
        JsonNode merged = words.merge(answers, Map.of());
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
        JsonNode merged =
                call.merge(List.of(ofFirst("words", 0.9), ofFirst("vectorSort", 0.8)), Map.of());
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

    /**
     * What is pinned in several queries has its place in the list of all; at the same place indexes
     * go by name. A query leaves out only what is pinned in it.
     */
    @Test
    void pinnedDocumentsHaveTheirPlacesInTheList() {
        ObjectNode client =
                json(
                        "{'federation': {'limit': 3}, 'queries': [{'indexUid': 'b', 'q': 'w',"
                                + " 'federationOptions': {'weight': 0.5}}, {'indexUid': 'a', 'q': 'w'}]}");
        PinnedCall ofB = pinned("b", "1");
        PinnedCall ofA = pinned("a", "2");
        FederatedCall call = FederatedCall.of(client, profiles("b", "a"), Map.of(0, ofB, 1, ofA));
        JsonNode asked = call.nodeRequest(List.of(ASKED, ASKED), Purpose.HITS).path("queries");
        assertEquals("[\"_miroir_seq != \\\"-\\\"\"]", Json.text(asked.at("/0/filter")));
        Map<Integer, PinnedHits> shown = Map.of(0, shown(ofB, "1"), 1, shown(ofA, "2"));
        ObjectNode answer = call.merge(List.of(answer("words", 0.9, 0.8)), shown);
        assertEquals(
                List.of("2 a 1 1.0", "1 b 0 0.5", "80 a 1 0.8"),
                answer.path("hits")
                        .valueStream()
                        .map(
                                hit ->
                                        hit.path("id").asString()
                                                + " "
                                                + hit.at("/_federation/indexUid").asString()
                                                + " "
                                                + hit.at("/_federation/queriesPosition").asInt()
                                                + " "
                                                + hit.at("/_federation/weightedRankingScore")
                                                        .asDouble())
                        .toList());
        assertEquals(
                2, answer.path("estimatedTotalHits").asInt(), "those count that are found besides");
    }

    /** What is pinned is counted with the other queries of its index, each document once. */
    @Test
    void pinnedDocumentsAreCountedBesides() {
        ObjectNode client =
                json(
                        "{'federation': {'facetsByIndex': {'a': ['x']}}, 'queries': ["
                                + "{'indexUid': 'a', 'q': 'w', 'sort': ['x:asc'], 'filter': 'n = 1',"
                                + " 'federationOptions': {'weight': 2}}]}");
        ObjectNode search = FederatedCall.alone((ObjectNode) client.at("/queries/0"));
        assertFalse(search.has("indexUid") || search.has("federationOptions"));
        PinnedCall pinned =
                PinnedCall.LookUp.of(
                                search, profiles("a").getFirst(), "id", List.of(new Pin("1", 0)))
                        .found(List.of(json("{'results':[{'id':'1','_miroir_seq':'-'}]}")));
        FederatedCall call = FederatedCall.of(client, profiles("a"), Map.of(0, pinned));
        JsonNode queries = call.nodeRequest(List.of(ASKED), new Purpose("m-a")).path("queries");
        assertEquals(
                "[\"_miroir_seq != \\\"-\\\"\",\"n = 1\"]", Json.text(queries.at("/0/filter")));
        assertEquals(
                "{\"indexUid\":\"m-a\",\"q\":\",\",\"filter\":[\"_miroir_seq IN [\\\"-\\\"]\","
                        + "\"n = 1\"],\"attributesToRetrieve\":[]}",
                Json.text(queries.path(1)));
        assertEquals(1, call.nodeRequest(List.of(ASKED), Purpose.HITS).path("queries").size());
        NodeAnswer hits =
                new NodeAnswer(
                        json("{'results':[{'hits':[],'estimatedTotalHits':3}]}"),
                        List.of(ASKED),
                        Purpose.HITS);
        NodeAnswer counts =
                new NodeAnswer(
                        json("{'hits':[],'estimatedTotalHits':4}"),
                        List.of(ASKED),
                        new Purpose("m-a"));
        ObjectNode answer = call.merge(List.of(hits, counts), Map.of(0, shown(pinned, "1")));
        assertEquals(4, answer.path("estimatedTotalHits").asInt(), "and not once more");
        assertEquals("1", answer.at("/hits/0/id").asString());
    }

    private static PinnedCall pinned(String index, String id) {
        return PinnedCall.LookUp.of(
                        json("{'q': 'w'}"),
                        profiles(index).getFirst(),
                        "id",
                        List.of(new Pin(id, 0)))
                .found(List.of(json("{'results':[{'id':'" + id + "','_miroir_seq':'-'}]}")));
    }

    private static PinnedHits shown(PinnedCall pinned, String id) {
        ObjectNode found = json("{'hits':[{'id':'" + id + "'}],'estimatedTotalHits':1}");
        return pinned.hits(List.of(found), List.of());
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
        ObjectNode answer =
                call.merge(List.of(new NodeAnswer(node, List.of(ASKED), Purpose.HITS)), Map.of());
        assertEquals("me", answer.at("/hits/0/_federation/remote").asString(), answer::toString);
        assertEquals("{}", Json.text(answer.path("remoteErrors")));
        assertEquals("{}", Json.text(answer.path("queryVectors")));
    }

    /**
     * Hits of a node by one query, the oldest first, each a document with its key as its number.
     */
    private static String listed(String total, String... documents) {
        StringBuilder hits = new StringBuilder();
        for (String document : documents) {
            String id = document.replaceAll("^'id':([0-9]+).*", "$1");
            hits.append(hits.isEmpty() ? "{" : ",{")
                    .append(document)
                    .append(",'_rankingScore':1.0,'_rankingScoreDetails':{'_miroir_seq:asc':")
                    .append("{'order':0,'value':'" + id + "'}}}");
        }
        return "{'hits':[" + hits + "],'" + total + "}";
    }

    private static NodeAnswer hits(String... ofQueries) {
        return new NodeAnswer(
                json("{'results':[" + String.join(",", ofQueries) + "]}"),
                List.of(ofQueries).stream().map(_ -> ASKED).toList(),
                Purpose.HITS);
    }

    private static NodeAnswer counts(String index, int total, String distribution) {
        return new NodeAnswer(
                json(
                        "{'hits':[],'estimatedTotalHits':"
                                + total
                                + ",'facetsByIndex':{'m-"
                                + index
                                + "':{'distribution':"
                                + distribution
                                + ",'stats':{'n':{'min':0.0,'max':9.0}}}}}"),
                List.of(ASKED),
                new Purpose("m-" + index));
    }

    private static JsonNode read(JsonNode answer, String path) {
        return Json.parse(Json.text(answer.at(path)));
    }

    /**
     * What a query leaves out, as too bad or as a duplicate, is not counted where all is known;
     * what another query of its index finds is.
     */
    @Test
    void whatQueriesLeaveOutIsNotCounted() {
        FederatedCall call =
                call(
                        """
                        {'federation': {'facetsByIndex': {'a': ['n']}},
                         'queries': [
                          {'indexUid': 'a', 'distinct': 'k', 'attributesToRetrieve': ['id']},
                          {'indexUid': 'a', 'q': 'w', 'rankingScoreThreshold': 0.8}]}
                        """,
                        "a",
                        "a");
        JsonNode asked = call.nodeRequest(List.of(ASKED, ASKED), Purpose.HITS).path("queries");
        assertEquals("[\"id\",\"k\",\"n\"]", Json.text(asked.at("/0/attributesToRetrieve")));
        assertEquals(
                20,
                call.nodeRequest(List.of(ASKED, ASKED), new Purpose("m-a"))
                        .at("/federation/limit")
                        .asInt(),
                "what is left out is met before");
        List<NodeAnswer> answers =
                List.of(
                        hits(
                                listed(
                                        "estimatedTotalHits':2",
                                        "'id':2,'k':'x','n':2",
                                        "'id':4,'k':'y','n':4"),
                                listed("estimatedTotalHits':1", "'id':5,'k':'x','n':5")),
                        hits(
                                listed("estimatedTotalHits':1", "'id':1,'k':'X','n':1"),
                                listed("estimatedTotalHits':1", "'id':1,'k':'X','n':1")),
                        counts("a", 9, "{'n':{'1':5,'2':4},'none':{}}"));
        ObjectNode answer = call.merge(answers, Map.of());
        assertEquals(3, answer.path("estimatedTotalHits").asInt());
        assertEquals(
                json("{'n':{'1':1,'4':1,'5':1},'none':{}}"),
                read(answer, "/facetsByIndex/a/distribution"));
        assertEquals(json("{'n':{'min':1.0,'max':5.0}}"), read(answer, "/facetsByIndex/a/stats"));
        assertEquals(json("{'id':1}").get("id"), answer.at("/hits/0/id"));
        assertFalse(answer.path("hits").path(0).has("n"), answer::toString);
    }

    /** Where a node has more than it lists, what nodes counted is taken. */
    @Test
    void whatIsNotAllListedIsCountedByNodes() {
        FederatedCall call =
                call(
                        "{'federation': {'facetsByIndex': {'a': ['n']}}, 'queries': ["
                                + "{'indexUid': 'a', 'q': 'w', 'rankingScoreThreshold': 0.8}]}",
                        "a");
        ObjectNode answer =
                call.merge(
                        List.of(
                                hits(listed("estimatedTotalHits':7", "'id':1,'n':1")),
                                counts("a", 7, "{'n':{'1':5,'2':4}}")),
                        Map.of());
        assertEquals(7, answer.path("estimatedTotalHits").asInt());
        assertEquals(5, answer.at("/facetsByIndex/a/distribution/n/1").asInt());
    }

    /**
     * What another index shows already is taken off in the end, as one server does it: each time
     * that a value is there, numbers as they are spelled, and the smallest stays.
     */
    @Test
    void whatAnotherIndexShowsIsTakenOff() {
        FederatedCall call =
                call(
                        """
                        {'federation': {'limit': 3, 'distinct': 'k',
                           'facetsByIndex': {'a': ['k', 'n'], 'b': ['k', 'n']}},
                         'queries': [{'indexUid': 'a'}, {'indexUid': 'b'}]}
                        """,
                        "a",
                        "b");
        List<NodeAnswer> answers =
                List.of(
                        hits(
                                listed("estimatedTotalHits':1", "'id':1,'k':'x','n':1"),
                                listed("estimatedTotalHits':1", "'id':8,'k':'y','n':8")),
                        hits(
                                listed("estimatedTotalHits':1", "'id':3,'k':'X','n':3"),
                                listed("estimatedTotalHits':1", "'id':2,'k':'X','n':[2.0,8,8]")),
                        counts("a", 2, "{'k':{'x':2},'n':{'1':1}}"),
                        counts("b", 2, "{'k':{'X':1,'y':1},'n':{'2':1,'8':2}}"));
        ObjectNode answer = call.merge(answers, Map.of());
        assertEquals(2, answer.path("estimatedTotalHits").asInt());
        assertEquals(
                json("{'k':{'x':1},'n':{'1':1}}"), read(answer, "/facetsByIndex/a/distribution"));
        assertEquals(
                json("{'k':{'y':1},'n':{'2':1}}"), read(answer, "/facetsByIndex/b/distribution"));
        assertEquals(json("{'n':{'min':2.0,'max':8.0}}"), read(answer, "/facetsByIndex/b/stats"));
    }

    /** A page that ends with the last hit has seen all, but not what was too bad to be shown. */
    @Test
    void aPageThatEndsWithTheLastHitHasSeenAll() {
        assertEquals(2, totalOfTwo("'distinct': 'k'"));
        assertEquals(9, totalOfTwo("'q': 'w', 'rankingScoreThreshold': 0.8"));
    }

    private static int totalOfTwo(String leavesOut) {
        FederatedCall call =
                call(
                        "{'federation': {'limit': 2}, 'queries': [{'indexUid': 'a', 'q': 'w'},"
                                + "{'indexUid': 'a',"
                                + leavesOut
                                + "}]}",
                        "a",
                        "a");
        String both = listed("estimatedTotalHits':2", "'id':1,'k':'x'", "'id':2,'k':'y'");
        return call.merge(List.of(hits(both, both), counts("a", 9, "{}")), Map.of())
                .path("estimatedTotalHits")
                .asInt();
    }

    /** A query that is alone in its index is counted in the order of its hits. */
    @Test
    void whatIsLeftOutIsThatOfTheClientsOrder() {
        FederatedCall call =
                call(
                        """
                        {'federation': {'facetsByIndex': {'a': ['x'], 'b': ['x']}},
                         'queries': [
                          {'indexUid': 'a', 'distinct': 'k', 'sort': ['x:asc']},
                          {'indexUid': 'b', 'distinct': 'k', 'sort': ['x:asc']},
                          {'indexUid': 'b', 'sort': ['x:asc']}]}
                        """,
                        "a",
                        "b",
                        "b");
        JsonNode ofA = call.nodeRequest(List.of(ASKED, UNASKED, UNASKED), new Purpose("m-a"));
        assertTrue(ofA.at("/queries/0").has("sort"));
        JsonNode ofB = call.nodeRequest(List.of(UNASKED, ASKED, ASKED), new Purpose("m-b"));
        assertFalse(ofB.at("/queries/0").has("sort"));
    }

    private static ObjectNode good(int hits, int total) {
        ObjectNode result = Json.object().put("estimatedTotalHits", total);
        result.putArray("hits");
        for (int i = 0; i < hits; i++) {
            ObjectNode hit = result.withArray("hits").addObject().put("_rankingScore", 0.95);
            hit.putObject("_rankingScoreDetails").putObject("words").put("matchingWords", 1);
        }
        return result;
    }

    private static NodeAnswer ofTwo(ObjectNode first, ObjectNode second) {
        ObjectNode json = Json.object();
        json.putArray("results").add(first).add(second);
        return new NodeAnswer(json, List.of(ASKED, ASKED), Purpose.HITS);
    }

    /**
     * Shows: of a query that fills the page one server counts what is too bad as well: the nodes
     * are asked for its index' counts without the threshold, and these are the answer's.
     */
    @Test
    void whatIsTooBadIsCountedWhereThePageIsFull() {
        FederatedCall call =
                call(
                        """
                        {'federation': {'limit': 2},
                         'queries': [
                          {'indexUid': 'a', 'q': 'w', 'rankingScoreThreshold': 0.9},
                          {'indexUid': 'b', 'q': 'w', 'rankingScoreThreshold': 0.9}]}
                        """,
                        "a",
                        "b");
        List<NodeAnswer> answers =
                List.of(ofTwo(good(2, 7), good(1, 1)), ofTwo(good(1, 1), good(0, 0)));
        FederatedCall counts = call.forCounts(answers, Map.of()).orElseThrow();
        assertEquals(List.of(new Purpose("m-a")), counts.purposes());
        assertTrue(counts.concerns(counts.purposes().getFirst(), 0));
        assertFalse(counts.concerns(counts.purposes().getFirst(), 1));
        JsonNode asked = counts.nodeRequest(List.of(ASKED, UNASKED), counts.purposes().getFirst());
        assertFalse(asked.path("queries").path(0).has("rankingScoreThreshold"));
        assertEquals(0, asked.path("federation").path("limit").asInt(-1));
        List<NodeAnswer> counted =
                counts.withCounts(
                        answers,
                        List.of(
                                new NodeAnswer(
                                        json("{'estimatedTotalHits':7}"),
                                        List.of(ASKED, UNASKED),
                                        new Purpose("m-a")),
                                new NodeAnswer(
                                        json("{'estimatedTotalHits':3}"),
                                        List.of(ASKED, UNASKED),
                                        new Purpose("m-a"))));
        assertEquals(11, counts.merge(counted, Map.of()).path("estimatedTotalHits").asInt());
        List<NodeAnswer> few =
                List.of(ofTwo(good(1, 1), good(1, 1)), ofTwo(good(0, 0), good(0, 0)));
        assertTrue(call.forCounts(few, Map.of()).isEmpty());
    }
}
