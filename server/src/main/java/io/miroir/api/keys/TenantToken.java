package io.miroir.api.keys;

import io.miroir.api.UuidText;
import io.miroir.api.keys.TokenJson.Fault;
import io.miroir.api.keys.TokenJson.Place;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

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

    private static final String ALGORITHM = "alg";
    private static final String KEY_UID = "apiKeyUid";
    private static final String RULES = "searchRules";
    private static final String EXPIRY = "exp";

    private static final Map<String, TokenJson.Member> HEADER =
            Map.ofEntries(
                    Map.entry(ALGORITHM, TenantToken::algorithm),
                    Map.entry("typ", TenantToken::text),
                    Map.entry("cty", TenantToken::text),
                    Map.entry("jku", TenantToken::text),
                    Map.entry("kid", TenantToken::text),
                    Map.entry("x5u", TenantToken::text),
                    Map.entry("x5t", TenantToken::text),
                    Map.entry("x5t#S256", TenantToken::text),
                    Map.entry("jwk", TenantToken::webKey),
                    Map.entry("x5c", TenantToken::texts),
                    Map.entry("crit", TenantToken::texts));

    private static final Map<String, TokenJson.Member> CLAIMS =
            Map.of(
                    RULES, TenantToken::rules,
                    EXPIRY, TenantToken::expiry,
                    KEY_UID, TenantToken::keyUid);

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
        int signature = token.lastIndexOf('.');
        int claims = signature < 0 ? -1 : token.lastIndexOf('.', signature - 1);
        if (claims < 0) {
            return new Outcome.NotAToken();
        }
        try {
            ObjectNode header =
                    TokenJson.read(
                            TokenBase64.decode(token.substring(0, claims)),
                            "Header",
                            HEADER,
                            List.of(ALGORITHM));
            ObjectNode body =
                    TokenJson.read(
                            TokenBase64.decode(token.substring(claims + 1, signature)),
                            "Claims",
                            CLAIMS,
                            List.of(RULES, KEY_UID));
            String uid = UuidText.canonical(body.path(KEY_UID).stringValue()).orElseThrow();
            verify(token, signature, header, master.valueOf(uid));
            refuseAudience(body);
            return inDate(uid, body, now);
        } catch (TokenFault fault) {
            return new Outcome.Refused("Could not decode tenant token, " + fault.told() + ".");
        }
    }

    private static void verify(String token, int signature, ObjectNode header, String keyValue)
            throws TokenFault {
        String mac = ALGORITHMS.get(header.path(ALGORITHM).stringValue());
        if (mac == null) {
            throw new TokenFault("InvalidAlgorithm");
        }
        byte[] shown = TokenBase64.decode(token.substring(signature + 1));
        byte[] expected =
                MasterKey.hmac(
                        mac,
                        keyValue.getBytes(StandardCharsets.UTF_8),
                        token.substring(0, signature).getBytes(StandardCharsets.UTF_8));
        if (!MessageDigest.isEqual(expected, shown)) {
            throw new TokenFault("InvalidSignature");
        }
    }

    /** Nobody here is anybody's audience, so a token that names one is for others. */
    private static void refuseAudience(ObjectNode claims) throws TokenFault {
        JsonNode audience = claims.path("aud");
        boolean named =
                audience.isString()
                        || (audience.isArray()
                                && audience.valueStream().allMatch(JsonNode::isString));
        if (named) {
            throw new TokenFault("InvalidAudience");
        }
    }

    private static Outcome inDate(String uid, ObjectNode claims, Instant now) {
        JsonNode expiry = claims.path(EXPIRY);
        if (expiry.isNumber() && now.getEpochSecond() > expiry.longValue()) {
            return new Outcome.Refused(
                    "Tenant token expired. Was valid up to `"
                            + expiry.longValue()
                            + "` and we're now `"
                            + now.getEpochSecond()
                            + "`.");
        }
        SearchRules rules = SearchRules.of(claims.path(RULES)).orElseThrow();
        return new Outcome.Valid(new TenantToken(uid, rules));
    }

    private static @Nullable Fault algorithm(JsonNode value) {
        if (!value.isString()) {
            return new Fault("expected value", Place.AT_ITS_BEGINNING);
        }
        String name = value.stringValue();
        if (ALGORITHMS.containsKey(name) || OTHER_ALGORITHMS.contains(name)) {
            return null;
        }
        return new Fault(
                "unknown variant `"
                        + name
                        + "`, expected one of `HS256`, `HS384`, `HS512`, `"
                        + String.join("`, `", OTHER_ALGORITHMS)
                        + "`",
                Place.BEHIND);
    }

    private static @Nullable Fault text(JsonNode value) {
        return value.isNull() || value.isString() ? null : Fault.type(value, "a string");
    }

    private static @Nullable Fault texts(JsonNode value) {
        boolean fits =
                value.isNull()
                        || (value.isArray() && value.valueStream().allMatch(JsonNode::isString));
        return fits ? null : Fault.type(value, "a sequence");
    }

    private static @Nullable Fault webKey(JsonNode value) {
        return value.isNull() || value.isObject() ? null : Fault.type(value, "struct Jwk");
    }

    private static @Nullable Fault expiry(JsonNode value) {
        boolean fits = value.isNull() || (value.isIntegralNumber() && value.canConvertToLong());
        return fits ? null : Fault.type(value, "i64");
    }

    private static @Nullable Fault rules(JsonNode value) {
        return SearchRules.of(value).isPresent()
                ? null
                : new Fault(
                        "data did not match any variant of untagged enum SearchRules",
                        Place.BEHIND_WHAT_ENDS);
    }

    private static @Nullable Fault keyUid(JsonNode value) {
        if (!value.isString()) {
            return Fault.type(value, "a formatted UUID string");
        }
        String text = value.stringValue();
        return UuidText.canonical(text).isPresent()
                ? null
                : new Fault("UUID parsing failed: " + UuidText.fault(text), Place.BEHIND);
    }
}
