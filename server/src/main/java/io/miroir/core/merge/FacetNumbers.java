package io.miroir.core.merge;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which values of a facet are numbers. Nodes count numbers and texts under their spelling alone,
 * but tell the smallest and the largest number, and list numbers before texts: what is beyond
 * these, spelled as no number is, or behind another text is a text.
 */
public final class FacetNumbers {
    private final Set<String> sure = new HashSet<>();
    private final Set<String> open = new LinkedHashSet<>();
    private boolean texts;

    /**
     * What a node tells of the values of a facet.
     *
     * @param min the smallest number that the node has
     * @param max the largest; less than {@code min} if it has none
     * @param values in the node's order
     */
    public FacetNumbers(double min, double max, Collection<String> values) {
        List<String> inOrder = List.copyOf(values);
        int lastNumber =
                min > max
                        ? -1
                        : Math.max(
                                inOrder.lastIndexOf(spelled(min)),
                                inOrder.lastIndexOf(spelled(max)));
        for (int i = 0; i < inOrder.size(); i++) {
            String value = inOrder.get(i);
            if (texts || !isSpelledAsOne(value, min, max)) {
                texts |= i > lastNumber;
            } else if (i <= lastNumber) {
                sure.add(value);
            } else {
                open.add(value);
            }
        }
    }

    /** True if the value is a number, as far as can be told. */
    public boolean has(String value) {
        return sure.contains(value) || open.contains(value);
    }

    /** What may be a number or a text; nothing else says which. */
    public Set<String> open() {
        return open;
    }

    /** Whether some values are texts. */
    public boolean hasTexts() {
        return texts;
    }

    private static boolean isSpelledAsOne(String value, double min, double max) {
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
