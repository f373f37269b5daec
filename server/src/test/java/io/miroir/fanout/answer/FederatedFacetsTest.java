package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Merged facets of a federation, of one index and of several. */
class FederatedFacetsTest {
    private static final List<ObjectNode> NODES =
            List.of(node("{\"Red\": 2, \"blue\": 1}"), node("{\"red\": 3, \"blue\": 4}"));

    @Test
    void spellingsOfOneIndexAreOneValueBeforeTheCut() {
        assertEquals(
                "{\"color\":{\"Red\":5,\"blue\":5}}",
                merged("{\"movies\": [\"color\"]}", "{\"maxValuesPerFacet\": 2}"));
    }

    @Test
    void spellingsOfSeveralIndexesStandSideBySide() {
        assertEquals(
                "{\"color\":{\"Red\":2,\"blue\":5,\"red\":3}}",
                merged("{\"movies\": [\"color\"], \"books\": [\"color\"]}", "{}"));
    }

    private static String merged(String facetsByIndex, String mergeFacets) {
        ObjectNode federation = Json.object();
        federation.set("facetsByIndex", Json.parse(facetsByIndex));
        federation.set("mergeFacets", Json.parse(mergeFacets));
        IndexProfile index = IndexProfile.of("movies", "m7", "id", Json.object());
        FederatedQuery query = FederatedQuery.of(Json.object(), index, Json.object());
        ObjectNode answer = Json.object();
        new FederatedFacets(federation, List.of(query)).write(NODES, 10, answer);
        return Json.text(answer.path("facetDistribution"));
    }

    private static ObjectNode node(String colors) {
        ObjectNode node = Json.object();
        node.putObject("facetDistribution").set("color", Json.parse(colors));
        return node;
    }
}
