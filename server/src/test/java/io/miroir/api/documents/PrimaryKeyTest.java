package io.miroir.api.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrimaryKeyTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"id\":1,\"a\":1} | id",
                "{\"bookId\":1} | bookId",
                "{\"ISBN_ID\":1} | ISBN_ID",
                "{\"paid\":1} | paid"
            })
    void theFieldThatEndsWithIdIsChosen(String document, String key) {
        assertEquals(key, PrimaryKey.infer(Json.parseObject(document)).name());
    }

    @Test
    void noneAndSeveralCandidatesAreRefused() {
        assertEquals(
                ErrorCode.INDEX_PRIMARY_KEY_NO_CANDIDATE_FOUND,
                assertThrows(
                                ApiException.class,
                                () -> PrimaryKey.infer(Json.parseObject("{\"a\":{\"id\":1}}")))
                        .code());
        ApiException several =
                assertThrows(
                        ApiException.class,
                        () -> PrimaryKey.infer(Json.parseObject("{\"bid\":1,\"aid\":2}")));
        assertEquals(ErrorCode.INDEX_PRIMARY_KEY_MULTIPLE_CANDIDATES_FOUND, several.code());
        assertEquals(true, several.text().contains("found 2 fields"), several.text());
        assertEquals(true, several.text().contains("'aid' and 'bid'"), several.text());
    }

    /** Integer 1 and string "1" are the same id. */
    @Test
    void idsAreTexts() {
        PrimaryKey key = new PrimaryKey("id");
        assertEquals("1", key.idOf(Json.parseObject("{\"id\":1}")));
        assertEquals("1", key.idOf(Json.parseObject("{\"id\":\"1\"}")));
        assertEquals("-5", key.idOf(Json.parseObject("{\"id\":-5}")));
        assertEquals(
                "18446744073709551615",
                key.idOf(Json.parseObject("{\"id\":18446744073709551615}")));
    }

    @Test
    void aDottedKeyLeadsIntoObjects() {
        PrimaryKey key = new PrimaryKey("a.ref");
        assertEquals("7", key.idOf(Json.parseObject("{\"a\":{\"ref\":7}}")));
        assertEquals("7", key.idOf(Json.parseObject("{\"a.ref\":7}")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.5",
                "2.0",
                "true",
                "null",
                "[1]",
                "{\"a\":1}",
                "\"b d\"",
                "\"\"",
                "\"ü\"",
                "\"a.b\"",
                "1e30"
            })
    void whatIsNoIdIsRefused(String id) {
        ApiException refused =
                assertThrows(ApiException.class, () -> PrimaryKey.idOf(Json.parse(id)));
        assertEquals(ErrorCode.INVALID_DOCUMENT_ID, refused.code());
    }

    @Test
    void anIdHasAtMost511Bytes() {
        assertEquals(true, PrimaryKey.isId("x".repeat(511)));
        assertEquals(false, PrimaryKey.isId("x".repeat(512)));
    }
}
