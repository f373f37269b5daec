package io.miroir.core.merge;

import java.util.Comparator;

/** Orders texts as their UTF-8 bytes, which is how Meilisearch compares them. */
public final class Utf8Order {
    /** The comparator; ascending. */
    public static final Comparator<String> ASCENDING = Utf8Order::compare;

    private static final int FIRST_SURROGATE = 0xD800;

    private Utf8Order() {}

    /** Negative if {@code left} comes first. */
    public static int compare(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                return weight(a) - weight(b);
            }
        }
        return left.length() - right.length();
    }

    /**
     * UTF-16 puts surrogates below the last block of the plane that they are all above; everything
     * else is in the order of code points, as UTF-8 is.
     */
    private static int weight(char unit) {
        if (unit < FIRST_SURROGATE) {
            return unit;
        }
        return Character.isSurrogate(unit) ? unit + Character.MAX_VALUE : unit;
    }
}
