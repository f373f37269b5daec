package io.miroir.core.merge;

/**
 * A document's value of a sorted attribute, as score details show it: already normalised, and the
 * smallest or largest of an array already chosen.
 */
public sealed interface SortKey {
    /** A number; goes before any text, in both directions. */
    record Numeric(double value) implements SortKey {
        /**
         * Negative if {@code left} is the smaller one; nodes keep zero and, after it, minus zero.
         */
        private static int compare(double left, double right) {
            return left == right
                    ? Long.compareUnsigned(
                            Double.doubleToRawLongBits(left), Double.doubleToRawLongBits(right))
                    : Double.compare(left, right);
        }
    }

    /** A text, compared by its UTF-8 bytes. */
    record Text(String value) implements SortKey {}

    /** No value; goes last, in both directions. */
    record Missing() implements SortKey {}

    /** The one key without value. */
    SortKey MISSING = new Missing();

    /** The same to whoever compares values, and not the places where a node keeps them. */
    static SortKey asValue(SortKey key) {
        // The sum of minus zero and zero is zero.
        return key instanceof Numeric(double value) ? new Numeric(value + 0.0) : key;
    }

    /** Negative if {@code left} is shown before {@code right}. */
    static int compare(boolean ascending, SortKey left, SortKey right) {
        return switch (left) {
            case Numeric(double a) ->
                    switch (right) {
                        case Numeric(double b) -> {
                            int order = Numeric.compare(a, b);
                            yield ascending ? order : -order;
                        }
                        case Text _, Missing _ -> -1;
                    };
            case Text(String a) ->
                    switch (right) {
                        case Numeric _ -> 1;
                        case Text(String b) ->
                                ascending ? Utf8Order.compare(a, b) : Utf8Order.compare(b, a);
                        case Missing _ -> -1;
                    };
            case Missing _ -> right instanceof Missing ? 0 : 1;
        };
    }
}
