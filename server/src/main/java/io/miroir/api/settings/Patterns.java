package io.miroir.api.settings;

import java.util.Collection;

/** How names of attributes are matched. */
public final class Patterns {
    private Patterns() {}

    /** What a name is to a pattern. */
    public enum Match {
        NONE,
        /** The name does not match, but attributes nested in it may. */
        PARENT,
        FULL
    }

    /** Whether {@code path} is {@code attribute} itself or nested in it. */
    public static boolean isWithin(String path, String attribute) {
        return path.startsWith(attribute)
                && (path.length() == attribute.length() || path.charAt(attribute.length()) == '.');
    }

    /** Matches a pattern that may begin or end with a star. */
    public static Match match(String pattern, String path) {
        boolean head = pattern.startsWith("*");
        boolean tail = pattern.endsWith("*");
        boolean full;
        if (pattern.equals("*")) {
            full = true;
        } else if (head && tail) {
            full = path.contains(pattern.substring(1, pattern.length() - 1));
        } else if (head) {
            full = path.endsWith(pattern.substring(1));
        } else if (tail) {
            full = path.startsWith(pattern.substring(0, pattern.length() - 1));
        } else {
            full = pattern.equals(path);
        }
        return full ? Match.FULL : isWithin(pattern, path) ? Match.PARENT : Match.NONE;
    }

    /** Matches a name without stars, which stands for what is nested in it as well. */
    public static Match matchNested(String attribute, String path) {
        if (isWithin(path, attribute)) {
            return Match.FULL;
        }
        return isWithin(attribute, path) ? Match.PARENT : Match.NONE;
    }

    /** Whether a path is one of the attributes or nested in one. */
    public static boolean isWithinAny(String path, Collection<String> attributes) {
        for (String attribute : attributes) {
            if (isWithin(path, attribute)) {
                return true;
            }
        }
        return false;
    }
}
