package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.core.text.QueryParts;
import io.miroir.core.text.Tokenizer;
import io.miroir.fanout.answer.FrequentWords.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Words that go by how frequent they are on all nodes together. */
class FrequentWordsTest {
    private static final IndexProfile INDEX = IndexProfile.of("i", "m1", "id", Json.object());

    private static Optional<FrequentWords> words(String query) {
        ObjectNode client = Json.object().put("q", query).put("matchingStrategy", "frequency");
        assertTrue(FrequentWords.isAsked(client));
        return of(client, query, new Tokenizer(List.of(), List.of(), List.of(), List.of("the")));
    }

    private static Optional<FrequentWords> of(
            ObjectNode client, String query, Tokenizer tokenizer) {
        return FrequentWords.of(
                client,
                INDEX,
                QueryParts.of(tokenizer, query),
                QueryParts.of(tokenizer, FrequentWords.NOWHERE));
    }

    private static ObjectNode total(int total) {
        return Json.object().put("estimatedTotalHits", total);
    }

    /** Words that some documents of two nodes have. */
    private static List<Step> steps(String query, int... documents) {
        List<List<ObjectNode>> ofWords = new ArrayList<>();
        for (int all : documents) {
            ofWords.add(List.of(total(all / 2), total(all - all / 2)));
        }
        return words(query).orElseThrow().steps(ofWords);
    }

    @Test
    void theMostFrequentWordGoesFirst() {
        assertEquals(
                List.of(
                        new Step("red old lamp", 0, 3),
                        new Step("red -miroirnowhere0 lamp", 1, 3),
                        new Step("-miroirnowhere0 -miroirnowhere0 lamp", 2, 3)),
                steps("red old lamp", 5, 9, 2));
    }

    /** Shows: what nobody has goes first, and of words that are as frequent each may. */
    @Test
    void wordsThatAreAsFrequentGoInAnyOrder() {
        assertEquals(
                List.of(
                        new Step("red old lamp ", 0, 3),
                        new Step("-miroirnowhere0 old lamp ", 1, 3),
                        new Step("red -miroirnowhere0 lamp ", 1, 3),
                        new Step("-miroirnowhere0 -miroirnowhere0 lamp ", 2, 3)),
                steps("red old lamp ", 5, 5, 2));
        assertEquals(
                List.of(new Step("red old lamp", 0, 2), new Step("-miroirnowhere0 old lamp", 1, 2)),
                steps("red old lamp", 0, 5, 5));
        assertEquals(List.of(), steps("a b c d e f", 3, 3, 3, 3, 3, 1));
    }

    /** Shows: a stop word keeps its place, and whole words are asked for as such. */
    @Test
    void wordsKeepTheirPlaces() {
        FrequentWords frequent = words("red the lam").orElseThrow();
        assertEquals("red ", frequent.wordRequest(0, null).path("q").asString());
        assertEquals("lam", frequent.wordRequest(1, null).path("q").asString());
        assertEquals("red -miroirnowhere0 lam", steps("red the lam", 9, 2).getFirst().query());
        assertTrue(words("red \"old lamp\"").isEmpty());
        assertTrue(words("red -old lamp").isEmpty());
        assertTrue(words("red").isEmpty());
        Tokenizer cutting = new Tokenizer(List.of("o"), List.of(), List.of(), List.of());
        assertTrue(of(Json.object(), "red lamp", cutting).isEmpty());
        assertFalse(FrequentWords.isAsked(Json.object().put("matchingStrategy", "frequency")));
    }

    /** A hit of a search for all words, which nodes don't rank by. */
    private static ObjectNode hit(String id, double score) {
        ObjectNode hit = Json.object().put("id", id).put("_rankingScore", score);
        ObjectNode details = hit.putObject("_rankingScoreDetails");
        details.putObject("price:asc").put("order", 0).put("value", 3);
        details.putObject("typo").put("order", 1).put("typoCount", 1).put("maxTypoCount", 1);
        details.putObject("_miroir_seq:asc").put("order", 2).put("value", id);
        return hit;
    }

    private static ObjectNode found(int total, ObjectNode... hits) {
        ObjectNode answer = total(total);
        answer.putArray("hits").addAll(List.of(hits));
        answer.putObject("facetDistribution").putObject("k").put("x", total);
        return answer;
    }

