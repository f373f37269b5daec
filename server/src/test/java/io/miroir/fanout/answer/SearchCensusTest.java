package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What one server counts of documents of which it shows each value of an attribute once. */
class SearchCensusTest {
    private static final IndexProfile INDEX =
            IndexProfile.of(
                    "movies",
                    "m7",
                    "id",
                    json("{'filterableAttributes':['k','n'],'distinctAttribute':'s'}"));

    private static ObjectNode json(String text) {
        return Json.parseObject(text.replace('\'', '"'));
    }

    private static SearchCensus census(String client) {
        return SearchCall.of(json(client), INDEX)
                .census(List.of(more("totalHits", 2), more("estimatedTotalHits", 2)))
                .orElseThrow();
    }

    /** A node that has more documents than it lists. */
    private static ObjectNode more(String field, int total) {
        return json("{'hits':[{'id':1,'k':'x'}]}").put(field, total);
    }

    /** Documents in the order of insertion, each of a rank: {@code rank value}. */
    private static ObjectNode found(int first, String... documents) {
        ObjectNode answer = json("{'estimatedTotalHits':" + documents.length + "}");
        for (int i = 0; i < documents.length; i++) {
            int space = documents[i].indexOf(' ');
            ObjectNode hit = answer.withArray("hits").addObject();
            hit.put("n", first + 2 * i);
            hit.set("k", Json.parse(documents[i].substring(space + 1).replace('\'', '"')));
            ObjectNode details = hit.putObject("_rankingScoreDetails");
            details.putObject("words")
                    .put("order", 0)
                    .put("matchingWords", Integer.parseInt(documents[i].substring(0, space)));
            details.putObject("_miroir_seq:asc").put("order", 1).put("value", "" + (first + 2 * i));
        }
        return answer;
    }

    private static List<Integer> left(String client, ObjectNode... answers) {
        return Objects.requireNonNull(census(client).documents(List.of(answers))).stream()
                .map(document -> document.path("n").asInt())
                .toList();
    }

    @Test
    void nodesAreAskedForAllWithoutTheirHits() {
        JsonNode asked =
                census("{'q':'w','distinct':'k','facets':['n'],'sort':['n:asc'],'limit':1}")
                        .nodeRequest(null);
        assertEquals(
                json(
                        """
                        {'q':'w','sort':['n:asc'],'attributesToRetrieve':['k','n'],
                         'distinct':'_miroir_seq','showRankingScoreDetails':true,'limit':1000}\
                        """),
                Json.parse(Json.text(asked)));
    }

    /** Shows: behind the page only documents with a value of the page are left out. */
    @Test
    void whatIsBehindThePageCounts() {
        ObjectNode one = found(1, "3 'x'", "1 'y'", "1 'y'");
        ObjectNode other = found(2, "2 'y'", "1 'x'");
        assertEquals(
                List.of(1, 2, 3, 5), left("{'distinct':'k','facets':['n'],'limit':1}", one, other));
    }

    /** Shows: what is ranked alike is looked at together, also where the page ends in it. */
    @Test
    void whatIsRankedAlikeIsLookedAtTogether() {
        ObjectNode one = found(1, "3 'x'", "3 'y'", "1 'y'");
        ObjectNode other = found(2, "3 'y'", "1 'z'", "1 'z'");
        assertEquals(
                List.of(1, 2, 4, 6), left("{'distinct':'k','facets':['n'],'limit':1}", one, other));
    }

    /** Shows: of what is behind a page that is counted the oldest of each value counts. */
    @Test
    void pagesAreCountedToTheEnd() {
        ObjectNode one = found(1, "3 'x'", "1 'y'", "1 'z'");
        ObjectNode other = found(2, "2 'y'", "1 ['y','x']", "1 'z'");
        assertEquals(
                List.of(1, 2, 5),
                left("{'distinct':'k','facets':['n'],'hitsPerPage':1}", one, other));
    }

    /** Shows: an empty text is a value on the page alone, and that of a request. */
    @Test
    void anEmptyTextIsAValueOnThePage() {
        ObjectNode one = found(1, "3 ''", "2 ''", "1 ''");
        assertEquals(List.of(1, 5), left("{'distinct':'k','facets':['n'],'limit':2}", one));
    }

    @Test
    void whatIsNotAllListedIsNotKnown() {
        assertNull(
                census("{'distinct':'k','facets':['n'],'limit':1}")
                        .documents(List.of(more("estimatedTotalHits", 2))));
    }

    /** Shows: nothing is asked where it is known, or too much, or not what one server finds. */
    @Test
    void nodesAreNotAskedWhereThatDoesNotHelp() {
        assertTrue(isAsked("{'distinct':'k','facets':['n'],'limit':1}", 2));
        assertFalse(isAsked("{'distinct':'k','facets':['n'],'limit':1}", 1_001));
        assertFalse(isAsked("{'distinct':'k','facets':['n'],'limit':1}", 1), "all is listed");
        assertFalse(isAsked("{'distinct':'k','facets':['n'],'limit':0}", 2), "nothing is met");
        assertFalse(isAsked("{'distinct':'k','limit':1}", 2), "totals are estimates");
        assertFalse(isAsked("{'distinct':'k','hitsPerPage':1}", 2), "facets tell the total");
        assertTrue(isAsked("{'hitsPerPage':1}", 2), "the setting is no facet");
        String byVector = ",'hybrid':{'embedder':'e'}}";
        assertFalse(isAsked("{'distinct':'k','facets':['n'],'limit':1" + byVector, 2));
        String good = ",'rankingScoreThreshold':0.5,'q':'w'}";
        assertFalse(isAsked("{'distinct':'k','facets':['n'],'limit':1" + good, 2));
        assertTrue(isAsked("{'distinct':'k','facets':['n'],'hitsPerPage':1" + good, 2));
        String ofAny = ",'rankingScoreThreshold':0.5}";
        assertTrue(isAsked("{'distinct':'k','facets':['n'],'limit':1" + ofAny, 2));
    }

    private static boolean isAsked(String client, int total) {
        String field = client.contains("hitsPerPage") ? "totalHits" : "estimatedTotalHits";
        return SearchCall.of(json(client), INDEX).census(List.of(more(field, total))).isPresent();
    }

    /** Shows: documents that are known are counted instead of what nodes say. */
    @Test
    void whatIsKnownIsCounted() {
        SearchCall call =
                SearchCall.of(json("{'distinct':'k','facets':['n'],'hitsPerPage':1}"), INDEX);
        ObjectNode answer =
                call.merge(
                        List.of(
                                more("totalHits", 9)
                                        .set("facetDistribution", json("{'n':{'1':9}}"))),
                        PinnedHits.NONE,
                        new SearchCall.Besides(
                                List.of(json("{'n':2}"), json("{'n':4}")), null, null, false));
        assertEquals(2, answer.path("totalPages").asInt());
        assertEquals(
                json("{'n':{'2':1,'4':1}}"),
                Json.parse(Json.text(answer.path("facetDistribution"))));
    }
}
