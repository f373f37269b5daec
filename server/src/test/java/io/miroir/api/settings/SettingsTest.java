package io.miroir.api.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.features.Features;
import java.text.Normalizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class SettingsTest {
    private static final String OWN =
            "{\"embedders\":{\"e\":{\"source\":\"userProvided\",\"dimensions\":2}}}";

    private static ObjectNode after(ObjectNode settings, String change) {
        return Settings.apply(settings, SettingsUpdate.parse(Json.parse(change)));
    }

    @Test
    void sortedSettingsAreSortedInTasksAndInPlace() {
        SettingsUpdate update =
                SettingsUpdate.parse(Json.parse("{\"stopWords\":[\"the\",\"of\",\"of\"]}"));
        assertEquals("{\"stopWords\":[\"of\",\"the\"]}", Json.text(update.changes()));
        ObjectNode settings = Settings.apply(Settings.defaults(), update);
        assertEquals("[\"of\",\"the\"]", Json.text(settings.get("stopWords")));
    }

    /** As one Meilisearch shows them that was sent no more: only what has a default is there. */
    @Test
    void embeddersAreShownWithTheirDefaults() {
        ObjectNode settings =
                after(
                        Settings.defaults(),
                        """
                        {"embedders": {"o": {}, "u": {"source": "userProvided", "dimensions": 2},
                            "l": {"source": "ollama", "model": "m", "documentTemplate": "t"},
                            "h": {"source": "huggingFace"}}}
                        """);
        JsonNode shown = Settings.shownWhole(settings).path("embedders");
        assertEquals("openAi", shown.path("o").path("source").asString());
        assertEquals("text-embedding-3-small", shown.path("o").path("model").asString());
        assertEquals(400, shown.path("o").path("documentTemplateMaxBytes").asInt());
        assertEquals(
                "{% for field in fields %}{% if field.is_searchable and field.value != nil %}"
                        + "{{ field.name }}: {{ field.value }}\n{% endif %}{% endfor %}",
                shown.path("o").path("documentTemplate").asString());
        assertEquals(Json.parse("{\"source\":\"userProvided\",\"dimensions\":2}"), shown.path("u"));
        assertEquals("t", shown.path("l").path("documentTemplate").asString());
        assertEquals("useModel", shown.path("h").path("pooling").asString());
    }

    /** Nodes keep it, so that it counts whether or not it is told. */
    @Test
    void anEmbedderOfAnotherSourceKeepsWhatBothHave() {
        ObjectNode before =
                after(
                        Settings.defaults(),
                        """
                        {"embedders": {"e": {"source": "openAi", "model": "text-embedding-3-large",
                            "apiKey": "k", "binaryQuantized": true, "documentTemplate": "t"}}}
                        """);
        String ollama = "{\"embedders\":{\"e\":{\"source\":\"ollama\",\"model\":\"m\"}}}";
        assertEquals(
                Json.parse(
                        "{\"source\":\"ollama\",\"model\":\"m\",\"apiKey\":\"k\","
                                + "\"binaryQuantized\":true,\"documentTemplate\":\"t\","
                                + "\"documentTemplateMaxBytes\":400}"),
                after(before, ollama).path("embedders").path("e"));
        ObjectNode keyless = after(before, "{\"embedders\":{\"e\":{\"apiKey\":null}}}");
        assertEquals(
                Json.parse(
                        "{\"source\":\"userProvided\",\"dimensions\":2,\"binaryQuantized\":true}"),
                after(keyless, OWN).path("embedders").path("e"));
    }

    /** A source that takes no key: the key of the one before must be taken away first. */
    @Test
    void anEmbedderOfAnotherSourceKeepsAKeyThatThisOneRefuses() {
        ObjectNode before =
                after(
                        Settings.defaults(),
                        "{\"embedders\":{\"e\":{\"source\":\"openAi\",\"apiKey\":\"k\"}}}");
        for (String other : new String[] {"\"huggingFace\"", "\"userProvided\",\"dimensions\":2"}) {
            String change = "{\"embedders\":{\"e\":{\"source\":" + other + "}}}";
            ApiException refused = assertThrows(ApiException.class, () -> after(before, change));
            String source = other.split("\"", -1)[1];
            assertEquals(ErrorCode.INVALID_SETTINGS_EMBEDDERS, refused.code());
            assertEquals(
                    "`.embedders.e`: Field `apiKey` unavailable for source `" + source + "`.",
                    refused.text().lines().findFirst().orElseThrow());
        }
        // Its own key is no other's.
        ObjectNode own = after(Settings.defaults(), OWN);
        assertThrows(
                ApiException.class, () -> after(own, "{\"embedders\":{\"e\":{\"apiKey\":\"k\"}}}"));
        assertThrows(
                ApiException.class, () -> after(own, "{\"embedders\":{\"e\":{\"apiKey\":null}}}"));
        assertThrows(
                ApiException.class,
                () -> after(own, "{\"embedders\":{\"e\":{\"dimensions\":null}}}"));
    }

    /** Of no template nothing is cut: it is the default then, with the default's length. */
    @Test
    void theLengthOfATemplateGoesWithIt() {
        String made = "{\"embedders\":{\"e\":{\"source\":\"openAi\"%s}}}";
        for (String length : new String[] {"0", "100"}) {
            ObjectNode settings =
                    after(
                            Settings.defaults(),
                            made.formatted(",\"documentTemplateMaxBytes\":" + length));
            assertEquals(400, lengthOf(settings), length);
        }
        ObjectNode there = after(Settings.defaults(), made.formatted(""));
        String change = "{\"embedders\":{\"e\":{\"documentTemplateMaxBytes\":%s}}}";
        ObjectNode longer = after(there, change.formatted("500"));
        assertEquals(500, lengthOf(longer));
        assertEquals(400, lengthOf(after(longer, change.formatted("null"))));
        ApiException refused =
                assertThrows(ApiException.class, () -> after(there, change.formatted("0")));
        assertEquals(ErrorCode.INVALID_SETTINGS_EMBEDDERS, refused.code());
        assertEquals(
                "`.embedders.e.documentTemplateMaxBytes`: `documentTemplateMaxBytes` cannot be"
                        + " zero",
                refused.text());
        // A template that goes takes its length along.
        assertEquals(
                400,
                lengthOf(after(longer, "{\"embedders\":{\"e\":{\"documentTemplate\":null}}}")));
        assertEquals(
                7,
                lengthOf(
                        after(
                                there,
                                "{\"embedders\":{\"e\":{\"documentTemplate\":\"t\","
                                        + "\"documentTemplateMaxBytes\":7}}}")));
        // One that was the client's own has none yet.
        ObjectNode own = after(Settings.defaults(), OWN);
        assertEquals(
                400, lengthOf(after(own, made.formatted(",\"documentTemplateMaxBytes\":100"))));
    }

    private static int lengthOf(ObjectNode settings) {
        return Settings.shownWhole(settings)
                .path("embedders")
                .path("e")
                .path("documentTemplateMaxBytes")
                .asInt();
    }

    /** The details of a task that has ended are kept masked, and masked where they are shown. */
    @Test
    void whatIsMaskedStaysAsItIs() {
        for (String secret : new String[] {"k", "0123456789ab", "k".repeat(25), "k".repeat(40)}) {
            String masked = Settings.masked(secret);
            assertEquals(masked, Settings.masked(masked));
        }
        assertEquals("01XXXX...", Settings.masked("0123456789ab"));
    }

    /** Tasks show such a list as it was sent; the index keeps each once, or a star alone. */
    @Test
    void attributesAreKeptOnce() {
        SettingsUpdate twice =
                SettingsUpdate.parse(Json.parse("{\"searchableAttributes\":[\"b\",\"a\",\"b\"]}"));
        assertEquals("[\"b\",\"a\",\"b\"]", Json.text(twice.changes().get("searchableAttributes")));
        ObjectNode settings = Settings.apply(Settings.defaults(), twice);
        assertEquals("[\"b\",\"a\"]", Json.text(settings.get("searchableAttributes")));
        ObjectNode all = after(settings, "{\"searchableAttributes\":[\"a\",\"*\"]}");
        assertEquals("[\"*\"]", Json.text(all.get("searchableAttributes")));
    }

    /** Words and languages are shown as a Meilisearch 1.50 shows them that was sent the same. */
    @Test
    void wordsAndLanguagesAreShownAsNodesKeepThem() {
        ObjectNode settings =
                after(
                        Settings.defaults(),
                        """
                        {"stopWords": ["É", "THE", "ﬁ", "½", "Ⅷ", "a\\u0000b", "…", "１２", "الذي",
                                "كتاب", "مرحبا", "한국"],
                         "typoTolerance": {"disableOnWords":
                                ["A", "a", "É", "L'été", "A B", "œuvre", "กำ", "ё", "²"]},
                         "localizedAttributes":
                                [{"attributePatterns": ["a*"], "locales": ["ja", "zh", "cmn", "deu"]}]}
                        """);
        assertEquals(
                "[\"...\",\"12\",\"1⁄2\",\"E\u0301\",\"THE\",\"VIII\",\"ab\",\"fi\",\"الذی\","
                        + "\"مرحبا\",\"کتاب\",\""
                        + Normalizer.normalize("한국", Normalizer.Form.NFKD)
                        + "\"]",
                Json.text(settings.get("stopWords")));
        assertEquals(
                "[\"2\",\"a\",\"a b\",\"e\",\"l'ete\",\"oeuvre\",\"е\u0308\",\"กา\"]",
                Json.text(settings.path("typoTolerance").path("disableOnWords")));
        assertEquals(
                "[\"jpn\",\"zho\",\"cmn\",\"deu\"]",
                Json.text(settings.path("localizedAttributes").path(0).path("locales")));
    }

    /** A change of an object setting is merged; null sets a member, or all, back. */
    @Test
    void objectsAreMergedAndNullResets() {
        ObjectNode first =
                after(
                        Settings.defaults(),
                        "{\"typoTolerance\":{\"minWordSizeForTypos\":"
                                + "{\"oneTypo\":4},\"disableOnWords\":[\"b\",\"a\"]}}");
        assertEquals(
                "{\"enabled\":true,\"minWordSizeForTypos\":{\"oneTypo\":4,\"twoTypos\":9},"
                        + "\"disableOnWords\":[\"a\",\"b\"],\"disableOnAttributes\":[],"
                        + "\"disableOnNumbers\":false}",
                Json.text(first.get("typoTolerance")));
        ObjectNode second = after(first, "{\"typoTolerance\":{\"disableOnWords\":null}}");
        assertEquals("[]", Json.text(second.get("typoTolerance").get("disableOnWords")));
        assertEquals(
                Settings.defaults().get("typoTolerance"),
                after(second, "{\"typoTolerance\":null}").get("typoTolerance"));
    }

    @Test
    void whatIsAbsentStays() {
        ObjectNode settings = after(Settings.defaults(), "{\"pagination\":{\"maxTotalHits\":5}}");
        assertEquals(settings, after(settings, "{}"));
        assertEquals(Settings.defaults(), after(settings, "{\"pagination\":null}"));
    }

    @Test
    void embeddersComeAndGoByName() {
        ObjectNode one =
                after(
                        Settings.defaults(),
                        "{\"embedders\":{\"m\":{\"source\":\"userProvided\",\"dimensions\":3}}}");
        ObjectNode none = after(one, "{\"embedders\":{\"m\":null}}");
        assertEquals(3, one.at("/embedders/m/dimensions").intValue());
        assertEquals("{}", Json.text(none.get("embedders")));
    }

    @Test
    void secretsAreShownMasked() {
        ObjectNode settings =
                after(
                        Settings.defaults(),
                        "{\"embedders\":{\"o\":{\"source\":\"openAi\",\"apiKey\":"
                                + "\"sk-abcdefghijklmnopqrstuvwxyz0123456789\"}}}");
        JsonNode shown = Settings.shown(settings).at("/embedders/o/apiKey");
        assertEquals("sk-abXXXXXX...", shown.stringValue());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{\"embedders\":{\"e\":{\"source\":\"userProvided\",\"dimensions\":2,\"distribution\":"
                        + "{\"mean\":2,\"sigma\":0.1}}}} | INVALID_SETTINGS_EMBEDDERS | Invalid"
                        + " value at `.embedders.e.distribution`: the distribution mean must be in"
                        + " the range [0, 1], got 2",
                "{\"stopWords\":\"x\"} | INVALID_SETTINGS_STOP_WORDS | Invalid value type at"
                        + " `.stopWords`: expected an array, but found a string: `\"x\"`",
                "{\"rankingRules\":[\"words\",\"nope\"]} | INVALID_SETTINGS_RANKING_RULES |"
                        + " Invalid value at `.rankingRules[1]`: `nope` ranking rule is invalid."
                        + " Valid ranking rules are words, typo, sort, proximity, attribute,"
                        + " exactness and custom ranking rules.",
                "{\"pagination\":{\"maxTotalHits\":0}} | INVALID_SETTINGS_PAGINATION | Invalid"
                        + " value at `.pagination.maxTotalHits`: a non-zero integer value lower"
                        + " than `18446744073709551615` was expected, but found a zero",
                "{\"embedders\":{\"x\":{\"source\":\"userProvided\"}}} |"
                        + " INVALID_SETTINGS_EMBEDDERS | `.embedders.x`: Missing field `dimensions`"
                        + " (note: this field is mandatory for source `userProvided`)",
                "{\"embedders\":{\"x\":{\"source\":\"userProvided\",\"url\":\"x\"}}} |"
                        + " INVALID_SETTINGS_EMBEDDERS | `.embedders.x.url`: could not parse `x`:"
                        + " relative URL without a base",
                "{\"embedders\":{\"x\":{\"source\":\"userProvided\",\"searchFragments\":{}}}} |"
                        + " FEATURE_NOT_ENABLED | setting `searchFragments` requires enabling the"
                        + " `multimodal` experimental feature. See"
                        + " https://github.com/orgs/meilisearch/discussions/846",
                "{\"embedders\":{\"x\":{\"searchFragments\":{\"a\":\"b\"}}}} |"
                        + " INVALID_SETTINGS_EMBEDDERS | Invalid value type at"
                        + " `.embedders.x.searchFragments.a`: expected an object, but found a"
                        + " string: `\"b\"`",
                "{\"embedders\":{\"x\":{\"indexingFragments\":{\"a\":{}}}}} |"
                        + " INVALID_SETTINGS_EMBEDDERS | Missing field `value` inside"
                        + " `.embedders.x.indexingFragments.a`",
                "{\"embedders\":{\"x\":{\"searchEmbedder\":{\"model\":1}}}} |"
                        + " INVALID_SETTINGS_EMBEDDERS | Invalid value type at"
                        + " `.embedders.x.searchEmbedder.model`: expected a string, but found a"
                        + " positive integer: `1`",
                "{\"embedders\":{\"x\":{\"distribution\":{\"mean\":0.5,\"sigma\":0.0}}}} |"
                        + " INVALID_SETTINGS_EMBEDDERS | Invalid value at"
                        + " `.embedders.x.distribution`: the distribution sigma must be in the"
                        + " range ]0, 1], got 0",
                "{\"embedders\":{\"x\":{\"source\":\"rest\",\"url\":\"http:h:65536\"}}} |"
                        + " INVALID_SETTINGS_EMBEDDERS | `.embedders.x.url`: could not parse"
                        + " `http:h:65536`: invalid port number"
            })
    void faultsAreTold(String change, ErrorCode code, String message) {
        ApiException refused =
                assertThrows(
                        ApiException.class,
                        () -> SettingsUpdate.parse(Json.parse(change)).require(Features.NONE));
        assertEquals(code, refused.code());
        assertEquals(message, refused.text());
    }

    /** One typo must not be allowed in longer words than two; found when the task runs. */
    @Test
    void typoSizesMustFitWhatIsThere() {
        ApiException refused =
                assertThrows(
                        ApiException.class,
                        () ->
                                after(
                                        Settings.defaults(),
                                        "{\"typoTolerance\":{\"minWordSizeForTypos\":"
                                                + "{\"oneTypo\":10}}}"));
        assertEquals(ErrorCode.INVALID_SETTINGS_TYPO_TOLERANCE, refused.code());
    }

    @Test
    void everySettingHasItsPath() {
        assertEquals("search-cutoff-ms", Setting.SEARCH_CUTOFF_MS.path());
        assertEquals("PATCH", Setting.FACETING.verb());
        assertEquals("PUT", Setting.STOP_WORDS.verb());
        assertEquals(20, Setting.shown().size());
    }
}
