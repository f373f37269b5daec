package io.miroir.core.merge;

/**
 * A document's value of a sorted attribute, as score details show it: already normalised, and the
 * smallest or largest of an array already chosen.
 */
public sealed interface SortKey {
    /** A number; goes before any text, in both directions. */
    record Numeric(double value) implements SortKey {}

    /** A text, compared by its UTF-8 bytes. */
    record Text(String value) implements SortKey {}

    /** No value; goes last, in both directions. */
    record Missing() implements SortKey {}

    /** The one key without value. */
    SortKey MISSING = new Missing();

    /** Negative if {@code left} is shown before {@code right}. */
    static int compare(boolean ascending, SortKey left, SortKey right) {
        return switch (left) {
            case Numeric(double a) ->
                    switch (right) {
                        case Numeric(double b) -> {
                            // Not Double.compare: a negative zero is no smaller than zero.
                            int order = a < b ? -1 : a > b ? 1 : 0;
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
