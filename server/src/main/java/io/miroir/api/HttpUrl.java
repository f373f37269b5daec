package io.miroir.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a URL of http or https leads, in letters that every client can send.
 *
 * @param userInfo a name and a password as they stand in the URL; null without
 * @param host a name in letters of ASCII, or an address
 * @param port negative for that of the scheme
 * @param target path and query, of which all else is percent-encoded
 */
public record HttpUrl(
        String scheme, @Nullable String userInfo, String host, int port, String target) {
    /** What a client of HTTP can call. */
    static final Set<String> SCHEMES = Set.of("http", "https");

    /** Besides letters and digits. */
    private static final String IN_TARGET = "-._~!$&'()*+,;=:@/?";

    private static final String IN_QUERY = "[]";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /**
     * What was parted.
     *
     * @param authority without a fault
     * @param rest what stands behind it
     */
    static HttpUrl of(String scheme, UrlAuthority authority, String rest) {
        String port = authority.port();
        int fragment = rest.indexOf('#');
        String target = encoded(fragment < 0 ? rest : rest.substring(0, fragment));
        return new HttpUrl(
                scheme,
                authority.userInfo(),
                UrlHost.canonical(authority.host()),
                port == null || port.isEmpty() ? -1 : Integer.parseInt(port),
                target.startsWith("/") ? target : "/" + target);
    }

    /**
     * For Java's clients, without the name and the password. Nothing where these know no such host;
     * where they take its name for none, as one with an underscore, {@link URI#getHost} is null.
     */
    public Optional<URI> uri() {
        try {
            String place = port < 0 ? host : host + ":" + port;
            return Optional.of(new URI(scheme + "://" + place + target));
        } catch (URISyntaxException none) {
            return Optional.empty();
        }
    }

    /** Whether it is one of https. */
    public boolean isSecure() {
        return scheme.equals("https");
    }

    /** The header by which the name and the password are told; nothing without. */
    public Optional<String> authorization() {
        if (userInfo == null) {
            return Optional.empty();
        }
        String both = userInfo.indexOf(':') < 0 ? userInfo + ":" : userInfo;
        byte[] utf8 = both.getBytes(StandardCharsets.UTF_8);
        return Optional.of("Basic " + Base64.getEncoder().encodeToString(utf8));
    }

    private static String encoded(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        StringBuilder encoded = new StringBuilder(utf8.length);
        boolean inQuery = false;
        for (int i = 0; i < utf8.length; i++) {
            char c = (char) (utf8[i] & 0xff);
            inQuery |= c == '?';
            if (c == '\\' && i == 0) {
                // It ended the host: what is further on Meilisearch sends as it is.
                encoded.append('/');
            } else if (isPlain(c)
                    || (inQuery && IN_QUERY.indexOf(c) >= 0)
                    || (c == '%' && isHex(utf8, i + 1) && isHex(utf8, i + 2))) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.toHexDigits(utf8[i]));
            }
        }
        return encoded.toString();
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || IN_TARGET.indexOf(c) >= 0;
    }

    private static boolean isHex(byte[] utf8, int at) {
        return at < utf8.length && HexFormat.isHexDigit(utf8[at]);
    }
}
