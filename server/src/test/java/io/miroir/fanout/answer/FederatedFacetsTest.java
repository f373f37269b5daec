package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.miroir.api.Json;
import io.miroir.core.routing.Separators;
import io.miroir.fanout.answer.FederatedFacets.Documents;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Merged facets of a federation, of one index and of several. */
class FederatedFacetsTest {
    private static final JsonNode BY_COUNT =
            Json.parse("{\"faceting\": {\"sortFacetValuesBy\": {\"color\": \"count\"}}}");

    private static final List<ObjectNode> MOVIES =
            List.of(
                    node("m7", "{\"Red\": 2, \"blue\": 1}"),
                    node("m7", "{\"red\": 3, \"blue\": 4}"));

    private static ObjectNode node(String physicalUid, String colors) {
        ObjectNode node = Json.object().put("estimatedTotalHits", 10);
        ObjectNode facets = node.putObject("facetsByIndex").putObject(physicalUid);
        facets.putObject("distribution").set("color", Json.parse(colors));
        facets.putObject("stats");
        return node;
    }

    private static ObjectNode withOurs(String physicalUid, String facet) {
        ObjectNode node = Json.object().put("estimatedTotalHits", 1);
        ObjectNode facets = node.putObject("facetsByIndex").putObject(physicalUid);
        ObjectNode distribution = facets.putObject("distribution");
        distribution.putObject(facet).put("x", 1);
        distribution.putObject(Separators.SEQ_FIELD).put("1", 1);
        return node;
    }

    private static FederatedFacets facets(String mergeFacets, JsonNode settingsOfBooks) {
        return facets(mergeFacets, settingsOfBooks, "movies", "books");
    }

    /** Of three queries: one of each index, and one by an alias of the first. */
    private static FederatedFacets facets(
            String mergeFacets, JsonNode settingsOfBooks, String... asked) {
        ObjectNode federation = Json.object();
        federation.set("mergeFacets", Json.parse(mergeFacets));
        ObjectNode facetsByIndex = federation.putObject("facetsByIndex");
        for (String index : asked) {
            facetsByIndex.putArray(index).add("color");
        }
        IndexProfile movies = IndexProfile.of("movies", "m7", "id", Json.object());
        IndexProfile films = IndexProfile.of("films", "m7", "id", Json.object());
        IndexProfile books = IndexProfile.of("books", "m8", "id", settingsOfBooks);
        return new FederatedFacets(
                federation,
                Stream.of(movies, films, books)
                        .map(
                                index ->
                                        FederatedQuery.of(
                                                Json.object(), index, Json.object(), List.of()))
                        .toList());
    }

    private static String merged(String mergeFacets, List<ObjectNode> nodes) {
        ObjectNode answer = Json.object();
        facets(mergeFacets, Json.object()).write(nodes, Documents.NONE, answer);
        return Json.text(answer.path("facetDistribution"));
    }

    @Test
    void spellingsOfOneIndexAreOneValueBeforeTheCut() {
        assertEquals(
                "{\"color\":{\"Red\":5,\"blue\":5}}", merged("{\"maxValuesPerFacet\": 2}", MOVIES));
    }

    /** Shows: nodes that tell of no numbers have counted texts. */
    @Test
    void textsThatLookLikeNumbersAreCutAsTexts() {
        ObjectNode answer = Json.object();
        JsonNode years = Json.parse("{\"2023\": 1, \"2024\": 2, \"none\": 9}");
        ObjectNode sums = Json.object();
        JsonNode settings =
                Json.parse(
                        """
                        {"faceting": {"maxValuesPerFacet": 2, "sortFacetValuesBy": {"*": "count"}}}
                        """);
        IndexProfile index = IndexProfile.of("movies", "m7", "id", settings);
        JsonNode distribution = Json.object().set("year", years);
        write(distribution, Json.object(), index, sums);
        assertEquals("{\"year\":{\"none\":9,\"2024\":2}}", Json.text(sums));
        JsonNode numbers = Json.parse("{\"year\": {\"min\": 2023.0, \"max\": 2024.0}}");
        write(distribution, numbers, index, answer);
        // Numbers fill the room, and one server shows all texts behind them.
        assertEquals("{\"year\":{\"2024\":2,\"2023\":1,\"none\":9}}", Json.text(answer));
    }

