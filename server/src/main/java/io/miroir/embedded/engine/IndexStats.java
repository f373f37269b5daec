package io.miroir.embedded.engine;

import java.util.Map;

/**
 * Figures of one index.
 *
 * @param documents number of documents
 * @param embeddings number of vectors
 * @param embeddedDocuments number of documents with vectors
 * @param fieldDistribution how many documents have each field, nested ones by their path; sorted
 * @param diskBytes bytes of its files
 */
public record IndexStats(
        long documents,
        long embeddings,
        long embeddedDocuments,
        Map<String, Long> fieldDistribution,
        long diskBytes) {}
