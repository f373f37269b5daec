package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import org.junit.jupiter.api.Test;

/** What a node says it has is what it was sent (protocol, rule 7). */
class SettingsReadBackTest {
    private static boolean matches(String sent, String found) {
        return SettingsReadBack.matches(Json.parseObject(sent), Json.parseObject(found));
    }

    @Test
    void setsMayComeBackInAnyOrderButListsMayNot() {
        assertTrue(matches("{\"stopWords\":[\"b\",\"a\",\"a\"]}", "{\"stopWords\":[\"a\",\"b\"]}"));
        assertFalse(matches("{\"stopWords\":[\"a\"]}", "{\"stopWords\":[\"a\",\"b\"]}"));
        assertFalse(matches("{\"stopWords\":[\"a\",\"b\"]}", "{\"stopWords\":[\"a\"]}"));
        assertFalse(
                matches("{\"rankingRules\":[\"a\",\"b\"]}", "{\"rankingRules\":[\"b\",\"a\"]}"));
    }

    @Test
    void otherValuesAreSeenAndSecretsAreNotCompared() {
        assertFalse(
                matches(
                        "{\"pagination\":{\"maxTotalHits\":5}}",
                        "{\"pagination\":{\"maxTotalHits\":6}}"));
        assertFalse(matches("{\"searchCutoffMs\":5}", "{}"));
        assertTrue(
                matches(
                        "{\"embedders\":{\"e\":{\"apiKey\":\"secret\",\"model\":\"m\"}}}",
                        "{\"embedders\":{\"e\":{\"apiKey\":\"sXXX\",\"model\":\"m\"}}}"));
        // One that can't be opened here may be what the node has.
        assertTrue(
                matches(
                        "{\"embedders\":{\"e\":{\"headers\":{\"a\":{\"_miroir_sealed\":\"k.AA\"}}}}}",
                        "{\"embedders\":{\"e\":{\"headers\":{\"a\":\"token\"}}}}"));
        assertTrue(matches("{\"distinctAttribute\":null}", "{\"distinctAttribute\":null}"));
    }

    /** Shows: a node that still has what went back to none does not have what it was sent. */
    @Test
    void whatIsToBeNoneIsSeen() {
        assertTrue(matches("{\"distinctAttribute\":null}", "{}"));
        assertFalse(matches("{\"distinctAttribute\":null}", "{\"distinctAttribute\":\"a\"}"));
        assertFalse(matches("{\"searchCutoffMs\":null}", "{\"searchCutoffMs\":5}"));
        assertFalse(
                matches(
                        "{\"embedders\":{\"e\":{\"model\":null}}}",
                        "{\"embedders\":{\"e\":{\"model\":\"m\"}}}"));
    }

    /** Shows: what clients name themselves, and is gone, is missed on nodes that still have it. */
    @Test
    void namesTooManyAreSeen() {
        String two = "{\"synonyms\":{\"a\":[\"b\"],\"c\":[\"d\"]}}";
        assertTrue(matches(two, two));
        assertFalse(matches("{\"synonyms\":{\"a\":[\"b\"]}}", two));
        assertFalse(matches("{\"synonyms\":{}}", two));
        String orders = "{\"faceting\":{\"maxValuesPerFacet\":3,\"sortFacetValuesBy\":%s}}";
        assertFalse(
                matches(
                        orders.formatted("{\"*\":\"alpha\"}"),
                        orders.formatted("{\"*\":\"alpha\",\"a\":\"count\"}")));
        // A member that this program does not know is another program's.
        assertTrue(
                matches(
                        orders.formatted("{\"*\":\"alpha\"}"),
                        orders.formatted("{\"*\":\"alpha\"},\"news\":1")));
    }

