package io.miroir.api.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AuthorizerTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final MasterKey MASTER = new MasterKey("masterkeymasterkey");
    private static final String UID = "6062abda-a5aa-4414-ac91-ecd7944c0f8d";

    private final Map<String, ApiKey> stored = new HashMap<>();
    private final Authorizer authorizer =
            Authorizer.of(MASTER, new KeyRing(() -> KnownKeys.of(stored.values()), MASTER));

    private String key(String actions, String indexes, String expiresAt) {
        ApiKey key =
                KeyRequests.create(
                        Json.parse(
                                "{\"uid\":\""
                                        + UID
                                        + "\",\"actions\":"
                                        + actions
                                        + ",\"indexes\":"
                                        + indexes
                                        + ",\"expiresAt\":"
                                        + expiresAt
                                        + "}"),
                        NOW,
                        () -> UID);
        stored.put(UID, key);
        return "Bearer " + MASTER.valueOf(UID);
    }

    private Access pass(@Nullable String header, Action action, @Nullable String index) {
        return authorizer.authorize(header, action, index, NOW);
    }

    private ApiException refused(@Nullable String header, Action action, @Nullable String index) {
        return assertThrows(ApiException.class, () -> pass(header, action, index));
    }

    /** The value of a key is HMAC-SHA256 of its uid; the expected one comes from Python's hmac. */
    @Test
    void valuesFollowFromTheMasterKey() {
        assertEquals(
                "0a59d4350175a04c2783b423c342ca84c4c4be219935173dfbbe05cc34503e39",
                MASTER.valueOf(UID));
        assertFalse(MASTER.toString().contains("masterkey"));
    }

    @Test
    void theMasterKeyOpensEverything() {
        assertTrue(pass("Bearer masterkeymasterkey", Action.KEYS_ADD, null).allowsAll());
    }

    @Test
    void withoutABearerNobodyPasses() {
        assertEquals(
                ErrorCode.MISSING_AUTHORIZATION_HEADER,
                refused(null, Action.INDEXES_GET, null).code());
        assertEquals(
                ErrorCode.MISSING_AUTHORIZATION_HEADER,
                refused("Basic abc", Action.INDEXES_GET, null).code());
        assertEquals(
                ErrorCode.MISSING_AUTHORIZATION_HEADER,
                refused("bearer masterkeymasterkey", Action.INDEXES_GET, null).code());
        assertEquals(ErrorCode.INVALID_API_KEY, refused("Bearer", Action.INDEXES_GET, null).code());
        assertEquals(ErrorCode.INVALID_API_KEY, refused("Bearer nope", Action.SEARCH, "x").code());
    }

    @Test
    void aKeyDoesWhatItMayWhereItMay() {
        String bearer = key("[\"documents.*\"]", "[\"film-*\"]", "null");
        assertTrue(pass(bearer, Action.DOCUMENTS_ADD, "film-a").allows("film-b"));
        assertEquals(
                "The provided API key is invalid.",
                refused(bearer, Action.SEARCH, "film-a").text());
        assertEquals(
                "The API key cannot acces the index `song`, authorized indexes are [\"film-*\"].",
                refused(bearer, Action.DOCUMENTS_ADD, "song").text());
        assertFalse(pass(bearer, Action.DOCUMENTS_ADD, "film-a").mayCreate("film-a"));
    }

    @Test
    void aKeyEndsWhenItExpires() {
        String bearer = key("[\"*\"]", "[\"*\"]", "\"2030-01-01T00:00:01Z\"");
        assertTrue(pass(bearer, Action.STATS_GET, null).allowsAll());
        assertThrows(
                ApiException.class,
                () -> authorizer.authorize(bearer, Action.STATS_GET, null, NOW.plusSeconds(1)));
    }

    @Test
    void readOnlyKeysDontReadKeys() {
        String bearer = key("[\"*.get\"]", "[\"*\"]", "null");
        assertTrue(pass(bearer, Action.SETTINGS_GET, "x").allowsAll());
        assertEquals(ErrorCode.INVALID_API_KEY, refused(bearer, Action.KEYS_GET, null).code());
        assertEquals(ErrorCode.INVALID_API_KEY, refused(bearer, Action.DOCUMENTS_ADD, "x").code());
    }

    @Test
    void tenantTokensNarrowAKey() {
        String value = key("[\"search\"]", "[\"*\"]", "null").substring("Bearer ".length());
        String token =
                token(
                        "HS256",
                        "{\"apiKeyUid\":\""
                                + UID
                                + "\",\"searchRules\":{\"*\":{\"filter\":"
                                + "\"a = 1\"},\"b\":{\"filter\":\"b = 2\"}}}",
                        value);
        Access access = pass("Bearer " + token, Action.SEARCH, "b");
        assertEquals("b = 2", text(access.rule("b")));
        assertEquals("a = 1", text(access.rule("c")));
        // A token only searches.
        assertEquals(
                ErrorCode.INVALID_API_KEY,
                refused("Bearer " + token, Action.DOCUMENTS_GET, "b").code());
    }

    /** Both must let it in: the rules of the token, and the key behind it. */
    @Test
    void aTokenOpensWhatItsRulesAndItsKeyOpen() {
        String value = key("[\"search\"]", "[\"a\",\"b\"]", "null").substring("Bearer ".length());
        String bearer = "Bearer " + TestTokens.of(UID, value, "[\"b\",\"c\"]");
        assertTrue(pass(bearer, Action.SEARCH, "b").allows("b"));
        assertEquals(
                "The provided tenant token cannot acces the index `a`, allowed indexes are"
                        + " [\"b\", \"c\"].",
                refused(bearer, Action.SEARCH, "a").text());
        assertEquals(
                "The API key used to generate this tenant token cannot acces the index `c`.",
                refused(bearer, Action.SEARCH, "c").text());
    }

    @Test
    void forgedTokensAreRefused() {
        String value = key("[\"search\"]", "[\"*\"]", "null").substring("Bearer ".length());
        String claims = "{\"apiKeyUid\":\"" + UID + "\",\"searchRules\":[\"*\"]}";
        String good = token("HS256", claims, value);
        assertTrue(pass("Bearer " + good, Action.SEARCH, "x").allows("x"));
        assertEquals(
                "Could not decode tenant token, InvalidSignature.",
                refused("Bearer " + token("HS256", claims, "other"), Action.SEARCH, "x").text());
        assertEquals(
                "Could not decode tenant token, InvalidSignature.",
                refused("Bearer " + good + "x", Action.SEARCH, "x").text());
        assertTrue(
                refused("Bearer " + token("none", claims, value), Action.SEARCH, "x")
                        .text()
                        .startsWith("Could not decode tenant token, JSON error: unknown variant"));
        stored.clear();
        assertEquals(
                "The provided API key is invalid.",
                refused("Bearer " + good, Action.SEARCH, "x").text());
    }

    @Test
    void tokensExpire() {
        String value = key("[\"search\"]", "[\"*\"]", "null").substring("Bearer ".length());
        String claims =
                "{\"apiKeyUid\":\""
                        + UID
                        + "\",\"searchRules\":[\"*\"],\"exp\":"
                        + (NOW.getEpochSecond() - 1)
                        + "}";
        assertTrue(
                refused("Bearer " + token("HS256", claims, value), Action.SEARCH, "x")
                        .text()
                        .startsWith("Tenant token expired."));
    }

    @Test
    void aGlobalActionCantBeForSomeIndexes() {
        ApiException refused =
                assertThrows(
                        ApiException.class, () -> key("[\"dumps.create\"]", "[\"a\"]", "null"));
        assertEquals(ErrorCode.INDEX_SCOPED_API_KEY_WITH_GLOBAL_ACTION, refused.code());
    }

    @Test
    void keysSurviveBeingStored() {
        key("[\"search\",\"*.get\"]", "[\"a*\"]", "\"2042-04-02T00:42:42+02:00\"");
        ApiKey key = stored.values().iterator().next();
        assertEquals(key, ApiKey.fromJson(key.toJson("")));
    }

    private static String token(String algorithm, String claims, String secret) {
        return TestTokens.signed(algorithm, claims, secret);
    }

    private static String text(@Nullable JsonNode rule) {
        return Objects.requireNonNull(rule).stringValue();
    }
}
