package io.miroir.embedded.engine.store;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Documents that lack the vectors an embedder expects of their user, and the refusal of them. */
public final class MissingVectors {
    private final Map<String, Found> byEmbedder = new LinkedHashMap<>();

    private record Found(String firstId, int count) {}

    /** Remembers a document by its id. */
    void add(String embedder, String id) {
        byEmbedder.merge(
                embedder,
                new Found(id, 1),
                (before, _) -> new Found(before.firstId, before.count + 1));
    }

    /** Whether no document was remembered. */
    public boolean isEmpty() {
        return byEmbedder.isEmpty();
    }

    /** Throws if a document was remembered. */
    public void refuseIfAny() {
        for (Map.Entry<String, Found> entry : byEmbedder.entrySet()) {
            String embedder = entry.getKey();
            Found found = entry.getValue();
            String others =
                    found.count > 1
                            ? " and at least " + (found.count - 1) + " other document(s)"
                            : "";
            throw new ApiException(
                    ErrorCode.VECTOR_EMBEDDING_ERROR,
                    "While embedding documents for embedder `"
                            + embedder
                            + "`: no vectors provided for document `"
                            + found.firstId
                            + "`"
                            + others
                            + "\n- Note: `"
                            + embedder
                            + "` has `source: userProvided`, so documents must provide embeddings as"
                            + " an array in `_vectors."
                            + embedder
                            + "`.\n- Hint: opt-out for a document with `_vectors."
                            + embedder
                            + ": null`");
        }
    }
}
