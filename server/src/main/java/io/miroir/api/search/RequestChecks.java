package io.miroir.api.search;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.core.filter.Filter;
import org.jspecify.annotations.Nullable;

/** What is refused of a search whatever its index, and even if there is none. */
public final class RequestChecks {
    private RequestChecks() {}

    /**
     * Throws if the filter is malformed, or something needs an experimental feature that is off.
     */
    public static void check(SearchRequest request, Features features) {
        Filter filter =
                FilterInput.parse(request.selection().filter(), ErrorCode.INVALID_SEARCH_FILTER);
        if (filter != null) {
            FilterFeatures.check(filter, features);
        }
        network(request, features);
    }

    public static void network(SearchRequest request, Features features) {
        if (request.extras().useNetwork() != null) {
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
