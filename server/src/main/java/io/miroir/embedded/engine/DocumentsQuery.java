package io.miroir.embedded.engine;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A page of documents as they are stored.
 *
 * @param ids only these; null for any
 * @param filter only what it selects; null for all
 * @param sort sort expressions; null for the order of insertion
 * @param fields the fields shown; null for all
 */
public record DocumentsQuery(
        @Nullable List<String> ids,
        @Nullable JsonNode filter,
        @Nullable List<String> sort,
        @Nullable Set<String> fields,
        boolean retrieveVectors,
        long offset,
        long limit) {}
