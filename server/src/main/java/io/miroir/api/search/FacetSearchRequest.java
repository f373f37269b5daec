package io.miroir.api.search;

import static io.miroir.api.strict.Shape.optional;

import io.miroir.api.ErrorCode;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A search among the values of a facet.
 *
 * @param facetName the attribute whose values are searched
 * @param facetQuery what they must match; null for all
 * @param search the search whose documents are counted
 * @param exhaustive whether counts are over all matching documents
 */
public record FacetSearchRequest(
        String facetName, @Nullable String facetQuery, SearchRequest search, boolean exhaustive) {

    private static final Shape BODY =
            Shape.of(
                    optional("facetQuery", ErrorCode.INVALID_FACET_SEARCH_QUERY, Check.STRING),
                    Shape.required(
                            "facetName",
                            ErrorCode.INVALID_FACET_SEARCH_FACET_NAME,
                            Check.STRING,
                            ErrorCode.MISSING_FACET_SEARCH_FACET_NAME),
                    optional("q", ErrorCode.INVALID_SEARCH_Q, Check.STRING),
                    optional("vector", ErrorCode.INVALID_SEARCH_VECTOR, SearchFields.VECTOR),
                    optional("media", ErrorCode.INVALID_SEARCH_MEDIA, Check.ANY),
                    SearchFields.hybrid(),
                    optional("filter", ErrorCode.INVALID_SEARCH_FILTER, Check.ANY),
                    SearchFields.matchingStrategy(),
                    SearchFields.attributesToSearchOn(),
                    SearchFields.rankingScoreThreshold(),
                    SearchFields.locales(),
                    optional(
                            "exhaustiveFacetCount",
                            ErrorCode.INVALID_FACET_SEARCH_EXHAUSTIVE_FACET_COUNT,
                            Check.BOOLEAN),
                    SearchFields.useNetwork());

    /**
     * Reads the body of a POST. Members that are not known are passed over, as Meilisearch does.
     */
    public static FacetSearchRequest fromBody(JsonNode whole) {
        JsonNode body = whole;
        if (whole instanceof ObjectNode object) {
            body = object.deepCopy().retain(BODY.names());
        }
        BODY.check(StrictValue.body(body));
        Fields fields = new Fields(body);
        return new FacetSearchRequest(
                fields.text("facetName", ""),
                fields.text("facetQuery"),
                SearchRequest.fromValid(body),
                fields.flag("exhaustiveFacetCount"));
    }
}
