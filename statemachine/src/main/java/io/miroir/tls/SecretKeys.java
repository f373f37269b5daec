package io.miroir.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Keys made of the cluster's secret: all pods that know it have the same key pair, and let in who
 * has it. Mutual TLS without a certificate to hand out; connections are private as well.
 */
public final class SecretKeys implements PodKeys {
    private static final byte[] SALT = "miroir pods 1".getBytes(StandardCharsets.US_ASCII);
    private static final int ROUNDS = 200_000;
    private static final int SEED_BITS = 256;
    private static final int KNOWN_MAX = 8;

    private final SharedSecret secret;
    private final Map<String, KeyHolder.Pair> known = new LinkedHashMap<>();
    private final KeyHolder holder = new KeyHolder(() -> pair(newest()));
    private final ChainCheck check = new ChainCheck((chain, _, _) -> check(chain));

    public SecretKeys(SharedSecret secret) {
        this.secret = secret;
    }

    @Override
    public X509ExtendedKeyManager keys() {
        return holder;
    }

    @Override
    public X509ExtendedTrustManager trust() {
        return check;
    }

    @Override
    public List<LoadedKeys> loaded() {
        // A public key made of it: others see that anyway.
        return List.of(
                secret.loaded(
                        one ->
                                Fingerprint.ofPublic(
                                        pair(one).chain().getFirst().getPublicKey().getEncoded())));
    }

    private String newest() {
        return secret.all().getFirst();
    }

    /** TLS has proved that the other side has the key of its first certificate. */
    private void check(X509Certificate[] chain) throws CertificateException {
        for (String one : secret.all()) {
            byte[] wanted = pair(one).chain().getFirst().getPublicKey().getEncoded();
            if (MessageDigest.isEqual(chain[0].getPublicKey().getEncoded(), wanted)) {
                return;
            }
        }
        throw new CertificateException("not a pod of this cluster: it has another secret");
    }

    private synchronized KeyHolder.Pair pair(String of) {
        KeyHolder.Pair made = known.get(of);
        if (made == null) {
            made = derive(of);
            known.put(of, made);
            if (known.size() > KNOWN_MAX) {
                known.remove(known.keySet().iterator().next());
            }
        }
        return made;
    }

    private static KeyHolder.Pair derive(String secret) {
        try {
            byte[] seed =
                    SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                            .generateSecret(
                                    new PBEKeySpec(secret.toCharArray(), SALT, ROUNDS, SEED_BITS))
                            .getEncoded();
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            // The private key of Ed25519 is any 32 bytes: these.
            generator.initialize(SEED_BITS - 1, new Fixed(seed));
            KeyPair pair = generator.generateKeyPair();
            X509Certificate certificate = SelfSigned.certificate(pair);
            String name =
                    HexFormat.of()
                            .formatHex(
                                    MessageDigest.getInstance("SHA-256")
                                            .digest(pair.getPublic().getEncoded()),
                                    0,
                                    8);
            return new KeyHolder.Pair(name, pair.getPrivate(), List.of(certificate));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no key can be made of the cluster secret", e);
        }
    }

    /** Gives bytes that are known already where a generator asks for random ones. */
    private static final class Fixed extends SecureRandom {
        private static final long serialVersionUID = 1;

        private final byte[] seed;

        Fixed(byte[] seed) {
            this.seed = seed.clone();
        }

        @Override
        public void nextBytes(byte[] target) {
            if (target.length != seed.length) {
                throw new IllegalStateException("a key of " + target.length + " bytes");
            }
            System.arraycopy(seed, 0, target, 0, seed.length);
        }
    }
}
