package io.miroir.embedded.engine;

import io.miroir.embedded.engine.store.IndexStore;
import io.miroir.embedded.engine.store.MissingVectors;
import io.miroir.embedded.engine.store.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Adds documents chunk by chunk, so that memory bounds a chunk and not the whole. A chunk is
 * checked before any of it is written; whoever started the addition undoes the chunks before it.
 */
final class Addition {
    /** JSON takes about ten times its length in memory, with Lucene's buffer beside it. */
    private static final int CHUNK_BYTES_MAX = 2 << 20;

    /** Small documents take more than ten times their length. */
    private static final int CHUNK_DOCUMENTS_MAX = 10_000;

    private final IndexStore store;
    private final boolean update;
    private final boolean skipCreation;
    private final List<DocumentSource.Document> chunk = new ArrayList<>();
    private final MissingVectors missing = new MissingVectors();

    /** Numbers of the documents written so far: an id that comes again is not counted again. */
    private final BitSet written = new BitSet();

    /** Ids that nothing was written for. Only their text is held. */
    private final Set<String> skipped = new HashSet<>();

    private int chunkBytes;

    Addition(IndexStore store, boolean update, boolean skipCreation) {
        this.store = store;
        this.update = update;
        this.skipCreation = skipCreation;
    }

    /**
     * Adds all documents.
     *
     * @return how many different ids they have
     * @throws io.miroir.api.ApiException when one can't be indexed; see {@link #hasWritten}
     */
    long run(DocumentSource documents) throws IOException {
        documents.read(
                document -> {
                    chunk.add(document);
                    chunkBytes += document.bytes();
                    if (chunkBytes >= CHUNK_BYTES_MAX || chunk.size() == CHUNK_DOCUMENTS_MAX) {
                        writeChunk();
                    }
                });
        writeChunk();
        missing.refuseIfAny();
        return written.cardinality() + (long) skipped.size();
    }

    /** Whether a part is written. */
    boolean hasWritten() {
        return !written.isEmpty();
    }

    private void writeChunk() throws IOException {
        Map<String, ObjectNode> changed = new LinkedHashMap<>();
        Map<String, Integer> known = new HashMap<>();
        try (Snapshot snapshot = store.view()) {
            for (DocumentSource.Document document : chunk) {
                String id = document.id();
                boolean again = changed.containsKey(id);
                int doc = again ? -1 : snapshot.find(id);
                if (doc >= 0) {
                    known.put(id, snapshot.numberOf(doc));
                } else if (skipCreation && !again) {
                    skipped.add(id);
                    continue;
                }
                ObjectNode old = changed.get(id);
                if (doc >= 0 && update) {
                    old = snapshot.document(doc);
                }
                ObjectNode json = document.json();
                changed.put(id, update ? store.merged(old, json) : json);
            }
        }
        changed.forEach((id, json) -> store.check(id, json, missing));
        if (missing.isEmpty()) {
            store.put(changed, known).forEach(written::set);
        }
        chunk.clear();
        chunkBytes = 0;
    }
}
