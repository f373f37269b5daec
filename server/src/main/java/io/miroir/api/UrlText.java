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
    private static final Pattern AROUND = Pattern.compile("^[\\x00-\\x20]+|[\\x00-\\x20]+$");
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
        String url = PASSED_OVER.matcher(AROUND.matcher(text).replaceAll("")).replaceAll("");
        Matcher parts = SCHEME.matcher(url);
        if (!parts.matches()) {
            return Optional.of("relative URL without a base");
        }
        String scheme = parts.group(1).toLowerCase(Locale.ROOT);
        String rest = parts.group(2);
        if (WITH_HOST.contains(scheme)) {
            return faultOfAuthority(upTo("/\\?#", SLASHES.matcher(rest).replaceFirst("")), true);
        }
        if (scheme.equals("file")) {
            return faultOfFile(rest.replace('\\', '/'));
        }
        return rest.startsWith("//")
                ? faultOfAuthority(upTo("/?#", rest.substring(2)), false)
                : Optional.empty();
    }

    private static Optional<String> faultOfFile(String rest) {
        String host = rest.startsWith("//") ? upTo("/?#", rest.substring(2)) : "";
        return host.isEmpty() || DRIVE.matcher(host).matches()
                ? Optional.empty()
                : UrlHost.fault(host);
    }

    private static Optional<String> faultOfAuthority(String authority, boolean special) {
        String place = authority.substring(authority.lastIndexOf('@') + 1);
        int colon = portColon(place);
        String host = colon < 0 ? place : place.substring(0, colon);
        if (host.isEmpty()) {
            return special || colon == 0 ? Optional.of(UrlHost.EMPTY) : Optional.empty();
        }
        Optional<String> ofHost = special ? UrlHost.fault(host) : UrlHost.faultOfOpaque(host);
        return ofHost.isPresent() || colon < 0 || isPort(place.substring(colon + 1))
                ? ofHost
                : Optional.of("invalid port number");
    }

    private static boolean isPort(String port) {
        return PORT.matcher(port).matches() && (port.isEmpty() || Long.parseLong(port) <= PORT_MAX);
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

    private static String upTo(String ends, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (ends.indexOf(text.charAt(i)) >= 0) {
                return text.substring(0, i);
            }
        }
        return text;
    }
}
