package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Values of a facet in an index that shows each value of another attribute once. */
class FacetSearchCallTest {
    private static final IndexProfile INDEX =
            IndexProfile.of(
                    "movies",
                    "m7",
                    "id",
                    json("{'filterableAttributes':['color'],'distinctAttribute':'brand'}"));

    private static ObjectNode json(String text) {
        return Json.parseObject(text.replace('\'', '"'));
    }

    private static FacetSearchCall call(String client) {
        return FacetSearchCall.of(json(client), INDEX);
    }

    /** Documents in the order of insertion, all of one rank. */
    private static ObjectNode found(String... documents) {
        ObjectNode answer = Json.object().put("estimatedTotalHits", documents.length);
        for (String document : documents) {
            ObjectNode hit = json(document);
            hit.putObject("_rankingScoreDetails")
                    .putObject("_miroir_seq:asc")
                    .put("order", 0)
                    .put("value", hit.path("id").asString());
            answer.withArray("hits").add(hit);
        }
        return answer;
    }

    /** Shows: a document that another node's leaves out is not counted. */
    @Test
    void whatOneServerLeavesOutIsNotCounted() {
        FacetSearchCall call = call("{'facetName':'color','q':'w','filter':'a = 1'}");
        SearchCensus census = call.census().orElseThrow();
        assertEquals(
                json(
                        """
                        {'q':'w','filter':'a = 1','attributesToRetrieve':['brand','color'],
                         'distinct':'_miroir_seq','showRankingScoreDetails':true,'limit':1000}\
                        """),
                Json.parse(Json.text(census.nodeRequest(null))));
        List<ObjectNode> documents =
                Objects.requireNonNull(
                        census.documents(
                                List.of(
                                        found(
                                                "{'id':'1','brand':'x','color':'RED'}",
                                                "{'id':'3','brand':'y','color':['blue',3]}"),
                                        found("{'id':'2','brand':'x','color':'red'}"))));
        List<ObjectNode> told =
                List.of(json("{'color':{'Red':1,'blue':1}}"), json("{'color':{'Red':1,'pink':1}}"));
        List<ObjectNode> counted = call.recounted(told, documents);
        assertEquals(
                Json.parse("[{\"value\":\"Red\",\"count\":1},{\"value\":\"blue\",\"count\":1}]")
                        .valueStream()
                        .map(JsonNode::toString)
                        .sorted()
                        .toList(),
                call.merge(List.of(), counted)
                        .path("facetHits")
                        .valueStream()
                        .map(JsonNode::toString)
                        .sorted()
                        .toList());
    }

    /** Shows: who counts all leaves out duplicates alone, in the order of insertion. */
    @Test
    void anExhaustiveCountLooksAtNoPage() {
        SearchCensus census =
                call("{'facetName':'color','exhaustiveFacetCount':true,'q':'w',"
                                + "'rankingScoreThreshold':0.9}")
                        .census()
                        .orElseThrow();
        assertTrue(!census.nodeRequest(null).has("rankingScoreThreshold"));
        String[] all =
                IntStream.range(10, 40)
                        .mapToObj(i -> "{'id':'" + i + "','brand':" + i % 25 + "}")
                        .toArray(String[]::new);
        assertEquals(25, Objects.requireNonNull(census.documents(List.of(found(all)))).size());
    }

    /** Shows: where nothing is left out, or it can't be told what is, nobody is asked again. */
    @Test
    void othersAreNotAskedFor() {
        IndexProfile all = IndexProfile.of("movies", "m7", "id", json("{}"));
        assertTrue(FacetSearchCall.of(json("{'facetName':'color'}"), all).census().isEmpty());
        assertTrue(call("{'facetName':'color','hybrid':{'embedder':'e'}}").census().isEmpty());
        assertTrue(
                call("{'facetName':'color','q':'w','rankingScoreThreshold':0.9}")
                        .census()
                        .isEmpty());
    }
}
