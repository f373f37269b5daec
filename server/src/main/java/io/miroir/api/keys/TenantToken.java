package io.miroir.api.keys;

import io.miroir.api.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A signed JWT that narrows a key to some searches.
 *
 * <p>Only HMAC algorithms are known, and the signing secret is derived from the key's uid: headers
 * that name other keys ({@code jwk}, {@code jku}, {@code x5u}) are not looked at.
 */
final class TenantToken {
    private static final Map<String, String> ALGORITHMS =
            Map.of("HS256", "HmacSHA256", "HS384", "HmacSHA384", "HS512", "HmacSHA512");

    /** Algorithms that exist, so that a token may name them, but that sign no tenant token. */
    private static final List<String> OTHER_ALGORITHMS =
            List.of(
                    "ES256", "ES384", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
                    "EdDSA");

    private final String keyUid;
    private final SearchRules rules;

    private TenantToken(String keyUid, SearchRules rules) {
        this.keyUid = keyUid;
        this.rules = rules;
    }

    /** What became of reading a token. */
    sealed interface Outcome {
        /** It is signed, whole and in date. */
        record Valid(TenantToken token) implements Outcome {}

        /** It is no tenant token; it may be a key. */
        record NotAToken() implements Outcome {}

        /** It is a tenant token that can't be accepted. */
        record Refused(String message) implements Outcome {}
    }

    /** The key it narrows. */
    String keyUid() {
        return keyUid;
    }

    /** What it may search. */
    SearchRules rules() {
        return rules;
    }

    /** Reads and verifies a token. */
    static Outcome read(String token, MasterKey master, Instant now) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return new Outcome.NotAToken();
        }
        String headerText = decoded(parts[0]);
        String claimsText = decoded(parts[1]);
        if (headerText == null || claimsText == null) {
            return undecodable("Base64 error: Invalid input");
        }
        try {
            JsonNode header = Json.parse(headerText);
            JsonNode claims = Json.parse(claimsText);
            Optional<String> fault = algorithmFault(headerText, header);
            fault = fault.isPresent() ? fault : claimsFault(claimsText, claims);
            if (fault.isPresent()) {
                return undecodable("JSON error: " + fault.get());
            }
            return verified(parts, header.get("alg").stringValue(), claims, master, now);
        } catch (JacksonException malformed) {
            return undecodable("JSON error: " + malformed.getOriginalMessage());
        }
    }

    private static Outcome verified(
            String[] parts, String algorithm, JsonNode claims, MasterKey master, Instant now) {
        String mac = ALGORITHMS.get(algorithm);
        if (mac == null) {
            return undecodable("InvalidAlgorithm");
        }
        String uid = UUID.fromString(claims.get("apiKeyUid").stringValue()).toString();
        byte[] secret = master.valueOf(uid).getBytes(StandardCharsets.UTF_8);
        byte[] signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
        byte[] expected = MasterKey.hmac(mac, secret, signed);
        if (!MessageDigest.isEqual(expected, signature(parts[2]))) {
            return undecodable("InvalidSignature");
        }
        JsonNode expiry = claims.path("exp");
        if (expiry.isNumber() && now.getEpochSecond() > expiry.longValue()) {
            return new Outcome.Refused(
                    "Tenant token expired. Was valid up to `"
                            + expiry.longValue()
                            + "` and we're now `"
                            + now.getEpochSecond()
                            + "`.");
        }
        SearchRules rules = SearchRules.of(claims.get("searchRules")).orElseThrow();
        return new Outcome.Valid(new TenantToken(uid, rules));
    }

    private static Optional<String> algorithmFault(String text, JsonNode header) {
        JsonNode algorithm = header.path("alg");
        if (!algorithm.isString()) {
            return Optional.of("missing field `alg`" + at(text.length()));
        }
        String name = algorithm.stringValue();
        if (ALGORITHMS.containsKey(name) || OTHER_ALGORITHMS.contains(name)) {
            return Optional.empty();
        }
        return Optional.of(
                "unknown variant `"
                        + name
                        + "`, expected one of `HS256`, `HS384`, `HS512`, `"
                        + String.join("`, `", OTHER_ALGORITHMS)
                        + "`"
                        + at(endOfString(text, name)));
    }

    private static Optional<String> claimsFault(String text, JsonNode claims) {
        JsonNode expiry = claims.path("exp");
        if (expiry.isString()) {
            String value = expiry.stringValue();
            return Optional.of(
                    "invalid type: string \""
                            + value
                            + "\", expected i64"
                            + at(endOfString(text, value)));
        }
        if (!claims.has("searchRules")) {
            return Optional.of("missing field `searchRules`" + at(text.length()));
        }
        if (!claims.path("apiKeyUid").isString()) {
            return Optional.of("missing field `apiKeyUid`" + at(text.length()));
        }
        if (SearchRules.of(claims.get("searchRules")).isEmpty()) {
            return Optional.of(
                    "data did not match any variant of untagged enum SearchRules"
                            + at(text.length()));
        }
        try {
            UUID.fromString(claims.get("apiKeyUid").stringValue());
            return Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.of("UUID parsing failed" + at(text.length()));
        }
    }

    private static int endOfString(String text, String value) {
        return text.indexOf('"' + value + '"') + value.length() + 2;
    }

    private static String at(int column) {
        return " at line 1 column " + column;
    }

    private static Outcome undecodable(String why) {
        return new Outcome.Refused("Could not decode tenant token, " + why + ".");
    }

    private static @Nullable String decoded(String part) {
        try {
            return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private static byte[] signature(String part) {
        try {
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException _) {
            return new byte[0];
        }
    }
}
