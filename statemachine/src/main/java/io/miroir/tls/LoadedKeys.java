package io.miroir.tls;

import java.util.List;

/**
 * What a pod knows of one of its keys now, without the key: for operators, and for comparing pods.
 *
 * @param key which one, in the words of the operations pages
 * @param shared whether all pods are to know the same
 * @param fingerprints of all that are good, the one that is shown to others first
 * @param trouble why the file is not used as it is now; empty if it is
 */
public record LoadedKeys(String key, boolean shared, List<String> fingerprints, String trouble) {
    public LoadedKeys {
        fingerprints = List.copyOf(fingerprints);
    }
}
