package io.miroir.api.search;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.core.filter.Filter;

/** What is refused of a search whatever its index, and even if there is none. */
public final class RequestChecks {
    private RequestChecks() {}

    /**
     * Throws if the filter is malformed, or something needs an experimental feature that is off.
     */
    public static void check(SearchRequest request, SearchFeatures features) {
        Filter filter =
                FilterInput.parse(request.selection().filter(), ErrorCode.INVALID_SEARCH_FILTER);
        if (filter != null) {
            FilterFeatures.check(filter, features);
        }
        network(request, features);
    }

    public static void network(SearchRequest request, SearchFeatures features) {
        if (request.extras().useNetwork() != null && !features.network()) {
            throw off("passing `useNetwork` in a search query", "network", 805);
        }
    }

    /** There is no such feature to switch on; it is told when all else is well. */
    public static void personalize(SearchRequest request) {
        if (request.extras().personalize() != null) {
            throw off("reranking search results", "personalization", 866);
        }
    }

    public static ApiException off(String use, String feature, int discussion) {
        return new ApiException(
                ErrorCode.FEATURE_NOT_ENABLED,
                use
                        + " requires enabling the `"
                        + feature
                        + "` experimental feature. See"
                        + " https://github.com/orgs/meilisearch/discussions/"
                        + discussion);
    }
}
