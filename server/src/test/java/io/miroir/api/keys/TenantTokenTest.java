package io.miroir.api.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What Meilisearch 1.50 said to each of these tokens (measured). */
class TenantTokenTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final MasterKey MASTER = new MasterKey("masterkeymasterkey");
    private static final String UID = "6062abda-a5aa-4414-ac91-ecd7944c0f8d";
    private static final String VALUE = MASTER.valueOf(UID);
    private static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
    private static final String GOOD = "";

    static Stream<Arguments> headers() {
        String algorithms =
                "expected one of `HS256`, `HS384`, `HS512`, `ES256`, `ES384`, `RS256`, `RS384`,"
                        + " `RS512`, `PS256`, `PS384`, `PS512`, `EdDSA`";
        return Stream.of(
                Arguments.of("{\"alg\":\"HS256\",\"kid\":\"k\",\"crit\":[\"exp\"]}", GOOD),
                Arguments.of(" {\"alg\" : \"HS256\"} ", GOOD),
                Arguments.of("{\"alg\":\"HS256\",\"typ\":null}", GOOD),
                Arguments.of("{\"alg\":\"RS256\"}", "InvalidAlgorithm"),
                Arguments.of("{\"alg\":\"HS384\"}", "InvalidSignature"),
                Arguments.of(
                        "{\"typ\":\"JWT\"}", "JSON error: missing field `alg` at line 1 column 13"),
                Arguments.of(
                        "{\"alg\":\"hs256\"}",
                        "JSON error: unknown variant `hs256`, "
                                + algorithms
                                + " at line 1 column 14"),
                Arguments.of(
                        "{\n\"alg\":\"none\"}",
                        "JSON error: unknown variant `none`, "
                                + algorithms
                                + " at line 2 column 12"),
                Arguments.of("{\"alg\":5}", "JSON error: expected value at line 1 column 8"),
                Arguments.of(
                        "{\"alg\":\"HS256\",\"kid\":5}",
                        "JSON error: invalid type: integer `5`, expected a string at line 1 column"
                                + " 22"),
                Arguments.of(
                        "{\"alg\":\"HS256\",\"jwk\":5}",
                        "JSON error: invalid type: integer `5`, expected struct Jwk at line 1"
                                + " column 22"),
                Arguments.of(
                        "{\"alg\":\"HS256\",\"x5c\":\"a\"}",
                        "JSON error: invalid type: string \"a\", expected a sequence at line 1"
                                + " column 24"),
                Arguments.of(
                        "{\"alg\":\"HS256\",\"alg\":\"HS256\"}",
                        "JSON error: duplicate field `alg` at line 1 column 20"),
                Arguments.of(
                        "[\"HS256\"]",
                        "JSON error: invalid type: sequence, expected struct Header at line 1"
                                + " column 0"),
                Arguments.of(
                        "\"x\"",
                        "JSON error: invalid type: string \"x\", expected struct Header at line 1"
                                + " column 3"),
                Arguments.of("", "JSON error: EOF while parsing a value at line 1 column 0"),
                Arguments.of(
                        "{\"alg\":\"HS256\"} x",
                        "JSON error: trailing characters at line 1 column 17"));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void headersAreReadAsStrictly(String header, String said) {
        assertSaid(said, signed(header, claims("\"searchRules\":[\"*\"]")));
    }

    static Stream<Arguments> claims() {
        String misfit = "JSON error: data did not match any variant of untagged enum SearchRules";
        return Stream.of(
                Arguments.of("\"searchRules\":[],\"sub\":5,\"nbf\":99999999999", GOOD),
                Arguments.of("\"searchRules\":[\"a b\",\"\"]", GOOD),
                Arguments.of("\"searchRules\":{\"*\":null,\"b\":{},\"c\":{\"x\":1}}", GOOD),
                Arguments.of("\"searchRules\":{\"b\":[\"year = 2001\"]}", GOOD),
                Arguments.of("\"searchRules\":[\"*\"],\"exp\":null,\"aud\":null", GOOD),
                Arguments.of("\"searchRules\":[\"*\"],\"aud\":\"x\"", "InvalidAudience"),
                Arguments.of("\"searchRules\":[\"*\"],\"aud\":[\"x\"]", "InvalidAudience"),
                Arguments.of("\"searchRules\":{\"b\":[]}", misfit + " at line 1 column 75"),
                Arguments.of("\"searchRules\":{\"b\":true}", misfit + " at line 1 column 77"),
                Arguments.of("\"searchRules\":[1]", misfit + " at line 1 column 70"),
                Arguments.of("\"searchRules\":\"*\"", misfit + " at line 1 column 70"),
                Arguments.of("\"searchRules\":null", misfit + " at line 1 column 71"),
                Arguments.of(
                        "\"searchRules\":[\"*\"],\"exp\":[1]",
                        "JSON error: invalid type: sequence, expected i64 at line 1 column 78"),
                Arguments.of(
                        "\"searchRules\":[\"*\"],\"exp\":true",
                        "JSON error: invalid type: boolean `true`, expected i64 at line 1 column"
                                + " 82"),
                Arguments.of(
                        "\"searchRules\":[\"*\"],\"exp\":99999999999.5",
                        "JSON error: invalid type: floating point `99999999999.5`, expected i64 at"
                                + " line 1 column 91"),
                Arguments.of(
                        "\"searchRules\":[\"*\"],\"exp\":1e12",
                        "JSON error: invalid type: floating point `1000000000000.0`, expected i64 at"
                                + " line 1 column 82"),
                Arguments.of(
                        "\"searchRules\":[\"*\"],\"exp\":\"a\\\"b\"",
                        "JSON error: invalid type: string \"a\\\"b\", expected i64 at line 1 column"
                                + " 84"),
                Arguments.of(
                        "\"searchRules\":[\"*\"],\"searchRules\":[\"*\"]",
                        "JSON error: duplicate field `searchRules` at line 1 column 85"),
                Arguments.of(
                        "\"sub\":1",
                        "JSON error: missing field `searchRules` at line 1 column 60"));
    }

    @ParameterizedTest
    @MethodSource("claims")
    void claimsAreReadAsStrictly(String claims, String said) {
        assertSaid(said, signed(HEADER, claims(claims)));
    }

    static Stream<Arguments> uids() {
        return Stream.of(
                Arguments.of("\"" + UID.replace("-", "") + "\"", GOOD),
                Arguments.of("\"urn:uuid:" + UID + "\"", GOOD),
                Arguments.of("\"{" + UID + "}\"", GOOD),
                Arguments.of(
                        "\"\"", "UUID parsing failed: invalid length: found 0 at line 1 column 15"),
                Arguments.of(
                        "\"x\"",
                        "UUID parsing failed: invalid character: found `x` at 0 at line 1 column 16"),
                Arguments.of(
                        "\"1-1-1-1-1\"",
                        "UUID parsing failed: invalid group length in group 0: expected 8, found 1"
                                + " at line 1 column 24"),
                Arguments.of(
                        "null",
                        "invalid type: null, expected a formatted UUID string at line 1 column 17"),
                Arguments.of(
                        "[]",
                        "invalid type: sequence, expected a formatted UUID string at line 1 column"
                                + " 13"));
    }

    @ParameterizedTest
    @MethodSource("uids")
    void keyUidsAreReadAsStrictly(String uid, String said) {
        String claims = "{\"apiKeyUid\":" + uid + ",\"searchRules\":[\"*\"]}";
        assertSaid(said.isEmpty() ? GOOD : "JSON error: " + said, signed(HEADER, claims));
    }

    static Stream<Arguments> forms() {
        String good = signed(HEADER, claims("\"searchRules\":[\"*\"]"));
        int claims = good.indexOf('.') + 1;
        int signature = good.lastIndexOf('.') + 1;
        String rest = good.substring(claims);
        return Stream.of(
                Arguments.of(good.substring(0, signature), "InvalidSignature"),
                Arguments.of(good + "x", "InvalidSignature"),
                Arguments.of(good + ".x", "Base64 error: Invalid symbol 46, offset 36."),
                Arguments.of(good + "=", "Base64 error: Invalid padding"),
                Arguments.of(
                        good.substring(0, good.length() - 2),
                        "Base64 error: Invalid input length: 41"),
                Arguments.of(
                        good.substring(0, signature) + "!!!",
                        "Base64 error: Invalid symbol 33, offset 0."),
                Arguments.of("a." + rest, "Base64 error: Invalid input length: 1"),
                Arguments.of(
                        good.substring(0, claims - 1) + "=." + rest,
                        "Base64 error: Invalid symbol 61, offset 36."),
                Arguments.of("...", "Base64 error: Invalid symbol 46, offset 0."));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void base64IsReadAsStrictly(String token, String said) {
        assertSaid(said, token);
    }

    /** The JDK's decoder would let both spellings of the same bytes in. */
    @Test
    void aSignatureHasOneSpelling() {
        String good = signed(HEADER, claims("\"searchRules\":[\"*\"]"));
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        int last = alphabet.indexOf(good.charAt(good.length() - 1));
        String other = good.substring(0, good.length() - 1) + alphabet.charAt(last + 1);
        int symbol = alphabet.charAt(last + 1);
        assertSaid("Base64 error: Invalid last symbol " + symbol + ", offset 42.", other);
    }

    private static void assertSaid(String said, String token) {
        TenantToken.Outcome outcome = TenantToken.read(token, MASTER, NOW);
        if (said.isEmpty()) {
            assertInstanceOf(TenantToken.Outcome.Valid.class, outcome, outcome::toString);
        } else {
            assertEquals(
                    new TenantToken.Outcome.Refused("Could not decode tenant token, " + said + "."),
                    outcome);
        }
    }

    private static String claims(String more) {
        return "{\"apiKeyUid\":\"" + UID + "\"," + more + "}";
    }

    private static String signed(String header, String claims) {
        return TestTokens.signedAs(header, claims, VALUE);
    }
}
