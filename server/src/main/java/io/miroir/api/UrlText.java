package io.miroir.api;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * URLs as clients write them, and what Meilisearch says of a text that is none. It reads them as
 * browsers do (URL Standard), other than {@link java.net.URI}: slashes may be missing.
 */
public final class UrlText {
    /** Longer ones are refused: nobody can call them, not even Meilisearch, which takes them. */
    public static final int CHARS_MAX = 65_534;

    /** Of one that is too long. */
    private static final int SHOWN_CHARS = 100;

    private static final Pattern PASSED_OVER = Pattern.compile("[\\t\\n\\r]");
    private static final Pattern SCHEME =
            Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*):(.*)", Pattern.DOTALL);
    private static final Pattern SLASHES = Pattern.compile("^[/\\\\]+");
    private static final Pattern DRIVE = Pattern.compile("[a-zA-Z][:|]");
    private static final Pattern PORT = Pattern.compile("0*[0-9]{0,5}");
    private static final int PORT_MAX = 65_535;

    /** These name a host, and a backslash is a slash. */
    private static final Set<String> WITH_HOST = Set.of("http", "https", "ws", "wss", "ftp");

    private UrlText() {}

    /** What is wrong with it; nothing if it is a URL. */
    public static Optional<String> fault(String text) {
        if (text.length() > CHARS_MAX) {
            return Optional.of("longer than " + CHARS_MAX + " characters");
        }
        Matcher parts = parts(text);
        if (!parts.matches()) {
            return Optional.of("relative URL without a base");
        }
        String scheme = parts.group(1).toLowerCase(Locale.ROOT);
        String rest = parts.group(2);
        if (WITH_HOST.contains(scheme)) {
            return fault(UrlAuthority.of(upTo("/\\?#", withoutSlashes(rest))), true);
        }
        if (scheme.equals("file")) {
            return faultOfFile(rest.replace('\\', '/'));
        }
        return rest.startsWith("//")
                ? fault(UrlAuthority.of(upTo("/?#", rest.substring(2))), false)
                : Optional.empty();
    }

    /** The text as faults tell it: of one that is too long, its beginning. */
    public static String shown(String text) {
        return text.length() > CHARS_MAX ? text.substring(0, SHOWN_CHARS) + "..." : text;
    }

    /** Where it leads; nothing if it is no URL, or none of http or https. */
    public static Optional<HttpUrl> http(String text) {
        Matcher parts = parts(text);
        if (fault(text).isPresent() || !parts.matches()) {
            return Optional.empty();
        }
        String scheme = parts.group(1).toLowerCase(Locale.ROOT);
        if (!HttpUrl.SCHEMES.contains(scheme)) {
            return Optional.empty();
        }
        String rest = withoutSlashes(parts.group(2));
        String authority = upTo("/\\?#", rest);
        return Optional.of(
                HttpUrl.of(scheme, UrlAuthority.of(authority), rest.substring(authority.length())));
    }

    private static Matcher parts(String text) {
        // Blanks around are what trim takes for them: all characters up to a space.
        return SCHEME.matcher(PASSED_OVER.matcher(text.trim()).replaceAll(""));
    }

    private static String withoutSlashes(String rest) {
        return SLASHES.matcher(rest).replaceFirst("");
    }

    private static Optional<String> faultOfFile(String rest) {
        String host = rest.startsWith("//") ? upTo("/?#", rest.substring(2)) : "";
        return host.isEmpty() || DRIVE.matcher(host).matches()
                ? Optional.empty()
                : UrlHost.fault(host);
    }

    private static Optional<String> fault(UrlAuthority authority, boolean special) {
        String host = authority.host();
        String port = authority.port();
        if (host.isEmpty()) {
            return special || port != null ? Optional.of(UrlHost.EMPTY) : Optional.empty();
        }
        Optional<String> ofHost = special ? UrlHost.fault(host) : UrlHost.faultOfOpaque(host);
        return ofHost.isPresent() || port == null || isPort(port)
                ? ofHost
                : Optional.of("invalid port number");
    }

    private static boolean isPort(String port) {
        return PORT.matcher(port).matches() && (port.isEmpty() || Long.parseLong(port) <= PORT_MAX);
    }

    private static String upTo(String ends, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (ends.indexOf(text.charAt(i)) >= 0) {
                return text.substring(0, i);
            }
        }
        return text;
    }
}
