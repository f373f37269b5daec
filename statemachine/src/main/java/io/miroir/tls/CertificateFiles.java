package io.miroir.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys from PEM files: this pod's certificate and key, and the authority whose certificates are let
 * in. They are read anew within a second of a change, when someone connects.
 */
public final class CertificateFiles implements PodKeys {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateFiles.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Places files;
    private final LongSupplier nanos;
    private final KeyHolder holder = new KeyHolder(() -> current().pair());
    private final ChainCheck check =
            new ChainCheck(
                    (chain, authType, client) -> {
                        X509TrustManager authority = current().authority();
                        if (client) {
                            authority.checkClientTrusted(chain, authType);
                        } else {
                            authority.checkServerTrusted(chain, authType);
                        }
                    });
    private long lookedNanos;
    private Loaded loaded;
    private String trouble = "";

    /**
     * Where they are.
     *
     * @param certificate this pod's, and those between it and the authority
     * @param key of the certificate, PKCS 8 without a password
     * @param authority certificates that sign those of pods, and of nobody else
     */
    public record Places(Path certificate, Path key, Path authority) {}

    private record Loaded(
            List<FileTime> changed,
            KeyHolder.Pair pair,
            List<X509Certificate> authorities,
            X509TrustManager authority) {}

    /**
     * Reads the files.
     *
     * @throws IOException if one of them can't be read
     * @throws GeneralSecurityException if one of them is not what it should be
     */
    public CertificateFiles(Places files, LongSupplier nanos)
            throws IOException, GeneralSecurityException {
        this.files = files;
        this.nanos = nanos;
        this.lookedNanos = nanos.getAsLong();
        this.loaded = load();
    }

    @Override
    public X509ExtendedKeyManager keys() {
        return holder;
    }

    @Override
    public X509ExtendedTrustManager trust() {
        return check;
    }

    /** Each pod has a certificate of its own; all are to let in those of the same authorities. */
    @Override
    public List<LoadedKeys> loaded() {
        Loaded now;
        String against;
        synchronized (this) {
            look();
            now = loaded;
            against = trouble;
        }
        return List.of(
                new LoadedKeys(
                        "certificate",
                        false,
                        fingerprints(List.of(now.pair().chain().getFirst())),
                        against),
                new LoadedKeys(
                        "authorities",
                        true,
                        fingerprints(now.authorities()).stream().sorted().toList(),
                        against));
    }

    private static List<String> fingerprints(List<X509Certificate> certificates) {
        List<String> fingerprints = new ArrayList<>();
        try {
            for (X509Certificate certificate : certificates) {
                fingerprints.add(Fingerprint.ofPublic(certificate.getEncoded()));
            }
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read can't be written", e);
        }
        return fingerprints;
    }

    private synchronized Loaded current() {
        long now = nanos.getAsLong();
        if (now - lookedNanos >= LOOK_NANOS) {
            lookedNanos = now;
            look();
        }
        return loaded;
    }

    private void look() {
        try {
            if (!changed().equals(loaded.changed())) {
                loaded = load();
                LOG.info("the certificates of pods were read anew");
            }
            trouble = "";
        } catch (IOException | GeneralSecurityException e) {
            // Those that are known stay good: half a file must not part the cluster.
            trouble = e.toString();
            LOG.error("the certificates of pods stay as they were: {}", trouble);
        }
    }

    private List<FileTime> changed() throws IOException {
        return List.of(
                Files.getLastModifiedTime(files.certificate()),
                Files.getLastModifiedTime(files.key()),
                Files.getLastModifiedTime(files.authority()));
    }

    private Loaded load() throws IOException, GeneralSecurityException {
        List<FileTime> changed = changed();
        List<X509Certificate> chain = certificates(files.certificate());
        PrivateKey key = key(files.key());
        refuseKeyOfAnother(key, chain.getFirst());
        String name = chain.getFirst().getSerialNumber().toString(16) + "-" + changed.hashCode();
        List<X509Certificate> authorities = certificates(files.authority());
        return new Loaded(
                changed, new KeyHolder.Pair(name, key, chain), authorities, authority(authorities));
    }

    private static List<X509Certificate> certificates(Path file)
            throws IOException, CertificateException {
        List<X509Certificate> certificates = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .forEach(one -> certificates.add((X509Certificate) one));
        }
        if (certificates.isEmpty()) {
            throw new CertificateException(file + " holds no certificate");
        }
        return certificates;
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        String base64 =
                Files.readString(file, StandardCharsets.US_ASCII)
                        .replaceAll("-----[A-Z ]+-----|\\s", "");
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64));
        for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                LOG.debug("{} is no {} key", file, algorithm, e);
            }
        }
        throw new InvalidKeySpecException(file + " is no EC, RSA or EdDSA key in PKCS 8");
    }

    /** Both files are written one after the other: what stands there in between opens nothing. */
    private static void refuseKeyOfAnother(PrivateKey key, X509Certificate certificate)
            throws GeneralSecurityException {
        Signature signature =
                Signature.getInstance(
                        switch (key.getAlgorithm()) {
                            case "EC" -> "SHA256withECDSA";
                            case "RSA" -> "SHA256withRSA";
                            default -> key.getAlgorithm();
                        });
        byte[] signed = certificate.getEncoded();
        signature.initSign(key);
        signature.update(signed);
        byte[] by = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(signed);
        if (!signature.verify(by)) {
            throw new GeneralSecurityException("the key is not that of the certificate");
        }
    }

    private static X509TrustManager authority(List<X509Certificate> authorities)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("authority-" + i, authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager found) {
                return found;
            }
        }
        throw new GeneralSecurityException("no check of certificates in this JDK");
    }
}
