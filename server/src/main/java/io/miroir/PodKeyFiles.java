package io.miroir;

import io.miroir.config.PeerConfig;
import io.miroir.tls.CertificateFiles;
import io.miroir.tls.PodKeys;
import io.miroir.tls.SecretKeys;
import io.miroir.tls.SharedSecret;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;

/** The keys between pods, of the kind that is configured. */
final class PodKeyFiles {
    private PodKeyFiles() {}

    /**
     * Reads the configured files; nothing where connections between pods are plain.
     *
     * @throws IOException if one of them can't be used
     */
    static Optional<PodKeys> of(PeerConfig config) throws IOException {
        Path secret = config.secretFile();
        Path certificate = config.certFile();
        Path key = config.keyFile();
        Path authority = config.caFile();
        if (secret != null) {
            return Optional.of(new SecretKeys(new SharedSecret(secret, System::nanoTime)));
        }
        if (certificate == null || key == null || authority == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new CertificateFiles(
                            new CertificateFiles.Places(certificate, key, authority),
                            System::nanoTime));
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificates of pods can't be used: " + e.getMessage(), e);
        }
    }
}
