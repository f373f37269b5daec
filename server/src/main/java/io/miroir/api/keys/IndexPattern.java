package io.miroir.api.keys;

import io.miroir.api.IndexUid;
import java.util.Optional;

/**
 * Names one index, or with a star at its end all that begin alike.
 *
 * @param text as written
 */
public record IndexPattern(String text) {
    /** Whether a text is a pattern. */
    public static boolean isValid(String text) {
        return text.equals("*") || IndexUid.isValid(head(text));
    }

    private static String head(String text) {
        return text.endsWith("*") ? text.substring(0, text.length() - 1) : text;
    }

    /** How the indexes begin that it means; empty if it names one. */
    public Optional<String> beginning() {
        return isExact() ? Optional.empty() : Optional.of(head(text));
    }

    /** Why a text is no pattern. */
    public static String why(String text) {
        return "`"
                + head(text)
                + "` is not a valid index uid pattern. Index uid patterns can be an integer or a"
                + " string containing only alphanumeric characters, hyphens (-), underscores (_),"
                + " and optionally end with a star (*).";
    }

    /** Whether the index is meant. */
    public boolean matches(String uid) {
        return isExact() ? uid.equals(text) : uid.startsWith(head(text));
    }

    /** Whether it means every index. */
    public boolean matchesAll() {
        return text.equals("*");
    }

    /** Whether it names one index, without a star. */
    boolean isExact() {
        return !text.endsWith("*");
    }
}
