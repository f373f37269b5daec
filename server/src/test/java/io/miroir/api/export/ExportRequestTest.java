package io.miroir.api.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What clients may ask of exports, as Meilisearch 1.50 answered it. */
class ExportRequestTest {
    /** Recorded: what the details of the task showed. */
    @ParameterizedTest
    @CsvSource({
        "24MiB, 24 MiB",
        "1 B, 1 B",
        "1.5 GB, 1.3969838619232178 GiB",
        "0, 0 B",
        "1000, 1 KB",
        "10240, 10 KiB",
        "16 b, 2 B",
        "8Kbit, 1 KB",
        "1Kib, 128 B",
    })
    void sizesAreReadAndShown(String asked, String shown) {
        ObjectNode body = Json.object().put("url", "u").put("payloadSize", asked);
        assertEquals(shown, details(body).path("payloadSize").asString());
    }

    @Test
    void aSizeMayBeANumber() {
        ObjectNode body = Json.object().put("payloadSize", 123456789);
        assertEquals("117.73756885528564 MiB", details(body).path("payloadSize").asString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "abc | the character 'a' is not a number",
                "-5 MB | the character '-' is not a number",
                "1.x | the character 'x' is not a number",
                "1. | the character '.' is not a number",
                "'' | no value can be found",
                "1.5x | the character 'x' is incorrect ('B', 'K', 'M', 'G', 'T', 'P', 'E' or no"
                        + " character or no character is expected)",
                "99999999999999999999999999999999999999999 EB | value number is too long",
            })
    void whatIsNoSizeIsRefused(String asked, String why) {
        ObjectNode body = Json.object().put("payloadSize", asked);
        ApiException refused = assertThrows(ApiException.class, () -> ExportRequest.of(body));
        assertEquals("Invalid value at `.payloadSize`: " + why, refused.text());
        assertEquals("invalid_export_payload_size", refused.code().wireName());
    }

    @Test
    void whatIsNoPatternIsRefused() {
        for (String pattern : new String[] {"bad pattern!", "*a*", ""}) {
            ObjectNode body = Json.object();
            body.putObject("indexes").putObject(pattern);
            ApiException refused = assertThrows(ApiException.class, () -> ExportRequest.of(body));
            assertEquals(
                    "Invalid value at `.indexes`: the key \""
                            + pattern
                            + "\" could not be deserialized into the key type"
                            + " `meilisearch_types::index_uid_pattern::IndexUidPattern`",
                    refused.text());
            assertEquals("bad_request", refused.code().wireName());
        }
    }

    @Test
    void withoutPatternsAllIsMeant() {
        JsonNode indexes = details(Json.object()).path("indexes");
        assertEquals(
                Json.parse("{\"*\": {\"filter\": null, \"overrideSettings\": false}}"), indexes);
    }

    /** The first pattern decides, by their names. */
    @Test
    void anIndexIsOfThePatternThatComesFirst() {
        ObjectNode body =
                Json.parseObject(
                        "{\"indexes\": {\"movies\": {\"filter\": \"n = 1\"},"
                                + " \"mov*\": {\"overrideSettings\": true}}}");
        ObjectNode stored = ExportDetails.of(ExportRequest.of(body));
        ExportRequest request = ExportDetails.request(stored);
        assertEquals(
                new ExportRequest.Chosen(null, true),
                ExportDetails.chosen(request, "movies").orElseThrow());
        assertFalse(ExportDetails.chosen(request, "music").isPresent());
        SortedMap<String, Long> matched = new TreeMap<>();
        matched.put("movies", 3L);
        assertEquals(
                Json.parse(
                        "{\"movies\": {\"filter\": null, \"overrideSettings\": true,"
                                + " \"matched_documents\": 3}}"),
                Json.parse(Json.text(succeeded(stored, matched))).path("indexes"));
    }

    private static ObjectNode succeeded(ObjectNode stored, SortedMap<String, Long> matched) {
        return ExportDetails.succeeded(stored, matched, 10_000);
    }

    /** One pattern's filter is told of each index, and a task has room for so much. */
    @Test
    void whatIsToldOfIndexesHasALimit() {
        ObjectNode body = Json.object();
        body.withObject("indexes").withObject("*").put("filter", "n = '" + "1".repeat(990) + "'");
        ObjectNode stored = ExportDetails.of(ExportRequest.of(body));
        SortedMap<String, Long> matched = new TreeMap<>();
        for (int i = 1_000; i < 1_500; i++) {
            matched.put("index-" + i, (long) i);
        }
        ObjectNode ended = succeeded(stored, matched);
        assertTrue(Json.bytes(ended).length <= 10_000, ended::toString);
        assertTrue(Json.bytes(ended).length > 9_900, ended::toString);
        JsonNode indexes = ended.path("indexes");
        assertEquals(996, indexes.path("index-1000").path("filter").asString().length());
        assertTrue(indexes.path("index-1010").path("filter").isNull(), ended::toString);
        assertEquals(1_010, indexes.path("index-1010").path("matched_documents").asInt());
        assertFalse(indexes.has("index-1400"));
    }

    @Test
    void theKeyIsShownMaskedAndGoesWithTheTask() {
        ObjectNode stored =
                ExportDetails.of(
                        ExportRequest.of(
                                Json.parseObject(
                                        "{\"url\": \"http://h\", \"apiKey\": \"masterkeymaster\"}")));
        assertEquals("maXXXX...", stored.path("apiKey").asString());
        assertEquals("masterkeymaster", ExportDetails.request(stored).apiKey());
        assertFalse(ExportDetails.ended(Json.text(stored)).contains("masterkeymaster"));
        assertFalse(Json.text(succeeded(stored, new TreeMap<>())).contains("masterkeymaster"));
    }

    private static JsonNode details(ObjectNode body) {
        return ExportDetails.of(ExportRequest.of(body));
    }
}
