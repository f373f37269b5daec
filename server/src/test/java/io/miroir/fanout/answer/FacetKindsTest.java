package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Texts that look like numbers, and are listed with the texts. */
class FacetKindsTest {
    private static final IndexProfile INDEX =
            IndexProfile.of(
                    "i",
                    "m1",
                    "id",
                    json(
                            "{'filterableAttributes':['n'],'faceting':{'maxValuesPerFacet':2,"
                                    + "'sortFacetValuesBy':{'n':'count'}}}"));
    private static final String CLIENT = "{'q':'w','facets':['n'],'limit':0}";

    private static ObjectNode json(String text) {
        return Json.parseObject(text.replace('\'', '"'));
    }

    /** A node with the numbers 1 and 4, each as often as it says. */
    private static ObjectNode node(String counts) {
        return json(
                "{'hits':[],'estimatedTotalHits':9,'facetDistribution':{'n':{"
                        + counts
                        + "}},'facetStats':{'n':{'min':1.0,'max':4.0}}}");
    }

    /**
     * Shows: numbers fill the room, and a text that looks like one is behind them with the texts;
     * so is a text that is spelled as a number that finds no room.
     */
    @Test
    void nodesAreAskedWhatIsANumber() {
        SearchCall call = SearchCall.of(json(CLIENT), INDEX);
        List<ObjectNode> answers =
                List.of(
                        node("'4':3,'1':2,'1.5':1,'2':1,'a':1"),
                        json("{'facetDistribution':{'n':{'2':1,'b':2}},'facetStats':{}}"));
        List<FacetKinds> kinds = call.disputedKinds(answers);
        assertEquals(1, kinds.size());
        assertEquals(
                json(
                        """
                        {'q':'w','filter':['@n@ IN [1.5e0, 2e0]'],'facets':['n'],
                         'distinct':'_miroir_seq','limit':0}\
                        """),
                Json.parse(
                        Json.text(kinds.getFirst().nodeRequest(null)).replace("\\\"n\\\"", "@n@")));
        kinds.getFirst().settle(answers.getFirst(), node("'2':1,'x':1"));
        kinds.getFirst().settle(answers.getLast(), json("{}"));
        ObjectNode answer = call.merge(answers);
        assertEquals(
                json("{'n':{'4':3,'1':2,'b':2,'a':1,'1.5':1,'2':1}}"),
                Json.parse(Json.text(answer.path("facetDistribution"))));
        assertEquals(
                json("{'n':{'min':1.0,'max':4.0}}"),
                Json.parse(Json.text(answer.path("facetStats"))));
    }

    /** Shows: where all are numbers, or order tells, nobody is asked. */
    @Test
    void othersAreNotAskedFor() {
        SearchCall call = SearchCall.of(json(CLIENT), INDEX);
        assertTrue(call.disputedKinds(List.of(node("'4':3,'1':2,'2':1"))).isEmpty());
        assertTrue(call.disputedKinds(List.of(node("'2':3,'4':3,'1':2,'a':1,'3':1"))).isEmpty());
    }

    /** Shows: documents that are known say of each value what it is. */
    @Test
    void documentsSayWhatIsANumber() {
        ObjectNode distribution = Json.object();
        ObjectNode stats = Json.object();
        HitFacets.count(
                List.of("n"),
                List.of(json("{'n':'1.5'}"), json("{'n':1}"), json("{'n':4}"), json("{'n':1}")),
                distribution,
                stats);
        FacetSums sums = new FacetSums();
        sums.add(distribution, stats);
        ObjectNode shown = Json.object();
        ObjectNode ranges = Json.object();
        sums.write(INDEX, 4, shown, ranges);
        assertEquals(json("{'n':{'1':2,'4':1,'1.5':1}}"), Json.parse(Json.text(shown)));
        assertEquals(json("{'n':{'min':1.0,'max':4.0}}"), Json.parse(Json.text(ranges)));
    }
}
