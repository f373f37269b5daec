package io.miroir.core.merge;

import java.text.Normalizer;
import java.util.Locale;

/** When two facet values are one: compatibility decomposition and lower case, as nodes do it. */
public final class FacetText {
    private FacetText() {}

    /** The form by which values are counted and ordered. */
    public static String normalize(String value) {
        if (isPlain(value)) {
            return value;
        }
        return Normalizer.normalize(value.strip(), Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
    }

    private static boolean isPlain(String value) {
        if (value.isEmpty() || value.charAt(0) == ' ' || value.charAt(value.length() - 1) == ' ') {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~' || (c >= 'A' && c <= 'Z')) {
                return false;
            }
        }
        return true;
    }
}
