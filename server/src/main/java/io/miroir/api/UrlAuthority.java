package io.miroir.api;

import org.jspecify.annotations.Nullable;

/**
 * What stands in a URL before its path, as it is written there.
 *
 * @param userInfo a name, and a password behind the last colon; null without
 * @param port null without a colon before it
 */
record UrlAuthority(@Nullable String userInfo, String host, @Nullable String port) {
    static UrlAuthority of(String text) {
        int at = text.lastIndexOf('@');
        String place = text.substring(at + 1);
        int colon = portColon(place);
        return new UrlAuthority(
                at < 0 ? null : text.substring(0, at),
                colon < 0 ? place : place.substring(0, colon),
                colon < 0 ? null : place.substring(colon + 1));
    }

    /** The colon before a port: those between brackets are of an address. */
    private static int portColon(String place) {
        boolean inBrackets = false;
        for (int i = 0; i < place.length(); i++) {
            char c = place.charAt(i);
            if (c == '[' || c == ']') {
                inBrackets = c == '[';
            } else if (c == ':' && !inBrackets) {
                return i;
            }
        }
        return -1;
    }
}
