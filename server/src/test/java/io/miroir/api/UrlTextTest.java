package io.miroir.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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

    private static void assertFault(String fault, String url) {
        assertEquals(Optional.of(fault), UrlText.fault(url), url);
    }
}
