package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.documents.VectorField;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is wrong with vectors of a payload's documents. A document that comes again takes the place
 * of the one before, and its fault with it.
 */
final class VectorFaults {
    /** Of more, one is left almost surely; else nodes find it. */
    private static final int FAULTS_MAX = 1_000;

    private final Map<Long, Found> byDocument = new HashMap<>();

    private record Found(long place, VectorField.Fault fault) {}

    /** The document comes with other vectors, or as a whole anew. */
    void forget(long document) {
        if (!byDocument.isEmpty()) {
            byDocument.remove(document);
        }
    }

    /**
     * A fault was found.
     *
     * @param place of the document in the payload
     */
    void add(long document, long place, VectorField.Fault fault) {
        if (byDocument.size() < FAULTS_MAX) {
            byDocument.put(document, new Found(place, fault));
        }
    }

    /** The one that Meilisearch meets first. */
    Optional<ApiException> first() {
        return byDocument.values().stream()
                .min(
                        Comparator.comparingInt((Found found) -> found.fault().early() ? 0 : 1)
                                .thenComparingLong(Found::place))
                .map(found -> found.fault().error());
    }
}
