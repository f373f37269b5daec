package io.miroir.api.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import io.miroir.api.settings.FilterableRule;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A node without documents that have a field finds nothing by {@code !=}, another all others. */
class NodesFilterTest {
    private static final List<FilterableRule> RULES =
            FilterableRule.allOf(
                    Json.parse(
                            """
                            {"filterableAttributes": ["a", "b", "deep", "!=", "_geo",
                                {"attributePatterns": ["ordered"], "features":
                                    {"filter": {"equality": false, "comparison": true}}}]}
                            """));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a != 1 | NOT a = 1",
                "a!=1 | NOT a=1",
                "deep.down != x | NOT deep.down = x",
                "NOT a != 1 | NOT NOT a = 1",
                "a = 1 AND\"b\" != 2 | a = 1 AND NOT \"b\" = 2",
                "a != 1 AND _geoRadius(10, 20, 3) | NOT a = 1 AND _geoRadius(10, 20, 3)",
                "a != 1 AND b CONTAINS x | NOT a = 1 AND b CONTAINS x",
                "a != 1 AND ordered EXISTS | NOT a = 1 AND ordered EXISTS",
                "a = 1 AND (b != 'x y' OR a > 2) | a = 1 AND (NOT b = 'x y' OR a > 2)",
                "a != 1 AND b != 2 OR a != 3 | NOT a = 1 AND NOT b = 2 OR NOT a = 3",
                "\"a\" != \"!=\" | NOT \"a\" = \"!=\"",
                "'!=' != '!=' | NOT '!=' = '!='",
                "a != \"quoted \\\" != more\" | NOT a = \"quoted \\\" != more\"",
                "a IN [1] AND b != 'é😀' AND a != 2 | a IN [1] AND NOT b = 'é😀' AND NOT a = 2",
            })
    void anotherValueIsNotThisValue(String asked, String sent) {
        assertEquals(sent, of(quoted(asked)).stringValue());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Nothing to say otherwise.
                "a = 1",
                "a = '!='",
                // What a node refuses, it quotes.
                "unknown != 1",
                "a != 1 AND unknown = 1",
                "ordered != 1",
                "a != 1 AND a",
                "a != 1 AND ordered = 1",
                "a != 1 AND unknown EXISTS",
                "a != 1 AND _geoRadius(91, 2, 3)",
                "a != 1 AND _geoBoundingBox([1, 2], [3, 4])",
                "a != 1 AND _geoPolygon([1, 2], [3, 4], [5, 6])",
            })
    void whatIsRefusedOrHasNoneIsLeftAsItIs(String filter) {
        assertEquals(filter, of(quoted(filter)).stringValue());
    }

    /**
     * Shows: what is said of fields that no document has finds nothing, and all else is as it was.
     */
    @Test
    void ofFieldsThatNoDocumentHasNothingIsFound() {
        JsonNode filter =
                Json.parse(
                        "[\"a != 1 AND (\\\"deep.down\\\"!= '!=' OR NOT a != 2)\", [\"b != 3\", \"b = 4\"]]");
        assertEquals(Set.of("a", "b", "deep.down"), NodesFilter.negated(filter, RULES));
        assertEquals(
                "[\"a = 1 AND (\\\"deep.down\\\"= '!=' OR NOT a = 2)\",[\"b != 3\",\"b = 4\"]]",
                Json.text(NodesFilter.withNothingOf(filter, Set.of("a", "deep.down"))));
        assertEquals(Set.of(), NodesFilter.negated(Json.parse("[\"b != 2\", \"x != 1\"]"), RULES));
        assertEquals(Set.of(), NodesFilter.negated(Json.parse("\"b IN [1] AND a !=\""), RULES));
        assertEquals(Set.of(), NodesFilter.negated(Json.parse("[\"\", [\"a = 1\"]]"), RULES));
    }

    @Test
    void eachExpressionOfAListIsReadForItself() {
        assertEquals(
                "[\"a = 1\",[\"NOT b = 2\",\"NOT deep = 3\"]]",
                Json.text(of("[\"a = 1\", [\"b != 2\", \"deep != 3\"]]")));
        assertEquals("[]", Json.text(of("[]")));
    }

    /** What nodes refuse of one expression, they quote with all the others. */
    @Test
    void aListOfWhichAPartIsRefusedIsLeftAsItIs() {
        assertEquals(
                "[\"b != 2\",\"unknown != 3\"]", Json.text(of("[\"b != 2\", \"unknown != 3\"]")));
        assertEquals("[[\"b != 2\"],7]", Json.text(of("[[\"b != 2\"], 7]")));
        assertEquals("null", Json.text(of("null")));
    }

    private static String quoted(String text) {
        return Json.text(Json.object().put("f", text).path("f"));
    }

    private static JsonNode of(String json) {
        return NodesFilter.of(Json.parse(json), RULES);
    }
}
