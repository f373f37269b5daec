package io.miroir.embedded.engine;

import io.miroir.api.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a search found.
 *
 * @param hits documents as shown, best first
 * @param query the query echoed; null where none is (federated searches)
 * @param queryVectors the query vector or vectors echoed on request; null for none
 * @param facets counts; null where none were asked for
 * @param semanticHits hits on the page that vectors found; null where vectors had no part
 */
public record SearchAnswer(
        List<ObjectNode> hits,
        @Nullable String query,
        Extent extent,
        @Nullable Facets facets,
        Map<String, ObjectNode> facetsByIndex,
        @Nullable Vectors queryVectors,
        @Nullable Integer semanticHits) {

    /** Where the page stands among all hits. */
    public sealed interface Extent {
        /** An offset, and an estimate of how many documents match. */
        record Window(long offset, long limit, long estimatedTotalHits) implements Extent {}

        /** A page, and the number of documents that match. */
        record Page(long page, long hitsPerPage, long totalPages, long totalHits)
                implements Extent {}
    }

    /**
     * Counts of facet values.
     *
     * @param distribution per attribute, count per value
     * @param stats per numeric attribute, least and greatest value
     */
    public record Facets(ObjectNode distribution, ObjectNode stats) {}

    /** A vector under the member that shows it. */
    public record Vectors(String member, JsonNode value) {}

    /** The answer as a client reads it, without what only the node knows (uid, metadata). */
    public ObjectNode toJson(long processingTimeMillis) {
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray("hits");
        hits.forEach(array::add);
        if (query != null) {
            json.put("query", query);
        }
        if (queryVectors != null) {
            json.set(queryVectors.member(), queryVectors.value());
        }
        json.put("processingTimeMs", processingTimeMillis);
        switch (extent) {
            case Extent.Window window -> {
                json.put("limit", window.limit());
                json.put("offset", window.offset());
                json.put("estimatedTotalHits", window.estimatedTotalHits());
            }
            case Extent.Page page -> {
                json.put("hitsPerPage", page.hitsPerPage());
                json.put("page", page.page());
                json.put("totalPages", page.totalPages());
                json.put("totalHits", page.totalHits());
            }
        }
        if (facets != null) {
            json.set("facetDistribution", facets.distribution());
            json.set("facetStats", facets.stats());
        }
        if (!facetsByIndex.isEmpty()) {
            ObjectNode byIndex = json.putObject("facetsByIndex");
            facetsByIndex.forEach(byIndex::set);
        }
        if (semanticHits != null) {
            json.put("semanticHitCount", semanticHits);
        }
        return json;
    }
}
