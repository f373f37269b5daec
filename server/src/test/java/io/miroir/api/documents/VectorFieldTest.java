package io.miroir.api.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Meilisearch 1.50 answered to vectors of documents with the embedder m of 2 dimensions. */
class VectorFieldTest {
    private static final Map<String, Integer> DIMENSIONS = Map.of("m", 2);
    private static final String BAD = "Bad embedder configuration in the document with id: `7`. ";

    private static Optional<VectorField.Fault> check(String json, Map<String, Integer> dimensions) {
        return VectorField.check("7", Json.parse(json), dimensions);
    }

    private static void assertFault(String json, boolean early, String code, String message) {
        VectorField.Fault fault = check(json, DIMENSIONS).orElseThrow();
        assertEquals(message, fault.error().text());
        assertEquals(code, fault.error().code().wireName());
        assertEquals(early, fault.early());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"m\":null}",
                "{\"m\":[]}",
                "{\"m\":[1,2]}",
                "{\"m\":[-1,2.5]}",
                "{\"m\":[1e40,1]}",
                "{\"m\":[[1,2],[3,4]]}",
                "{\"m\":{\"regenerate\":true}}",
                "{\"m\":{\"regenerate\":false,\"embeddings\":null}}",
                "{\"m\":{\"regenerate\":false,\"embeddings\":[]}}",
                "{\"m\":{\"embeddings\":[1,2],\"regenerate\":true}}",
                "{\"other\":[\"a\"]}",
                "{\"other\":{\"regenerate\":true,\"embeddings\":5}}",
            })
    void whatMayBe(String json) {
        assertTrue(check(json, DIMENSIONS).isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "5 | integer `5` | 1",
                "-7 | integer `-7` | 2",
                "1.5 | floating point `1.5` | 3",
                "\"x\" | string \"x\" | 3",
                "\"a\\\"b\" | string \"a\\\"b\" | 6",
                "[1,2] | sequence | 0",
                "null | null | 4",
                "true | boolean `true` | 4",
            })
    void theFieldIsAnObject(String json, String kind, int column) {
        assertFault(
                json,
                true,
                "internal",
                "invalid type: " + kind + ", expected a map at line 1 column " + column);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "5 | integer `5`",
                "-3 | integer `-3`",
                "1.5 | number `1.5`",
                "\"x\" | string `x`",
                "true | boolean `true`",
            })
    void anEntryIsOfThreeKinds(String json, String kind) {
        for (String name : new String[] {"m", "other"}) {
            assertFault(
                    "{\"" + name + "\":" + json + "}",
                    true,
                    "invalid_vectors_type",
                    BAD
                            + "Expected `._vectors."
                            + name
                            + "` to be an array of floats, an array of arrays of floats, or an"
                            + " object with at least the field `regenerate`, but got the "
                            + kind);
        }
    }

    @Test
    void anObjectSaysWhetherToRegenerate() {
        for (String entry : new String[] {"{}", "{\"embeddings\":[1,2]}"}) {
            assertFault(
                    "{\"m\":" + entry + "}",
                    true,
                    "invalid_vectors_type",
                    BAD
                            + "Missing field `._vectors.m.regenerate`\n  - note: `._vectors.m` must"
                            + " be an array of floats, an array of arrays of floats, or an object"
                            + " with field `regenerate`");
        }
        assertFault(
                "{\"m\":{\"regenerate\":1}}",
                true,
                "invalid_vectors_type",
                BAD
                        + "Could not parse `._vectors.m.regenerate`: invalid type: integer `1`,"
                        + " expected a boolean at line 1 column 15");
        assertFault(
                "{\"m\":{\"regenerate\":false,\"foo\":1}}",
                true,
                "invalid_vectors_type",
                BAD + "Could not parse `._vectors.m`: trailing characters at line 1 column 26");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "[1,\"x\"] | `._vectors.m[1]`: expected a number, but found a string: `\"x\"`",
                "[\"x\",1] | `._vectors.m[0]`: expected a number or an array, but found a string:"
                        + " `\"x\"`",
                "[[1,2],\"x\"] | `._vectors.m[1]`: expected an array, but found a string: `\"x\"`",
                "[[1,2],3] | `._vectors.m[1]`: expected an array, but found a positive integer: `3`",
                "[1,[2]] | `._vectors.m[1]`: expected a number, but found an array: `[2]`",
                "[null,1] | `._vectors.m[0]`: expected a number or an array, but found null",
                "[1,null] | `._vectors.m[1]`: expected a number, but found null",
                "[[1,null]] | `._vectors.m[0][1]`: expected a number, but found null",
                "{\"regenerate\":false,\"embeddings\":5} | `._vectors.m.embeddings`: expected null or"
                        + " an array, but found a positive integer: `5`",
            })
    void vectorsAreNumbers(String json, String why) {
        assertFault(
                "{\"m\":" + json + "}",
                false,
                "invalid_vectors_type",
                BAD + "Invalid value type at " + why);
        assertTrue(check("{\"m\":" + json + "}", Map.of()).isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1] | 0 | 1",
                "[1,2,3] | 0 | 3",
                "[[]] | 0 | 0",
                "[[1,2],[1,2,3]] | 1 | 3",
                "{\"regenerate\":false,\"embeddings\":[[1,2],[1]]} | 1 | 1",
            })
    void vectorsHaveTheEmbeddersDimensions(String json, int index, int found) {
        assertFault(
                "{\"m\":" + json + "}",
                false,
                "invalid_vector_dimensions",
                "Invalid vector dimensions in document with id `7` in `._vectors.m`.\n"
                        + "  - note: embedding #"
                        + index
                        + " has dimensions "
                        + found
                        + "\n  - note: embedder `m` requires 2");
    }
}
