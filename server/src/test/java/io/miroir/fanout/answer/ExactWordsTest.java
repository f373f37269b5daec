package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Exact matches, told by the words of the documents on all nodes. */
class ExactWordsTest {
    private static final IndexProfile INDEX = IndexProfile.of("i", "m1", "id", Json.object());
    private static final ObjectNode CLIENT = Json.object().put("q", "red lamp");
    private static final List<String> WORDS = List.of("red", "lamp");
    private static final double SAME = 1e-12;

    private static ObjectNode node(ObjectNode... hits) {
        ObjectNode node = Json.object().put("estimatedTotalHits", hits.length);
        node.putArray("hits").addAll(List.of(hits));
        return node;
    }

    /** A hit that has all words, without typos, as near as the proximity says. */
    private static ObjectNode hit(String id, double proximity, String match, double score) {
        ObjectNode hit = Json.object().put("id", id).put("_rankingScore", score);
        ObjectNode details = hit.putObject("_rankingScoreDetails");
        details.putObject("words")
                .put("order", 0)
                .put("matchingWords", 2)
                .put("maxMatchingWords", 2);
        details.putObject("proximity").put("order", 1).put("score", proximity);
        ObjectNode exactness = details.putObject("exactness").put("order", 2);
        exactness.put("matchType", match);
        if (match.equals("noExactMatch")) {
            exactness.put("matchingWords", 2).put("maxMatchingWords", 2);
        }
        details.putObject("_miroir_seq:asc").put("order", 3).put("value", id);
        return hit;
    }

    private static ObjectNode having(String... documents) {
        ObjectNode node = Json.object().put("estimatedTotalHits", documents.length);
        node.putArray("hits");
        for (String document : documents) {
            node.withArray("hits").addObject().put("_miroir_seq", document);
        }
        return node;
    }

    /**
     * Shows: {@code red lamps} is an exact match on a node that has no {@code lamp}, and none
     * beside a document of another node that has; it is scored, and goes to its place, as on one
     * server.
     */
    @Test
    void whatLacksAWordThatAnotherNodeHasIsNoMatch() {
        ObjectNode lamps = hit("1", 1, "exactMatch", 1);
        ObjectNode other = hit("3", 1, "noExactMatch", 66 / 72.0);
        ObjectNode lamp = hit("2", 1, "matchesStart", 69 / 72.0);
        List<ObjectNode> answers = List.of(node(lamps, other), node(lamp));
        assertTrue(ExactWords.mayMatter(answers));
        ExactWords exact = exact(answers).orElseThrow();
        assertEquals(2, exact.words());
        assertEquals(
                Json.parse(
                        "{\"q\":\"\\\"lamp\\\"\","
                                + "\"filter\":[\"_miroir_seq IN [\\\"1\\\", \\\"2\\\", \\\"3\\\"]\"],"
                                + "\"attributesToRetrieve\":[\"_miroir_seq\"],"
                                + "\"distinct\":\"_miroir_seq\",\"limit\":3}"),
                Json.parse(Json.text(exact.documentsRequest(1, null))));
        exact.settle(
                answers,
                List.of(List.of(having("1", "3"), having("2")), List.of(having("3"), having("2"))),
                List.of(List.of(having()), List.of(having())));
        assertEquals("noExactMatch", match(lamps));
        assertEquals(1, lamps.at("/_rankingScoreDetails/exactness/matchingWords").asInt());
        // Words and proximity are 8 of 8; then 1 of 3 and 2 of 3.
        assertEquals(65 / 72.0, lamps.path("_rankingScore").asDouble(), SAME);
        assertEquals("matchesStart", match(lamp));
        assertEquals("3", answers.getFirst().at("/hits/0/id").asString());
    }

    private static String match(JsonNode hit) {
        return hit.at("/_rankingScoreDetails/exactness/matchType").asString();
    }

