package io.miroir.core.merge;

import java.math.BigDecimal;

/**
 * Which values of a facet are numbers. Nodes count numbers and texts under their spelling alone,
 * but tell the smallest and the largest number: what is beyond them, or spelled as no number is, is
 * a text.
 *
 * @param min the smallest number that a node has
 * @param max the largest
 */
public record FacetNumbers(double min, double max) {
    /** No value is a number. */
    public static final FacetNumbers NONE =
            new FacetNumbers(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

    /** True if the value is a number, as far as can be told. */
    public boolean has(String value) {
        if (min > max || !looksLikeOne(value)) {
            return false;
        }
        double number;
        try {
            number = Double.parseDouble(value);
        } catch (NumberFormatException e) {
            return false;
        }
        return number >= min && number <= max && spelled(number).equals(value);
    }

    // Most values are words: these cost no exception.
    private static boolean looksLikeOne(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c != '.' && (c != '-' || i > 0) && (c < '0' || c > '9')) {
                return false;
            }
        }
        return !value.isEmpty();
    }

    /** As nodes write it: the fewest digits that tell it from others, never an exponent. */
    private static String spelled(double number) {
        if (number == 0) {
            return 1 / number < 0 ? "-0" : "0";
        }
        return new BigDecimal(Double.toString(number)).stripTrailingZeros().toPlainString();
    }
}
