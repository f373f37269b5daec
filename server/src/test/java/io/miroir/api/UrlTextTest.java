package io.miroir.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is a URL to Meilisearch, which reads it as browsers do, and what it says of the rest. */
class UrlTextTest {
    @Test
    void slashesMayBeMissing() {
        for (String url :
                List.of(
                        "http:host",
                        "HTTP:/host",
                        "http:\\\\host\\path",
                        "  http://host  ",
                        "http://ho\nst",
                        "ws:host",
                        "x:y",
                        "x://",
                        "file:",
                        "file:///c:/d",
                        "localhost:7700",
                        "mailto:a@b")) {
            assertEquals(Optional.empty(), UrlText.fault(url), url);
        }
        for (String text : List.of("", "host", "/path", "//host", ":x", "1http:x", "a b:c")) {
            assertFault("relative URL without a base", text);
        }
    }

    @Test
    void theHostIsNotEmpty() {
        for (String url :
                List.of("http:", "http://", "http:///", "http:?x", "http://user@", "http://:80")) {
            assertFault("empty host", url);
        }
        assertFault("empty host", "x://:80");
    }

    @Test
    void portsAreOfSixteenBits() {
        for (String port : List.of("", "0", "80", "65535", "0000065535")) {
            assertEquals(Optional.empty(), UrlText.fault("http://host:" + port), port);
        }
        for (String port : List.of("65536", "99999", "999999999999", "-1", "x", "80x", "8 0")) {
            assertFault("invalid port number", "http://host:" + port);
        }
        assertFault("invalid port number", "HTTP:host:70000/path");
        assertFault("invalid port number", "http://user:pw@host:70000");
        assertFault("invalid port number", "http://[::1]:65536");
        assertFault("invalid port number", "x://host:70000");
        assertEquals(Optional.empty(), UrlText.fault("http://host/:70000"));
    }

    @Test
    void namesHaveNoOtherCharacters() {
        for (String host : List.of("a b", "a^b", "a|b", "a<b", "%zz", "a%20b", "a%2fb", "xn--")) {
            assertFault("invalid international domain name", "http://" + host);
        }
        for (String host : List.of("ex\u00e4mple", "a%41", "a_b", "-a", "a..b", "a".repeat(300))) {
            assertEquals(Optional.empty(), UrlText.fault("http://" + host), host);
        }
        assertFault("invalid domain character", "x://a b");
        assertFault("invalid international domain name", "file://host:80");
    }

    @Test
    void whatEndsInANumberIsAnAddress() {
        for (String host : List.of("1.2.3.4", "1.2.3", "0x7f.1", "4294967295", "[::1]", "a.1x")) {
            assertEquals(Optional.empty(), UrlText.fault("http://" + host), host);
        }
        for (String host : List.of("1.2.3.4.5", "256.1.1.1", "1.2.3.256", "4294967296", "a.1")) {
            assertFault("invalid IPv4 address", "http://" + host);
        }
        for (String host : List.of("[::1", "[x]", "[]", "[1.2.3.4]", "[::%1]")) {
            assertFault("invalid IPv6 address", "http://" + host);
        }
    }

    /** In the time that its length takes: whoever may make a webhook sends what they like. */
    @Test
    @Timeout(60)
    void aLongRunOfBlanksIsPassedOver() {
        String blanks = " ".repeat(60_000);
        for (int i = 0; i < 200; i++) {
            assertFault("invalid international domain name", "http://a" + blanks + "b");
            assertEquals(Optional.empty(), UrlText.fault(blanks + "http://a"));
        }
    }

    @Test
    void aUrlHasALength() {
        String longest = "x:" + "a".repeat(UrlText.CHARS_MAX - 2);
        assertEquals(Optional.empty(), UrlText.fault(longest));
        assertEquals(longest, UrlText.shown(longest));
        assertFault("longer than 65534 characters", longest + "a");
        assertEquals(103, UrlText.shown(longest + "a").length());
        assertFault(
                "invalid international domain name",
                "http://xn--" + "a".repeat(60_000) + ".example");
    }

    /** What a receiver is asked for is what Meilisearch asks it for. */
    @Test
    void aUrlLeadsWhereBrowsersGo() {
        for (List<String> pair :
                List.of(
                        List.of(" http://host ", "http://host/"),
                        List.of("http://host/a b", "http://host/a%20b"),
                        List.of("http://host/{a}|\"^`<>", "http://host/%7Ba%7D%7C%22%5E%60%3C%3E"),
                        List.of("http://host/p?q={}[]\"#rest", "http://host/p?q=%7B%7D[]%22"),
                        List.of("http://host/[]\u00e9", "http://host/%5B%5D%C3%A9"),
                        List.of("http://host/%41%zz%4", "http://host/%41%25zz%254"),
                        List.of("http:\\\\host\\p?\\", "http://host/p?%5C"),
                        List.of("http://host/a\\b", "http://host/a%5Cb"),
                        List.of("HTTP:HOST:8080?a#b", "http://host:8080/?a"),
                        List.of("http://ho\nst:", "http://host/"),
                        List.of("http://ex\u00e4mple.org", "http://xn--exmple-cua.org/"),
                        List.of("http://a%41", "http://aa/"),
                        List.of("http://0x7f.1", "http://127.0.0.1/"),
                        List.of("http://4294967295.", "http://255.255.255.255/"),
                        List.of("http://1.2.3.4", "http://1.2.3.4/"),
                        List.of("https://[::1]:80/", "https://[::1]:80/"),
                        List.of("http://user:p@w@host", "http://host/"),
                        List.of("http://a_b:81/", "http://a_b:81/"),
                        List.of("http://-a..b", "http://-a..b/"))) {
            assertEquals(
                    Optional.of(pair.getLast()),
                    UrlText.http(pair.getFirst()).flatMap(HttpUrl::uri).map(URI::toString),
                    pair.getFirst());
        }
        for (String url :
                List.of("http://", "host", "ftp://host", "localhost:7700", "http://a{b}")) {
            assertEquals(Optional.empty(), UrlText.http(url).flatMap(HttpUrl::uri), url);
        }
    }

    @Test
    void aNameInAUrlIsToldInAHeader() {
        assertEquals(Optional.of("Basic dTpwOnc="), authorization("http://u:p:w@host"));
        assertEquals(Optional.of("Basic dTo="), authorization("http://u@host"));
        assertEquals(Optional.empty(), authorization("http://host/@"));
    }

    private static Optional<String> authorization(String url) {
        return UrlText.http(url).orElseThrow().authorization();
    }

    private static void assertFault(String fault, String url) {
        assertEquals(Optional.of(fault), UrlText.fault(url), url);
    }
}