    /** Shows: where words stand far from each other, those of the whole index count. */
    @Test
    void farFromEachOtherTheWordsOfTheIndexCount() {
        ObjectNode lamps = hit("1", 0.25, "matchesStart", 0.7);
        List<ObjectNode> answers = List.of(node(lamps), node());
        ExactWords exact = exact(answers).orElseThrow();
        assertEquals(
                Json.parse("{\"q\":\"\\\"red\\\"\",\"limit\":0}"),
                Json.parse(Json.text(exact.indexRequest(0, null))));
        List<List<ObjectNode>> ofDocuments =
                List.of(List.of(having("1"), having()), List.of(having(), having()));
        exact.settle(
                answers, ofDocuments, List.of(List.of(having("1")), List.of(having(), having())));
        assertEquals("matchesStart", match(lamps), "nobody has it");
        exact.settle(
                answers,
                ofDocuments,
                List.of(List.of(having("1")), List.of(having(), having("9"))));
        assertEquals("noExactMatch", match(lamps));
    }

    /** Shows: what one node alone can tell, or nobody matches, is not asked for. */
    @Test
    void othersAreNotAskedFor() {
        ObjectNode near = hit("1", 1, "exactMatch", 1);
        ObjectNode none = hit("2", 1, "noExactMatch", 0.9);
        ObjectNode elsewhere = hit("3", 0.75, "matchesStart", 0.9);
        assertTrue(exact(List.of(node(near), node(elsewhere))).isEmpty());
        assertTrue(exact(List.of(node(none), node())).isEmpty());
        assertTrue(!ExactWords.mayMatter(List.of(node(none), node())));
        assertTrue(!ExactWords.mayMatter(List.of(node(near))));
        assertTrue(
                ExactWords.of(
                                CLIENT,
                                INDEX,
                                List.of("red"),
                                true,
                                false,
                                List.of(node(near), node(near)))
                        .isEmpty());
    }

    private static Optional<ExactWords> exact(List<ObjectNode> answers) {
        return ExactWords.of(CLIENT, INDEX, WORDS, true, false, answers);
    }

    /**
     * Shows: where the rule on typos found none, only the last word may be the beginning of
     * another, and is asked for; what is written otherwise stands for a word by synonyms alone.
     */
    @Test
    void whoMakesNoTypoHasTheWords() {
        ObjectNode lamps = hit("1", 1, "exactMatch", 1);
        ObjectNode lamp = hit("2", 1, "matchesStart", 0.9);
        for (ObjectNode hit : List.of(lamps, lamp)) {
            ((ObjectNode) hit.path("_rankingScoreDetails"))
                    .putObject("typo")
                    .put("order", 1)
                    .put("typoCount", 0)
                    .put("maxTypoCount", 2);
        }
        List<ObjectNode> answers = List.of(node(lamps), node(lamp));
        assertTrue(ExactWords.of(CLIENT, INDEX, WORDS, false, false, answers).isEmpty());
        assertEquals(
                2, ExactWords.of(CLIENT, INDEX, WORDS, false, true, answers).orElseThrow().words());
        ExactWords exact = exact(answers).orElseThrow();
        assertEquals(1, exact.words());
        assertEquals("\"lamp\"", exact.indexRequest(0, null).path("q").asString());
        exact.settle(
                answers,
                List.of(List.of(having(), having("2"))),
                List.of(List.of(having(), having())));
        assertEquals("noExactMatch", match(lamps));
        assertEquals(1, lamps.at("/_rankingScoreDetails/exactness/matchingWords").asInt());
        assertEquals("matchesStart", match(lamp));
    }

    private static void place(ObjectNode hit, double metres) {
        ((ObjectNode) hit.path("_rankingScoreDetails"))
                .putObject("_geoPoint(0,0):asc")
                .put("order", 0)
                .put("distance", metres);
    }

    /**
     * Shows: many places near to each other, of which each is as near as the next, are no trouble.
     */
    @Test
    void placesWithinAMetreAreMerged() {
        List<ObjectNode> hits = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            hits.add(hit("" + (100 + i * 37 % 60), 1, "matchesStart", 0.9));
            place(hits.getLast(), i * 0.4);
        }
        ObjectNode first = hit("99", 1, "exactMatch", 1);
        place(first, 0);
        hits.addFirst(first);
        ObjectNode other = hit("98", 1, "exactMatch", 1);
        place(other, 0);
        List<ObjectNode> answers = List.of(node(hits.toArray(ObjectNode[]::new)), node(other));
        ExactWords exact = exact(answers).orElseThrow();
        List<List<ObjectNode>> having =
                List.of(List.of(having(), having()), List.of(having(), having("98")));
        exact.settle(answers, having, having);
        assertEquals("noExactMatch", match(first));
        assertEquals(61, answers.getFirst().path("hits").size());
    }
}
