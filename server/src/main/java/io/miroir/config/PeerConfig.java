package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The port on which pods ask each other and pass on writes.
 *
 * @param bind address to listen on
 * @param port gRPC
 * @param secretFile what all pods know, one secret a line: TLS on Raft and peer ports is made of it
 * @param certFile this pod's certificate on both ports, with those up to the authority
 * @param keyFile its key, PKCS 8
 * @param caFile certificates of the authority that signs those of pods, and of nobody else
 */
public record PeerConfig(
        @Default("127.0.0.1") String bind,
        @Default("9002") @Range(min = 1, max = 65535) int port,
        @Nullable Path secretFile,
        @Nullable Path certFile,
        @Nullable Path keyFile,
        @Nullable Path caFile) {

    /** Whether connections between pods are mutual TLS. */
    public boolean keyed() {
        return secretFile != null || certFile != null;
    }
}
