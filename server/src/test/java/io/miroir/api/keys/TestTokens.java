package io.miroir.api.keys;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Tenant tokens as SDKs make them. */
public final class TestTokens {
    private TestTokens() {}

    /**
     * A token that is signed with HMAC-SHA256, whatever its header says.
     *
     * @param secret the value of a key
     */
    public static String signed(String algorithm, String claims, String secret) {
        return signedAs("{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}", claims, secret);
    }

    /** One with that header. */
    static String signedAs(String header, String claims, String secret) {
        String signed = encoded(header) + "." + encoded(claims);
        byte[] mac =
                MasterKey.hmac(
                        "HmacSHA256",
                        secret.getBytes(StandardCharsets.UTF_8),
                        signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(mac);
    }

    /** One of that key, with these rules. */
    public static String of(String keyUid, String value, String searchRules) {
        return signed(
                "HS256",
                "{\"apiKeyUid\":\"" + keyUid + "\",\"searchRules\":" + searchRules + "}",
                value);
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
