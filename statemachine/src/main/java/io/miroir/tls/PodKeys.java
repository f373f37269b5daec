package io.miroir.tls;

import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What this pod shows to others and by what it knows them; asked anew for each connection, so that
 * both can change while the pod runs. Connections that are open stay.
 */
public interface PodKeys {
    X509ExtendedKeyManager keys();

    /** Never looks at host names: a pod is its key, not its address. */
    X509ExtendedTrustManager trust();

    /** What may be told of them; their files are read anew for it. */
    List<LoadedKeys> loaded();
}
