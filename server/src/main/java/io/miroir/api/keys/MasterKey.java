package io.miroir.api.keys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The secret that every key's value is derived from. It never appears in text. */
public final class MasterKey {
    private static final String HMAC = "HmacSHA256";

    /** No uid begins so: a tag is never a key's value. */
    private static final String TAG_DOMAIN = "tag:";

    private final byte[] secret;

    /** A master key; refused when empty. */
    public MasterKey(String secret) {
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("the master key is empty");
        }
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
    }

    /** The value of the key with that uid: HMAC-SHA256 of the uid, in lower-case hex. */
    public String valueOf(String keyUid) {
        byte[] mac = hmac(HMAC, secret, keyUid.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(mac);
    }

    /** A digest by which a text can be looked up without its time telling anything of others. */
    String tagOf(String text) {
        byte[] tagged = (TAG_DOMAIN + text).getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(hmac(HMAC, secret, tagged));
    }

    /** Whether a token is the master key itself. */
    public boolean is(String token) {
        return sameText(token, new String(secret, StandardCharsets.UTF_8));
    }

    /** Compares digests in constant time, so that neither length nor prefix can be measured. */
    public static boolean sameText(String a, String b) {
        return MessageDigest.isEqual(sha256(a), sha256(b));
    }

    static byte[] hmac(String algorithm, byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac.doFinal(message);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every JDK has " + algorithm, missing);
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every JDK has SHA-256", missing);
        }
    }

    @Override
    public String toString() {
        return "MasterKey(hidden)";
    }
}
