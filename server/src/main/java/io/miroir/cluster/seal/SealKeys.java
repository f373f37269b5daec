package io.miroir.cluster.seal;

import io.miroir.api.SealedValue;
import io.miroir.tls.Fingerprint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals and opens single values with AES-256-GCM. The first key seals, all open. A sealed value is
 * text: the key's fingerprint, a dot, and in Base64 the format, a random nonce and what was sealed
 * with its tag. The fingerprint and what the value is for are authenticated with it.
 */
public final class SealKeys {
    private static final byte FORMAT = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;
    private static final int KEY_BITS = 256;
    private static final int ROUNDS = 20_000;
    private static final byte[] SALT = "miroir seal key 1".getBytes(StandardCharsets.US_ASCII);

    /** Four in a file, and those that were there before. */
    private static final int KNOWN_MAX = 8;

    private final Supplier<List<String>> secrets;
    private final SecureRandom random;

    /** They are slow to make. */
    private final Map<String, Key> known = new ConcurrentHashMap<>();

    private record Key(String id, SecretKey aes) {}

    /** What a sealed value holds. */
    public sealed interface Content {
        record Open(String value) implements Content {}

        /** This pod does not have its key. */
        record NoKey(String id) implements Content {}

        /** It is not what was sealed. */
        record Damaged(String id) implements Content {}
    }

    /**
     * @param secrets those that are good now, the one that seals first; none: nothing is sealed
     * @param random of nonces
     */
    public SealKeys(Supplier<List<String>> secrets, SecureRandom random) {
        this.secrets = secrets;
        this.random = random;
    }

    /** Of the key that seals now; nothing if there is none. */
    public Optional<String> newest() {
        return keys().stream().findFirst().map(Key::id);
    }

    /**
     * A value, sealed with the newest key.
     *
     * @param use what it is for: it opens for nothing else
     * @throws IllegalStateException if there is no key
     */
    public String seal(String value, String use) {
        Key key =
                keys().stream().findFirst().orElseThrow(() -> new IllegalStateException("no key"));
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed =
                    cipher(Cipher.ENCRYPT_MODE, key, nonce, use)
                            .doFinal(value.getBytes(StandardCharsets.UTF_8));
            byte[] all =
                    ByteBuffer.allocate(1 + NONCE_BYTES + sealed.length)
                            .put(FORMAT)
                            .put(nonce)
                            .put(sealed)
                            .array();
            return key.id() + '.' + Base64.getEncoder().withoutPadding().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a value can't be sealed", e);
        }
    }

    /** Opens a sealed value with whichever key it names. */
    public Content open(String sealed, String use) {
        String id = SealedValue.keyId(sealed);
        List<Key> named = keys().stream().filter(key -> key.id().equals(id)).toList();
        if (named.isEmpty()) {
            return new Content.NoKey(id);
        }
        byte[] all;
        try {
            all =
                    Base64.getDecoder()
                            .decode(sealed.substring(Math.min(sealed.length(), id.length() + 1)));
        } catch (IllegalArgumentException noBase64) {
            return new Content.Damaged(id);
        }
        if (all.length < 1 + NONCE_BYTES + TAG_BYTES || all[0] != FORMAT) {
            return new Content.Damaged(id);
        }
        byte[] nonce = new byte[NONCE_BYTES];
        System.arraycopy(all, 1, nonce, 0, NONCE_BYTES);
        int from = 1 + NONCE_BYTES;
        try {
            byte[] value =
                    cipher(Cipher.DECRYPT_MODE, named.getFirst(), nonce, use)
                            .doFinal(all, from, all.length - from);
            return new Content.Open(new String(value, StandardCharsets.UTF_8));
        } catch (AEADBadTagException otherContent) {
            return new Content.Damaged(id);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a value can't be opened", e);
        }
    }

    private static Cipher cipher(int mode, Key key, byte[] nonce, String use)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key.aes(), new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
        cipher.updateAAD((FORMAT + "." + key.id() + '.' + use).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private List<Key> keys() {
        List<String> now = secrets.get();
        if (known.size() > KNOWN_MAX) {
            known.keySet().retainAll(now);
        }
        return now.stream().map(one -> known.computeIfAbsent(one, SealKeys::derive)).toList();
    }

    private static Key derive(String secret) {
        try {
            byte[] derived =
                    SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                            .generateSecret(
                                    new PBEKeySpec(secret.toCharArray(), SALT, ROUNDS, KEY_BITS))
                            .getEncoded();
            return new Key(Fingerprint.ofSecret(secret), new SecretKeySpec(derived, "AES"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no key can be made of the seal key", e);
        }
    }
}
