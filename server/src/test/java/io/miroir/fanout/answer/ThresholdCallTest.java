package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.fanout.answer.ThresholdCall.Judged;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Hits that are too bad, judged by what all nodes found. */
class ThresholdCallTest {
    private static final IndexProfile INDEX =
            IndexProfile.of("movies", "m7", "id", json("{'filterableAttributes':['n']}"));

    private static ObjectNode json(String text) {
        return Json.parseObject(text.replace('\'', '"'));
    }

    private static ThresholdCall call(String more) {
        return SearchCall.of(json("{'q':'w','rankingScoreThreshold':0.5," + more + "}"), INDEX)
                .byThreshold()
                .orElseThrow();
    }

    private static ObjectNode hit(int id, double score) {
        ObjectNode hit = json("{'n':" + id + ",'_rankingScore':" + score + "}");
        ObjectNode details = hit.putObject("_rankingScoreDetails");
        details.putObject("proximity").put("order", 1).put("score", score);
        details.putObject("_miroir_seq:asc").put("order", 2).put("value", "" + id);
        return hit;
    }

    private static ObjectNode sorted(int id, double score, int price) {
        ObjectNode hit = hit(id, score);
        ((ObjectNode) hit.path("_rankingScoreDetails"))
                .putObject("price:asc")
                .put("order", 0)
                .put("value", price);
        return hit;
    }

    private static ObjectNode of(int total, ObjectNode... hits) {
        ObjectNode answer = Json.object().put("estimatedTotalHits", total);
        answer.putArray("hits").addAll(List.of(hits));
        return answer;
    }

    private static List<Integer> ids(List<ObjectNode> hits) {
        return hits.stream().map(hit -> hit.path("n").asInt()).toList();
    }

    /** Shows: nodes are asked without the threshold, and who fills a page counts everything. */
    @Test
    void aFullPageCountsWhatIsTooBad() {
        ThresholdCall call = call("'limit':1,'offset':1,'facets':['n']");
        assertFalse(call.search().nodeRequest(null).has("rankingScoreThreshold"));
        List<ObjectNode> answers = List.of(of(9, hit(1, 0.9), hit(2, 0.6)), of(4, hit(3, 0.8)));
        Judged judged = call.judged(answers).orElseThrow();
        assertEquals(List.of(3), ids(judged.page()));
        assertNull(judged.counted());
        assertFalse(call.lacksFacets(judged));
        answers.forEach(a -> a.putObject("facetDistribution").putObject("n").put("1", 2));
        ObjectNode answer =
                call.search()
                        .merge(
                                answers,
                                PinnedHits.NONE,
                                SearchCall.Besides.ofJudged(judged, answers, false));
        assertEquals(13, answer.path("estimatedTotalHits").asInt());
        assertEquals(1, answer.path("hits").size());
        assertEquals(4, answer.at("/facetDistribution/n/1").asInt());
    }

    /** Shows: where the page is not full what is good enough counts, and is asked for facets. */
    @Test
    void behindABadHitNothingCounts() {
        ThresholdCall call = call("'limit':3,'facets':['n']");
        List<ObjectNode> answers =
                List.of(
                        of(9, hit(1, 0.9), hit(2, 0.4), hit(5, 0.3)),
                        of(4, hit(3, 0.8), hit(4, 0.1), hit(6, 0.1)));
        Judged judged = call.judged(answers).orElseThrow();
        assertEquals(List.of(1, 3), ids(judged.page()));
        assertEquals(List.of(1, 3), ids(Objects.requireNonNull(judged.counted())));
        assertTrue(call.lacksFacets(judged));
        ObjectNode asked = call.facetsOf(judged).nodeRequest(null);
        assertEquals("_miroir_seq IN [\"1\", \"3\"]", asked.at("/filter/0").asString());
        assertEquals(0, asked.path("limit").asInt(-1));
    }

    /** Shows: where a sort goes before the score all must be known, whatever nodes' pages hold. */
    @Test
    void behindASortGoodHitsMayFollow() {
        ThresholdCall call = call("'limit':2,'sort':['price:asc'],'facets':['n']");
        List<ObjectNode> answers =
                List.of(
                        of(3, sorted(1, 0.4, 1), sorted(2, 0.9, 2)),
                        of(3, sorted(3, 0.9, 1), sorted(4, 0.4, 3)));
        assertTrue(call.judged(answers).isEmpty());
        assertTrue(call.isFew(answers));
        assertEquals(
                json(
                        """
                        {'q':'w','sort':['price:asc'],'attributesToRetrieve':['n'],
                         'showRankingScore':true,'showRankingScoreDetails':true,'limit':1000}\
                        """),
                Json.parse(Json.text(call.allRequest(null))));
        assertTrue(call.judgedOfAll(answers).isEmpty(), "not all was told");
        List<ObjectNode> all =
                List.of(
                        of(3, sorted(1, 0.4, 1), sorted(2, 0.9, 2), sorted(5, 0.2, 9)),
                        of(3, sorted(3, 0.9, 1), sorted(4, 0.4, 3), sorted(6, 0.8, 9)));
        Judged judged = call.judgedOfAll(all).orElseThrow();
        assertEquals(List.of(3, 2), ids(judged.page()));
        assertEquals(List.of(2, 3, 4, 5, 6), ids(oldest(judged)));
        assertFalse(call.lacksFacets(judged));
        assertTrue(ThresholdCall.shown(judged, answers).isPresent());
        assertTrue(ThresholdCall.shown(judged, answers.subList(0, 1)).isEmpty());
        assertEquals(2, call.pageOf(judged).nodeRequest(null).path("limit").asInt());
    }

    private static List<ObjectNode> oldest(Judged judged) {
        return Objects.requireNonNull(ThresholdCall.documents(judged));
    }

    /** Shows: pages that are counted are judged to the end. */
    @Test
    void countedPagesAreJudgedToTheEnd() {
        ThresholdCall call = call("'hitsPerPage':1");
        ObjectNode more = of(2, hit(1, 0.9));
        assertTrue(call.judged(List.of(more, of(1, hit(2, 0.4)))).isEmpty());
        Judged judged =
                call.judged(List.of(of(2, hit(1, 0.9), hit(3, 0.8)), of(1, hit(2, 0.4))))
                        .orElseThrow();
        assertEquals(List.of(1), ids(judged.page()));
        assertEquals(2, Objects.requireNonNull(judged.counted()).size());
        Judged deepest =
                call("'page':1000,'hitsPerPage':1").judged(List.of(more, more)).orElseThrow();
        assertNull(deepest.counted(), "nobody pages beyond it");
    }

    /** Shows: what finds by vectors, shows values once or finds everything is left to nodes. */
    @Test
    void othersAreJudgedByNodes() {
        String query = "{'q':'w','rankingScoreThreshold':0.9,'limit':1";
        for (String client :
                List.of(
                        query + ",'distinct':'a'}",
                        query + ",'hybrid':{'embedder':'e'}}",
                        "{'rankingScoreThreshold':0.9,'limit':1}",
                        "{'q':'w','limit':1}")) {
            assertTrue(SearchCall.of(json(client), INDEX).byThreshold().isEmpty(), client);
        }
    }
}
