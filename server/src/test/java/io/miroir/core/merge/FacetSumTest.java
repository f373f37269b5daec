package io.miroir.core.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Values of facets that are texts and look like numbers. */
class FacetSumTest {
    private static FacetSum sum(Map<String, Long> texts) {
        FacetSum sum = new FacetSum();
        texts.forEach(sum::add);
        return sum;
    }

    /** Shows: years that are texts do not go before all other texts, whatever their count. */
    @Test
    void textsThatLookLikeNumbersAreOrderedAsTexts() {
        FacetSum sum = sum(Map.of("2024", 3L, "rock", 10L, "2 in 1", 1L, "20", 1L));
        assertEquals(
                List.of("rock", "2024"),
                List.copyOf(sum.result(FacetSum.Order.COUNT, 0, 2).keySet()));
        assertEquals(
                List.of("2 in 1", "20", "2024", "rock"),
                List.copyOf(sum.result(FacetSum.Order.ALPHA, 3_001, 100).keySet()));
    }

    /** Shows: a number is spelled as nodes spell it, and within the numbers that they tell of. */
    @Test
    void whatNodesWouldNotWriteIsNoNumber() {
        FacetNumbers numbers = new FacetNumbers(-2.5, 1e21);
        for (String number :
                List.of("0", "-0", "-2.5", "7", "1000000000000000000000", "0.1", "0.0000001")) {
            assertTrue(numbers.has(number), number);
        }
        for (String text :
                List.of("007", "1e5", "2.0", "-3", "", ".", "-", "1.2.3", "2-1", "20 ", "+1")) {
            assertFalse(numbers.has(text), text);
        }
        assertFalse(FacetNumbers.NONE.has("7"));
    }
}
