package io.miroir.embedded.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Facet values that a facet search found.
 *
 * @param facetQuery the query echoed
 */
public record FacetAnswer(List<Hit> hits, @Nullable String facetQuery) {
    public FacetAnswer {
        hits = List.copyOf(hits);
    }

    /** A value as first written, and the number of matching documents that have it. */
    public record Hit(String value, long count) {}
}