    private static void write(
            JsonNode distribution, JsonNode stats, IndexProfile index, ObjectNode to) {
        FacetSums sums = new FacetSums();
        sums.add(distribution, stats);
        sums.write(index, 12, to, Json.object());
    }

    @Test
    void spellingsOfSeveralIndexesStandSideBySide() {
        List<ObjectNode> nodes =
                Stream.concat(MOVIES.stream(), Stream.of(node("m8", "{\"red\": 1, \"blue\": 1}")))
                        .toList();
        assertEquals("{\"color\":{\"Red\":5,\"blue\":6,\"red\":1}}", merged("{}", nodes));
    }

    /** Shows: of values counted alike those of the first index are kept, in its order. */
    @Test
    void ofValuesCountedAlikeThoseOfTheFirstIndexAreKept() {
        IndexProfile movies = IndexProfile.of("a", "m7", "id", BY_COUNT);
        IndexProfile books = IndexProfile.of("b", "m8", "id", BY_COUNT);
        ObjectNode federation = Json.object();
        federation.putObject("mergeFacets").put("maxValuesPerFacet", 4);
        federation.putObject("facetsByIndex").putArray("a").add("color");
        federation.withObject("facetsByIndex").putArray("b").add("color");
        FederatedFacets facets =
                new FederatedFacets(
                        federation,
                        Stream.of(movies, books)
                                .map(
                                        index ->
                                                FederatedQuery.of(
                                                        Json.object(),
                                                        index,
                                                        Json.object(),
                                                        List.of()))
                                .toList());
        ObjectNode answer = Json.object();
        facets.write(
                List.of(
                        node("m7", "{\"x\": 2, \"y\": 2, \"b\": 1}"),
                        node("m8", "{\"a\": 2, \"b\": 2, \"z\": 1}")),
                Documents.NONE,
                answer);
        assertEquals(
                "{\"color\":{\"b\":3,\"y\":2,\"x\":2,\"a\":2}}",
                Json.text(answer.path("facetDistribution")));
    }

    @Test
    void anIndexThatHasTwoNamesIsAddedOnce() {
        ObjectNode answer = Json.object();
        facets("{}", Json.object(), "movies", "films").write(MOVIES, Documents.NONE, answer);
        assertEquals(
                "{\"color\":{\"Red\":5,\"blue\":5}}", Json.text(answer.path("facetDistribution")));
    }

    @Test
    void aNameWhoseFacetsNobodyAskedForHasNone() {
        ObjectNode answer = Json.object();
        facets("null", Json.object(), "films").write(MOVIES, Documents.NONE, answer);
        assertEquals(List.of("films"), List.copyOf(answer.path("facetsByIndex").propertyNames()));
    }

    /** Ours are in every index, ordered as its other facets are. */
    @Test
    void fieldsOfOursAreNotDisputed() {
        List<ObjectNode> both = List.of(withOurs("m7", "color"), withOurs("m8", "size"));
        JsonNode allByCount =
                Json.parse("{\"faceting\": {\"sortFacetValuesBy\": {\"*\": \"count\"}}}");
        assertEquals(Optional.empty(), facets("{}", allByCount).disputed(both));
    }

    /** No query of an index whose facets are asked: as if none were. */
    @Test
    void facetsThatNobodyCountedAreNotThere() {
        ObjectNode answer = Json.object();
        facets("{}", Json.object()).write(List.of(), Documents.NONE, answer);
        assertFalse(answer.has("facetDistribution"), answer::toString);
    }

    @Test
    void indexesThatOrderAFacetDifferentlyAreFound() {
        List<ObjectNode> both = List.of(MOVIES.getFirst(), node("m8", "{}"));
        assertEquals(Optional.of("color"), facets("{}", BY_COUNT).disputed(both));
        assertEquals(Optional.empty(), facets("null", BY_COUNT).disputed(both));
        assertEquals(Optional.empty(), facets("{}", BY_COUNT).disputed(MOVIES));
    }
}
