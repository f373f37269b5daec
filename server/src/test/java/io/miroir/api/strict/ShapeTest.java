package io.miroir.api.strict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapeTest {
    private static final Shape SHAPE =
            Shape.of(
                    Shape.required(
                            "uid",
                            ErrorCode.INVALID_INDEX_UID,
                            Check.STRING,
                            ErrorCode.MISSING_INDEX_UID),
                    Shape.optional("limit", ErrorCode.INVALID_SEARCH_LIMIT, Check.unsigned(100)),
                    Shape.optional("word", ErrorCode.INVALID_SEARCH_Q, Check.oneOf(List.of("a"))),
                    Shape.optional("list", ErrorCode.INVALID_SEARCH_SORT, Check.STRINGS));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{} | MISSING_INDEX_UID | Missing field `uid`",
                "[] | BAD_REQUEST | Invalid value type: expected an object, but found an array:"
                        + " `[]`",
                "{\"uid\":null} | INVALID_INDEX_UID | Invalid value type at `.uid`: expected a"
                        + " string, but found null",
                "{\"uid\":\"x\",\"limit\":-1} | INVALID_SEARCH_LIMIT | Invalid value type at"
                        + " `.limit`: expected a positive integer, but found a negative integer:"
                        + " `-1`",
                "{\"uid\":\"x\",\"limit\":101} | INVALID_SEARCH_LIMIT | Invalid value at"
                        + " `.limit`: value: `101` is too large to be deserialized, maximum value"
                        + " authorized is `100`",
                "{\"uid\":\"x\",\"word\":\"b\"} | INVALID_SEARCH_Q | Unknown value `b` at"
                        + " `.word`: expected one of `a`",
                "{\"uid\":\"x\",\"list\":[\"a\",1.5]} | INVALID_SEARCH_SORT | Invalid value type"
                        + " at `.list[1]`: expected a string, but found a number: `1.5`",
                "{\"uid\":\"x\",\"limt\":1} | BAD_REQUEST | Unknown field `limt`: did you mean"
                        + " `limit`? expected one of `uid`, `limit`, `word`, `list`"
            })
    void faultsAreTold(String body, ErrorCode code, String message) {
        ApiException refused =
                assertThrows(
                        ApiException.class, () -> SHAPE.check(StrictValue.body(Json.parse(body))));
        assertEquals(code, refused.code());
        assertEquals(message, refused.text());
    }

    /** The first fault in the client's order is told, not the first in ours. */
    @Test
    void theClientsOrderDecides() {
        String body = "{\"zzz\":1,\"limit\":\"x\",\"uid\":1}";
        ApiException refused =
                assertThrows(
                        ApiException.class, () -> SHAPE.check(StrictValue.body(Json.parse(body))));
        assertEquals(ErrorCode.BAD_REQUEST, refused.code());
    }

    @Test
    void parametersHaveTheirOwnWords() {
        ApiException refused =
                assertThrows(
                        ApiException.class,
                        () -> SHAPE.check(StrictValue.query(Map.of("limit", "1.5"))));
        assertEquals(
                "Invalid value in parameter `limit`: could not parse `1.5` as a positive integer",
                refused.text());
    }

    @Test
    void kindsAreListedAsPeopleDo() {
        assertEquals("a string", Kind.describe(Set.of(Kind.STRING)));
        assertEquals(
                "null, a boolean, or a number",
                Kind.describe(Set.of(Kind.INTEGER, Kind.FLOAT, Kind.NULL, Kind.BOOLEAN)));
    }
}
