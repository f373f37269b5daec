package io.miroir.api.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.SealedValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changes of a network come out, and are refused, as Meilisearch 1.50.0 answered them. */
class NetworkTest {
    private static Network patched(Network before, String change) {
        return before.patched(NetworkRequest.fromBody(Json.parse(change)), "v");
    }

    private static final String TWO =
            """
            {"self": "a", "remotes": {
              "b": {"url": "http://b", "searchApiKey": "k"},
              "a": {"url": "http://a", "writeApiKey": "w"}},
             "shards": {"s": {"remotes": ["b", "a", "b"]}, "t": {"remotes": ["b"]}}}
            """;

    @Test
    void membersAreMergedAndNullTakesAway() {
        Network two = patched(Network.NOBODY, TWO);
        assertEquals(
                "{\"self\":\"a\",\"remotes\":{"
                        + "\"a\":{\"url\":\"http://a\",\"searchApiKey\":null,"
                        + "\"writeApiKey\":\"w\",\"status\":\"available\"},"
                        + "\"b\":{\"url\":\"http://b\",\"searchApiKey\":\"k\","
                        + "\"writeApiKey\":null,\"status\":\"available\"}},"
                        + "\"shards\":{\"s\":{\"remotes\":[\"a\",\"b\"]},"
                        + "\"t\":{\"remotes\":[\"b\"]}},"
                        + "\"leader\":null,\"version\":\"v\"}",
                Json.text(two.json()));

        Network keyless = patched(two, "{\"remotes\": {\"b\": {\"searchApiKey\": null}}}");
        assertTrue(keyless.json().at("/remotes/b/searchApiKey").isNull());
        assertEquals("http://b", keyless.json().at("/remotes/b/url").asString());

        Network one = patched(two, "{\"self\": null, \"remotes\": {\"b\": null}}");
        assertEquals("{\"s\":{\"remotes\":[\"a\"]}}", Json.text(one.json().get("shards")));
        assertTrue(one.json().get("self").isNull());

        Network moved =
                patched(
                        two,
                        "{\"shards\": {\"s\": {\"removeRemotes\": [\"a\"]},"
                                + " \"t\": {\"addRemotes\": [\"a\"]}, \"u\": {}}}");
        assertEquals(
                "{\"s\":{\"remotes\":[\"b\"]},\"t\":{\"remotes\":[\"a\",\"b\"]}}",
                Json.text(moved.json().get("shards")));
        Network none = patched(two, "{\"self\": null, \"remotes\": null, \"shards\": null}");
        assertEquals(Network.NOBODY.json().get("remotes"), none.json().get("remotes"));
        assertEquals(Network.NOBODY.json().get("shards"), none.json().get("shards"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{'leader': 'a'} | REQUIRES_ENTERPRISE_EDITION | Meilisearch Enterprise Edition is"
                        + " required to set `network.leader`",
                "{'previousRemotes': null} | UNEXPECTED_NETWORK_PREVIOUS_REMOTES | Unexpected"
                        + " `previousRemotes` in network call.",
                "{'remotes': {'c': {}}} | MISSING_NETWORK_URL | Missing field `.remotes.c.url`",
                "{'remotes': {'a': {'url': null}}} | INVALID_NETWORK_URL | Field"
                        + " `.remotes.a.url` cannot be set to `null`",
                "{'remotes': {'a': {'url': 'x'}}} | INVALID_NETWORK_URL | Invalid"
                        + " `.remotes.a.url` (`x`): relative URL without a base",
                "{'remotes': {'a': {'url': 'http://'}}} | INVALID_NETWORK_URL | Invalid"
                        + " `.remotes.a.url` (`http://`): empty host",
            })
    void faultsAreTold(String change, ErrorCode code, String message) {
        Network two = patched(Network.NOBODY, TWO);
        ApiException refused =
                assertThrows(ApiException.class, () -> patched(two, change.replace('\'', '"')));
        assertEquals(code, refused.code());
        assertTrue(refused.text().startsWith(message), refused::text);
    }

    @Test
    void aKeyThatCantBeOpenedIsMasked() {
        Network two = patched(Network.NOBODY, TWO);
        Network.replaceKeys(two.json(), key -> SealedValue.inJson("k.sealed"));
        assertEquals("XXX...", two.shown().at("/remotes/b/searchApiKey").asString());
        assertTrue(two.shown().at("/remotes/b/writeApiKey").isNull());
    }
}
