package io.miroir.api.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What nodes are sent so that their embedders are those that they are to have. */
class NodeEmbeddersTest {
    private static final String REST =
            "{\"source\":\"rest\",\"url\":\"http://h\",\"request\":{\"a\":\"{{fragment}}\"},"
                    + "\"response\":{\"b\":\"{{embedding}}\"},\"dimensions\":2%s}";

    private static final String FRAGMENTS =
            ",\"indexingFragments\":{%s},\"searchFragments\":{\"s\":{\"value\":1}}";

    /** An embedder as an index has it that was given this. */
    private static ObjectNode made(String embedder) {
        return EmbedderChange.of("e", Json.parse("{}").path("e"), Json.parseObject(embedder));
    }

    private static JsonNode sent(ObjectNode wanted, JsonNode had) {
        ObjectNode byName = Json.object();
        byName.set("e", wanted);
        ObjectNode found = Json.object();
        found.set("e", had);
        return NodeEmbedders.replacing(byName, found).path("e");
    }

    /** Shows: what is gone is named; what can't be taken away from it takes it along. */
    @Test
    void namesWhatIsGone() {
        ObjectNode wanted = made("{\"source\":\"openAi\",\"model\":\"text-embedding-3-large\"}");
        JsonNode sent =
                sent(
                        wanted,
                        made(
                                "{\"url\":\"http://u\",\"dimensions\":3,\"apiKey\":\"k\","
                                        + "\"binaryQuantized\":true}"));
        for (String gone : List.of("url", "dimensions", "apiKey", "binaryQuantized")) {
            assertTrue(sent.has(gone) && sent.path(gone).isNull(), gone);
        }
        JsonNode revision =
                sent(
                        made("{\"source\":\"huggingFace\",\"model\":\"m\"}"),
                        made("{\"source\":\"huggingFace\"}"));
        assertTrue(revision.has("revision") && revision.path("revision").isNull());
        ObjectNode own = made("{\"source\":\"userProvided\",\"dimensions\":2}");
        assertTrue(sent(own, made("{\"apiKey\":\"k\"}")).isNull());
        assertEquals(own, sent(own, made("{\"url\":\"http://u\",\"dimensions\":5}")));
        assertTrue(
                sent(own, made("{\"source\":\"userProvided\",\"dimensions\":3}"))
                        .hasNonNull("dimensions"));
        assertTrue(
                NodeEmbedders.replacing(
                                Json.object(), Json.parse("{\"e\":{\"source\":\"openAi\"}}"))
                        .path("e")
                        .isNull());
    }

    /** Shows: a fragment that is gone is named, and so is what one inside another has. */
    @Test
    void namesWhatIsGoneInside() {
        ObjectNode one = made(REST.formatted(FRAGMENTS.formatted("\"a\":{\"value\":1}")));
        ObjectNode two =
                made(
                        REST.formatted(
                                FRAGMENTS.formatted("\"a\":{\"value\":1},\"b\":{\"value\":2}")));
        JsonNode fragments = sent(one, two).path("indexingFragments");
        assertTrue(fragments.has("b") && fragments.path("b").isNull());
        assertEquals(2, fragments.size());
        JsonNode none = sent(made(REST.formatted("")), two);
        assertTrue(none.path("indexingFragments").isNull());
        assertTrue(none.path("searchFragments").isNull());
        String composite =
                "{\"source\":\"composite\",\"searchEmbedder\":{\"source\":\"openAi\"},"
                        + "\"indexingEmbedder\":{\"source\":\"openAi\"%s}}";
        JsonNode inner =
                sent(made(composite.formatted("")), made(composite.formatted(",\"dimensions\":5")));
        assertTrue(inner.path("indexingEmbedder").path("dimensions").isNull());
        assertTrue(sent(one, made(composite.formatted(""))).isNull());
    }

    /** Shows: what a node has is not sent again, as its feature may be off; but keys are. */
    @Test
    void sendsNothingButKeysOfWhatIsThere() {
        ObjectNode one = made(REST.formatted(FRAGMENTS.formatted("\"a\":{\"value\":1}")));
        assertTrue(sent(one, one).isMissingNode());
        ObjectNode key = made("{\"apiKey\":\"k\"}");
        ObjectNode shown = key.deepCopy().put("apiKey", "XXX...");
        assertEquals(Json.parse("{\"apiKey\":\"k\"}"), sent(key, shown));
    }

    /**
     * Shows: from each embedder a node comes to each other one by what it is sent, or by what it is
     * sent again when it is gone.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void leadsFromEachEmbedderToEachOther(long seed) {
        RandomEmbedders random = new RandomEmbedders(new Random(seed));
        int gone = 0;
        for (int i = 0; i < 400; i++) {
            ObjectNode wanted = random.next();
            ObjectNode had = random.next();
            JsonNode sent = sent(wanted, had);
            if (sent instanceof ObjectNode change) {
                ObjectNode after = EmbedderChange.of("e", had, change);
                assertTrue(NodeEmbedders.same(wanted, after), () -> had + " to " + wanted);
                assertEquals(wanted.path("apiKey"), after.path("apiKey"));
            } else if (sent.isNull()) {
                gone++;
                assertEquals(wanted, sent(wanted, Json.parse("null")));
            } else {
                assertTrue(NodeEmbedders.same(wanted, had));
                assertFalse(wanted.has("apiKey"));
            }
        }
        // Those that keep what the next one refuses, and no others.
        assertTrue(gone < 200, "taken away " + gone);
    }
}
