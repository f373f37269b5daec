package io.miroir.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Short names of keys, by which an operator tells an old one from a new one. */
public final class Fingerprint {
    /** Enough to tell four keys apart, too little to prove a guess of one. */
    private static final int BYTES = 4;

    private static final byte[] SALT =
            "miroir key fingerprint 1".getBytes(StandardCharsets.US_ASCII);
    private static final int ROUNDS = 20_000;

    private Fingerprint() {}

    /** Of what must not be known: slow, so that nobody tries many guesses. */
    public static String ofSecret(String secret) {
        try {
            byte[] derived =
                    SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                            .generateSecret(
                                    new PBEKeySpec(
                                            secret.toCharArray(), SALT, ROUNDS, BYTES * Byte.SIZE))
                            .getEncoded();
            return HexFormat.of().formatHex(derived);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no fingerprint can be made of a key", e);
        }
    }

    /** Of what anyone may know, as a certificate. */
    static String ofPublic(byte[] encoded) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(encoded);
            return HexFormat.of().formatHex(digest, 0, BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no SHA-256 in this JDK", e);
        }
    }
}
