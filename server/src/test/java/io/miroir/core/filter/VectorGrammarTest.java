package io.miroir.core.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a filter begins as one on vectors does, as Meilisearch 1.50 reads it. */
class VectorGrammarTest {
    @ParameterizedTest
    @ValueSource(strings = {"_vectors ", "_vectors IS", "_vectors NOT", "_vectors 1 TO 2"})
    void behindItExistsIsExpected(String filter) {
        assertTrue(
                fault(filter)
                        .startsWith(
                                "Was expecting an operation like `EXISTS` or `NOT EXISTS` after the"
                                        + " vector filter."),
                filter);
    }

    @ParameterizedTest
    @ValueSource(strings = {"_vectors", "(_vectors)", "_vectorsx", "_vectors\"x\" EXISTS"})
    void withNothingBehindItItIsAField(String filter) {
        assertTrue(fault(filter).startsWith("Was expecting an operation `=`"), filter);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "_vectors = 1",
                "_vectors IN [1]",
                "_vectors NOT IN [1]",
                "_vectors.e NOT IN [1]",
                "_vectors IS NULL",
                "_vectors IS NOT EMPTY"
            })
    void otherConditionsSpeakOfAField(String filter) {
        assertNotNull(FilterParser.parse(filter));
    }

    @Test
    void existsSpeaksOfVectors() {
        assertInstanceOf(Filter.VectorExists.class, FilterParser.parse("_vectors EXISTS"));
        Filter.VectorExists named =
                assertInstanceOf(
                        Filter.VectorExists.class, FilterParser.parse("_vectors.e  EXISTS"));
        assertEquals("e", Objects.requireNonNull(named.embedder()).text());
        assertInstanceOf(Filter.Exists.class, FilterParser.parse("\"_vectors\" EXISTS"));
    }

    /** Shows: what is wrong is told where Meilisearch tells it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "_vectors. | The vector filter's embedder name is invalid. | 10:10",
                "_vectors.e | The vector filter has leftover tokens. | 11:11",
                "_vectors.e IS | Was expecting an operation like `EXISTS` or `NOT EXISTS` after the"
                        + " vector filter. | 12:14",
                "_vectors NOT x | Was expecting an operation like `EXISTS` or `NOT EXISTS` after the"
                        + " vector filter. | 10:15"
            },
            quoteCharacter = '"')
    void faultsHaveTheirPlaces(String filter, String fault, String place) {
        assertEquals(fault + "\n" + place + " " + filter, fault(filter));
    }

    private static String fault(String filter) {
        return assertThrows(FilterSyntaxException.class, () -> FilterParser.parse(filter)).text();
    }
}
