package io.miroir.core.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /**
     * Shows: where numbers fill the room, one server goes on with all texts, if it reads values
     * from its database; from few documents' values it takes as many as there is room for.
     */
    @Test
    void textsBehindNumbersThatFillTheRoomAreAllShown() {
        FacetSum sum = sum(Map.of("a", 1L, "b", 2L, "c", 3L));
        sum.addNumber("10", 5);
        sum.addNumber("9", 4);
        assertEquals(List.of("10", "9", "c", "b", "a"), shown(sum, FacetSum.Order.COUNT, 0, 2));
        assertEquals(List.of("10", "c", "b", "a"), shown(sum, FacetSum.Order.COUNT, 0, 1));
        assertEquals(List.of("10", "9", "c"), shown(sum, FacetSum.Order.COUNT, 0, 3));
        assertEquals(List.of("10", "9", "c", "b", "a"), shown(sum, FacetSum.Order.COUNT, 0, 0));
        assertEquals(List.of("9", "10", "a", "b", "c"), shown(sum, FacetSum.Order.ALPHA, 3_001, 2));
        assertEquals(List.of("10", "9"), shown(sum, FacetSum.Order.ALPHA, 3_000, 2));
        assertEquals(List.of(), shown(sum, FacetSum.Order.ALPHA, 3_000, 0));
    }

    private static List<String> shown(
            FacetSum sum, FacetSum.Order order, long candidates, int valuesMax) {
        return List.copyOf(sum.result(order, candidates, valuesMax).keySet());
    }

    /**
     * Shows: of values that were searched for and are counted alike, a later one takes the place of
     * the one whose spelling is the least, whatever that of its own is.
     */
    @Test
    void whatIsFoundLaterTakesThePlaceOfTheLeastSpelling() {
        FacetSum sum = sum(Map.of("apple", 1L, "banana", 1L, "Zebra", 1L, "fig", 2L));
        assertEquals(
                List.of("fig", "banana", "Zebra"),
                List.copyOf(sum.found(FacetSum.Order.COUNT, true, 3).keySet()));
        assertEquals(
                List.of("fig", "Zebra"),
                List.copyOf(sum.found(FacetSum.Order.COUNT, false, 2).keySet()));
        assertEquals(Map.of(), sum.found(FacetSum.Order.COUNT, false, 0));
        assertEquals(
                List.of("apple", "banana"),
                List.copyOf(sum.found(FacetSum.Order.ALPHA, true, 2).keySet()));
    }

    /** Shows: a number is spelled as nodes spell it, and within the numbers that they tell of. */
    @Test
    void whatNodesWouldNotWriteIsNoNumber() {
        List<String> written =
                List.of("0", "-0", "-2.5", "7", "1000000000000000000000", "0.1", "0.0000001");
        FacetNumbers numbers = new FacetNumbers(-2.5, 1e21, written);
        for (String number : written) {
            assertTrue(numbers.has(number), number);
        }
        for (String text :
                List.of("007", "1e5", "2.0", "-3", "", ".", "-", "1.2.3", "2-1", "20 ", "+1")) {
            assertFalse(new FacetNumbers(-2.5, 1e21, List.of(text)).has(text), text);
        }
        FacetNumbers none =
                new FacetNumbers(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, List.of("7"));
        assertFalse(none.has("7"));
        assertTrue(none.hasTexts());
    }

    /**
     * Shows: nodes list numbers first, so that what is before the smallest or the largest is one,
     * what is behind a text is none, and what is between them may be either.
     */
    @Test
    void theOrderOfValuesTellsNumbersFromTexts() {
        FacetNumbers numbers = new FacetNumbers(1, 4, List.of("2", "4", "1", "3", "a", "2.5"));
        assertEquals(Set.of("3"), numbers.open());
        assertTrue(numbers.has("2") && numbers.has("4") && numbers.has("1") && numbers.has("3"));
        assertFalse(numbers.has("a") || numbers.has("2.5"));
        assertTrue(numbers.hasTexts());
        assertFalse(new FacetNumbers(1, 4, List.of("4", "1")).hasTexts());
    }

    /** Shows: a text takes the count of a number that is spelled alike, but not its place. */
    @Test
    void aTextTakesTheCountOfANumber() {
        FacetSum sum = sum(Map.of("1.5", 2L, "a", 9L));
        sum.addNumber("1.5", 5);
        assertEquals(Map.of("1.5", 2L, "a", 9L), sum.result(FacetSum.Order.COUNT, 0, 1));
        assertEquals(List.of("1.5", "a"), shown(sum, FacetSum.Order.COUNT, 0, 1));
        sum.takeOff("1.5");
        sum.takeOff("1.5");
        assertEquals(5, sum.result(FacetSum.Order.COUNT, 0, 9).get("1.5"));
    }
}
