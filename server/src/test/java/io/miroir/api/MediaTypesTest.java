package io.miroir.api;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Content types are read as Meilisearch 1.50 reads them, faults included. */
class MediaTypesTest {
    private static final List<String> ACCEPTED = List.of("application/json", "text/csv");

    @ParameterizedTest
    @CsvSource({
        "application/json, application/json",
        "Text/CSV; charset=utf-8, text/csv",
        "text/csv;, text/csv",
        "text/csv;a=;b=\"x;y\"; , text/csv",
        "text/csv+xml, text/csv",
    })
    void typesHaveParametersAndSuffixes(String contentType, String type) {
        assertEquals(type, MediaTypes.accepted(contentType, ACCEPTED));
    }

    @ParameterizedTest
    @CsvSource({
        "text/csv;x, text/csv;x",
        "text/csv ;a=b, text/csv ;a=b",
        "text/csv; charset, text/csv; charset",
        "Text/Plain; a=b, text/plain",
        "application/vnd.api+json, application/vnd.api",
        "application/x+y+json, application/x+y",
        "csv, csv",
    })
    void whatIsNoneOfThemIsNamed(String contentType, String named) {
        ApiException refused =
                assertThrows(ApiException.class, () -> MediaTypes.accepted(contentType, ACCEPTED));
        assertEquals(ErrorCode.INVALID_CONTENT_TYPE, refused.code());
        assertTrue(refused.text().contains("`" + named + "` is invalid"), refused.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json;", "a/b+json", "text/JSON; a=b", "a/json+xml"})
    void whatIsJsonByItsNameIsJson(String contentType) {
        assertDoesNotThrow(() -> MediaTypes.requireJson(contentType));
    }

    /** In the client's own words, other than above. */
    @ParameterizedTest
    @CsvSource({
        "Text/Plain; a=b, Text/Plain; a=b",
        "application/json;x, application/json;x",
        "application/json\u00e9, unknown",
    })
    void whatIsNoJsonIsNamedAsItCame(String contentType, String named) {
        ApiException refused =
                assertThrows(ApiException.class, () -> MediaTypes.requireJson(contentType));
        assertTrue(refused.text().contains("`" + named + "` is invalid"), refused.text());
    }

    @Test
    void aLongOneIsNone() {
        String parameters = ";a=b".repeat(20_000);
        assertThrows(ApiException.class, () -> MediaTypes.requireJson("a/json" + parameters));
    }
}
