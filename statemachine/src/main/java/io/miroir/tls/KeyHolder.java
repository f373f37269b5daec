package io.miroir.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows the newest key. A handshake names a key first and asks for its parts later: those that were
 * shown last are remembered, or an exchange in between would mix two.
 */
final class KeyHolder extends X509ExtendedKeyManager {
    private static final int REMEMBERED_MAX = 4;

    private final Supplier<Pair> newest;
    private final Map<String, Pair> shown = new LinkedHashMap<>();

    /** A key and the certificates for it, the key's own first. */
    record Pair(String name, PrivateKey key, List<X509Certificate> chain) {}

    KeyHolder(Supplier<Pair> newest) {
        this.newest = newest;
    }

    private synchronized @Nullable String choose(String... keyTypes) {
        Pair pair = newest.get();
        String algorithm = pair.key().getAlgorithm();
        for (String type : keyTypes) {
            if (type.equals(algorithm) || (type.equals("EdDSA") && algorithm.equals("Ed25519"))) {
                shown.remove(pair.name());
                shown.put(pair.name(), pair);
                if (shown.size() > REMEMBERED_MAX) {
                    shown.remove(shown.keySet().iterator().next());
                }
                return pair.name();
            }
        }
        return null;
    }

    private synchronized @Nullable Pair shown(String alias) {
        return shown.get(alias);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
        return choose(keyTypes);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        return choose(keyType);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(keyTypes);
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(keyType);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return getServerAliases(keyType, issuers);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = choose(keyType);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Pair pair = shown(alias);
        return pair == null ? null : pair.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Pair pair = shown(alias);
        return pair == null ? null : pair.key();
    }
}