    /** Shows: of rules the first that speaks of an attribute decides. */
    @Test
    void rulesInAnotherOrderAreOthers() {
        String rules =
                "{\"filterableAttributes\":[\"a\",{\"attributePatterns\":[\"b\",\"c\"]}],"
                        + "\"localizedAttributes\":[{\"locales\":[\"eng\"]},"
                        + "{\"locales\":[\"fra\"]}]}";
        assertTrue(matches(rules, rules));
        assertFalse(
                matches(
                        rules,
                        "{\"filterableAttributes\":[{\"attributePatterns\":[\"b\",\"c\"]},\"a\"],"
                                + "\"localizedAttributes\":[{\"locales\":[\"eng\"]},"
                                + "{\"locales\":[\"fra\"]}]}"));
        assertFalse(
                matches(
                        rules,
                        "{\"filterableAttributes\":[\"a\",{\"attributePatterns\":[\"b\",\"c\"]}],"
                                + "\"localizedAttributes\":[{\"locales\":[\"fra\"]},"
                                + "{\"locales\":[\"eng\"]}]}"));
    }

    @Test
    void embeddersThatWereNotSentAreSeen() {
        String one = "{\"embedders\":{\"e\":{\"model\":\"m\"}}}";
        String two = "{\"embedders\":{\"e\":{\"model\":\"m\"},\"f\":{\"model\":\"m\"}}}";
        assertTrue(matches(one, one));
        assertFalse(matches(one, two));
        assertFalse(matches("{\"embedders\":{}}", one));
        assertFalse(matches("{\"embedders\":{\"e\":null}}", one));
        assertTrue(matches("{\"stopWords\":[]}", "{\"stopWords\":[],\"embedders\":{\"e\":{}}}"));
    }

    @Test
    void whatAnEmbedderKeptIsSeen() {
        String sent = "{\"embedders\":{\"e\":{\"source\":\"rest\",\"headers\":{\"a\":\"b\"}%s}}}";
        assertTrue(matches(sent.formatted(""), sent.formatted("")));
        assertFalse(matches(sent.formatted(""), sent.formatted(",\"apiKey\":\"XXX...\"")));
        assertFalse(matches(sent.formatted(""), sent.formatted(",\"dimensions\":3")));
        assertFalse(
                matches(
                        sent.formatted(""),
                        sent.formatted("").replace("\"a\":", "\"left\":\"over\",\"a\":")));
        assertFalse(matches(sent.formatted(""), sent.formatted(",\"documentTemplate\":\"t\"")));
        assertFalse(matches(sent.formatted(""), sent.formatted(",\"binaryQuantized\":true")));
        // Of what is written anew the order counts, and each member.
        String request = ",\"request\":{\"a\":[1,2.0]%s}";
        String given = sent.formatted(request.formatted(""));
        assertTrue(matches(given, given));
        assertFalse(matches(given, given.replace("1,2.0", "2.0,1")));
        assertFalse(matches(given, sent.formatted(request.formatted(",\"b\":1"))));
        // So it is inside another one; members that this program does not know are passed over.
        String part = ",\"indexingEmbedder\":{\"source\":\"ollama\",\"model\":\"m\"%s}";
        String inner = sent.formatted(part.formatted(""));
        assertTrue(matches(inner, inner));
        assertTrue(matches(inner, sent.formatted(part.formatted(",\"news\":1"))));
        assertFalse(matches(inner, sent.formatted(part.formatted(",\"url\":\"u\""))));
        assertFalse(matches(inner, sent.formatted(part.formatted(",\"apiKey\":\"k\""))));
    }

    @Test
    void secretsAreFoundWhereverTheyAre() {
        String embedder = "{\"embedders\":{\"d\":{},\"e\":%s}}";
        assertTrue(
                SettingsReadBack.hasSecrets(Json.parse(embedder.formatted("{\"apiKey\":\"k\"}"))));
        assertTrue(
                SettingsReadBack.hasSecrets(
                        Json.parse(embedder.formatted("{\"searchEmbedder\":{\"apiKey\":\"k\"}}"))));
        assertFalse(
                SettingsReadBack.hasSecrets(Json.parse(embedder.formatted("{\"model\":\"m\"}"))));
        assertFalse(SettingsReadBack.hasSecrets(Json.parse("{\"stopWords\":[]}")));
    }

    /** Shows: nodes keep fractions less exactly than clients write them. */
    @Test
    void fractionsAreComparedAsNodesKeepThem() {
        String sent = "{\"embedders\":{\"e\":{\"distribution\":{\"mean\":0.123456789}}}}";
        assertTrue(matches(sent, sent.replace("0.123456789", "0.12345679")));
        assertFalse(matches(sent, sent.replace("0.123456789", "0.1234")));
    }
}
