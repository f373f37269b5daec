package io.miroir.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** URLs as clients write them, and what Meilisearch says of a text that is none. */
public final class UrlText {
    private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*:.*");
    private static final List<String> WITH_HOST = List.of("http", "https");

    private UrlText() {}

    /** What is wrong with it; nothing if it is a URL. */
    public static Optional<String> fault(String text) {
        if (!SCHEME.matcher(text).matches()) {
            return Optional.of("relative URL without a base");
        }
        String scheme = text.substring(0, text.indexOf(':')).toLowerCase(Locale.ROOT);
        return WITH_HOST.contains(scheme) && !hasHost(text)
                ? Optional.of("empty host")
                : Optional.empty();
    }

    private static boolean hasHost(String text) {
        try {
            return new URI(text).getRawAuthority() != null;
        } catch (URISyntaxException unusual) {
            // Meilisearch takes more than this parser does, and escapes it.
            return text.matches("(?s)[^:]+:/*[^/?#].*");
        }
    }
}