    private static FrequentWords sortedFirst(String rules) {
        ObjectNode client = Json.object().put("q", "red lamp").put("matchingStrategy", "frequency");
        client.putArray("sort").add("price:asc");
        client.putArray("facets").add("k");
        Tokenizer tokenizer = new Tokenizer(List.of(), List.of(), List.of(), List.of());
        return FrequentWords.of(
                        client,
                        IndexProfile.of(
                                "i", "m1", "id", Json.parse("{\"rankingRules\": " + rules + "}")),
                        QueryParts.of(tokenizer, "red lamp"),
                        QueryParts.of(tokenizer, FrequentWords.NOWHERE))
                .orElseThrow();
    }

    /**
     * Shows: a document comes in its first step and is ranked by that, wherever the rule on words
     * is; nodes are asked as far as the page reaches, and none of the steps counts.
     */
    @Test
    void aDocumentComesInItsFirstStep() {
        FrequentWords frequent = sortedFirst("[\"sort\", \"typo\"]");
        List<Step> steps = steps("red lamp", 9, 2);
        JsonNode asked = frequent.stepRequest(steps.getFirst(), null);
        assertEquals("all", asked.path("matchingStrategy").asString());
        assertEquals(20, asked.path("limit").asInt());
        assertFalse(asked.has("facets"));
        JsonNode counting = frequent.countRequest(steps.getLast(), null);
        assertEquals("-miroirnowhere0 lamp", counting.path("q").asString());
        assertEquals(0, counting.path("limit").asInt(-1));
        assertTrue(counting.has("facets"));
        ObjectNode first = found(1, hit("1", 0.5));
        ObjectNode last = found(2, hit("1", 0.5), hit("2", 0.5));
        frequent.settle(steps, List.of(List.of(first), List.of(last)));
        assertEquals(0, first.path("estimatedTotalHits").asInt());
        assertFalse(first.has("facetDistribution"));
        assertEquals(0, last.path("estimatedTotalHits").asInt());
        assertEquals(1, first.path("hits").size());
        // Words 2 of 2, typos 1 of 2: 3 of 4.
        assertEquals(0.75, first.at("/hits/0/_rankingScore").asDouble());
        assertEquals(1, last.path("hits").size());
        assertEquals("2", last.at("/hits/0/id").asString());
        JsonNode details = last.at("/hits/0/_rankingScoreDetails");
        assertEquals(1, details.at("/words/matchingWords").asInt());
        assertEquals(2, details.at("/words/maxMatchingWords").asInt());
        assertEquals(1, details.at("/words/order").asInt(), "behind the sort");
        assertEquals(2, details.at("/typo/order").asInt());
        assertEquals(0.25, last.at("/hits/0/_rankingScore").asDouble());
    }

    /** Shows: where the rule on words is the first, nodes rank by it what has some words only. */
    @Test
    void whereWordsGoFirstNodesRankByThem() {
        FrequentWords frequent = words("red lamp").orElseThrow();
        List<Step> steps = steps("red lamp", 9, 2);
        JsonNode asked = frequent.stepRequest(steps.getFirst(), null);
        assertEquals("last", asked.path("matchingStrategy").asString());
        assertEquals(20, asked.path("limit").asInt());
        ObjectNode some = hit("1", 0.4);
        ObjectNode all = hit("2", 0.75);
        for (ObjectNode hit : List.of(some, all)) {
            ((ObjectNode) hit.path("_rankingScoreDetails"))
                    .putObject("words")
                    .put("order", 0)
                    .put("matchingWords", Integer.parseInt(hit.path("id").asString()))
                    .put("maxMatchingWords", 2);
        }
        ObjectNode first = found(2, all, some);
        frequent.settle(steps, List.of(List.of(first), List.of(found(0))));
        assertEquals(1, first.path("hits").size());
        assertEquals(0.75, first.at("/hits/0/_rankingScore").asDouble());
        assertEquals(0, first.at("/hits/0/_rankingScoreDetails/words/order").asInt());
    }

    /** Shows: without any rule on words nothing is ranked by them, but fewer are found. */
    @Test
    void withoutARuleOnWordsNothingIsRankedByThem() {
        ObjectNode hit = hit("1", 1);
        sortedFirst("[\"sort\"]")
                .settle(List.of(new Step("red lamp", 0, 2)), List.of(List.of(found(1, hit))));
        assertFalse(hit.path("_rankingScoreDetails").has("words"));
    }
}
