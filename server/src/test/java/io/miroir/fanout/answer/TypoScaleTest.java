package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Typos as one server divides by them, whatever a node's own documents allow. */
class TypoScaleTest {
    private static final double SAME = 1e-12;

    /** A hit of two words, one of which may be a typo; proximity and all behind it is perfect. */
    private static ObjectNode hit(int matching, int typos, int typosMax, double score) {
        ObjectNode hit = Json.object().put("_rankingScore", score);
        ObjectNode details = hit.putObject("_rankingScoreDetails");
        details.putObject("words")
                .put("order", 0)
                .put("matchingWords", matching)
                .put("maxMatchingWords", 2)
                .put("score", matching / 2.0);
        details.putObject("typo")
                .put("order", 1)
                .put("typoCount", typos)
                .put("maxTypoCount", typosMax)
                .put("score", (typosMax + 1 - typos) / (typosMax + 1.0));
        details.putObject("proximity").put("order", 2).put("score", 1.0);
        return hit;
    }

    /** Shows: the most of all nodes holds, of the documents that the rules before find equal. */
    @Test
    void theMostOfAllNodesCounts() {
        // Words 2 of 2, typos 1 of 1: (2 - 1) / 2 + (1 - 1) / 4 + 0.5 / 4.
        ObjectNode here = hit(2, 1, 1, 0.625);
        ObjectNode fewer = hit(1, 0, 1, 0.5);
        ObjectNode there = hit(2, 2, 3, 0.75);
        TypoScale.align(List.of(here, fewer, there));
        assertEquals(hit(1, 0, 1, 0.5), fewer);
        assertEquals(hit(2, 2, 3, 0.75), there);
        assertEquals(3, here.at("/_rankingScoreDetails/typo/maxTypoCount").asInt());
        assertEquals(0.75, here.at("/_rankingScoreDetails/typo/score").asDouble(), SAME);
        // Typos 1 of 3: rank 3 of 4. (2 - 1) / 2 + (3 - 1) / 8 + 0.5 / 8.
        assertEquals(0.8125, here.path("_rankingScore").asDouble(), SAME);
    }

    /** Shows: where rules before don't tell out of how many their rank is, nothing is changed. */
    @Test
    void whatCannotBeComputedStays() {
        ObjectNode here = hit(2, 0, 1, 1);
        ObjectNode there = hit(2, 0, 3, 1);
        for (ObjectNode hit : List.of(here, there)) {
            ObjectNode details = (ObjectNode) hit.path("_rankingScoreDetails");
            details.withObject("words").put("order", 1);
            details.withObject("typo").put("order", 2);
            details.withObject("proximity").put("order", 0);
        }
        ObjectNode before = here.deepCopy();
        TypoScale.align(List.of(here, there));
        assertEquals(before, here);
    }

    /** Shows: exactness before it is a rank too, and sorts are none. */
    @Test
    void rulesBeforeMayBeOthers() {
        ObjectNode here = Json.object().put("_rankingScore", 0.25);
        ObjectNode there = Json.object().put("_rankingScore", 1.0);
        int max = 1;
        for (ObjectNode hit : List.of(here, there)) {
            ObjectNode details = hit.putObject("_rankingScoreDetails");
            details.putObject("price:asc").put("order", 0).put("value", 3);
            details.putObject("exactness")
                    .put("order", 1)
                    .put("matchType", "noExactMatch")
                    .put("matchingWords", 1)
                    .put("maxMatchingWords", 2);
            details.putObject("typo")
                    .put("order", 2)
                    .put("typoCount", 0)
                    .put("maxTypoCount", max++);
        }
        // No exact match: 1 of 3. One of two words: 2 of 3. Typos: 2 of 2, then all of the rest.
        here.put("_rankingScore", 2 / 9.0);
        TypoScale.align(List.of(here, there));
        assertEquals(2, here.at("/_rankingScoreDetails/typo/maxTypoCount").asInt());
        assertEquals(2 / 9.0, here.path("_rankingScore").asDouble(), SAME);
    }
}
