package io.miroir.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Meilisearch 1.50 tells of the same bodies. */
class JsonEndTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "{ | an object | 1 | 1",
                "[ | a list | 1 | 1",
                "' ' | a value | 1 | 1",
                "{\"q\" | an object | 1 | 4",
                "{\"q\": | a value | 1 | 5",
                "{\"q\":\"a | a string | 1 | 7",
                "{\"q\":\"a\\ | a string | 1 | 8",
                "{\"q\":\"a\\\" | a string | 1 | 9",
                "{\"q\":\"é | a string | 1 | 8",
                "{\"q\":\"a\", | a value | 1 | 9",
                "{\"sort\":[\"a\", | a value | 1 | 13",
                "{\"sort\":[\"a\"] | an object | 1 | 13",
                "{\"sort\":[\"} | a string | 1 | 11",
                "'{\"q\":1 ' | an object | 1 | 7",
                "{\"a\":[1,{} | a list | 1 | 10",
                "'{\n' | an object | 2 | 0",
                "'{\"limit\":1,\n \"q\"' | an object | 2 | 4"
            })
    void itIsToldWithinWhatAndWhereItEnds(String json, String within, int line, int column) {
        assertEquals(
                "EOF while parsing " + within + " at line " + line + " column " + column,
                JsonEnd.fault(json.getBytes(StandardCharsets.UTF_8)));
    }
}
