package io.miroir.api.search;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.core.filter.Filter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What is refused of a search whatever its index, and even if there is none. */
public final class RequestChecks {
    private RequestChecks() {}

    /**
     * Throws if the filter is malformed, or something needs an experimental feature that is off.
     */
    public static void check(SearchRequest request, Features features) {
        filter(request.selection().filter(), features);
        network(request, features);
    }

    /** The same, of the body of a search that is valid. */
    public static void check(JsonNode body, Features features) {
        filter(body.get("filter"), features);
        network(body.path("useNetwork").isBoolean(), features);
    }

    private static void filter(@Nullable JsonNode json, Features features) {
        Filter filter = FilterInput.parse(json, ErrorCode.INVALID_SEARCH_FILTER);
        if (filter != null) {
            FilterFeatures.check(filter, features);
        }
    }

    /** Throws if it says whether to ask the network, and that feature is off. */
    public static void network(SearchRequest request, Features features) {
        network(request.extras().useNetwork() != null, features);
    }

    private static void network(boolean asked, Features features) {
        if (asked) {
            features.require(Feature.NETWORK, "passing `useNetwork` in a search query");
        }
    }

    /** There is no such feature to switch on; it is told when all else is well. */
    public static void personalize(SearchRequest request) {
        personalize(request.extras().personalize());
    }

    /** The same, of a federation. */
    public static void personalize(MultiSearchRequest.Federation federation) {
        personalize(federation.personalize());
    }

    private static void personalize(@Nullable String userContext) {
        if (userContext != null) {
            throw new ApiException(
                    ErrorCode.FEATURE_NOT_ENABLED,
                    "reranking search results requires enabling the `personalization` experimental"
                            + " feature. See"
                            + " https://github.com/orgs/meilisearch/discussions/866");
        }
    }
}
