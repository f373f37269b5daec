package io.miroir.bench.load;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is to be there, as far as it was acknowledged.
 *
 * @param versions of documents by id; all others are not to be there
 * @param unsure ids of documents of which it is not known
 * @param endId above all ids that anybody ever used
 */
record Expected(Map<Long, Long> versions, Set<Long> unsure, long endId) {
    /** The field of documents that were changed. */
    static final String VERSION = "version";

    /** The first documents, which nobody changes, and those of writers. */
    static Expected of(int documents, List<Writer> writers) {
        Map<Long, Long> versions = new HashMap<>();
        Set<Long> unsure = new HashSet<>();
        long endId = documents;
        for (long id = 0; id < documents; id++) {
            versions.put(id, 0L);
        }
        for (Writer writer : writers) {
            versions.putAll(writer.versions());
            unsure.addAll(writer.unsure());
            endId = Math.max(endId, writer.endId());
        }
        return new Expected(versions, unsure, endId);
    }
}
