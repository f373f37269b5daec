package io.miroir.api.search;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.api.network.Network;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;

/** Refuses what a query may not have inside a federation. */
public final class FederationChecks {
    private FederationChecks() {}

    /**
     * Checks one query, whatever its index.
     *
     * @param network asked only of queries that name an instance or all
     * @throws ApiException if it has what a federation does not allow, or needs a feature that is
     *     off
     */
    public static void check(
            MultiSearchRequest.Query query,
            MultiSearchRequest.Federation federation,
            Features features,
            Supplier<Network> network) {
        String paging = query.paginationField();
        if (paging != null) {
            throw new ApiException(
                    ErrorCode.INVALID_MULTI_SEARCH_QUERY_PAGINATION,
                    "Using pagination options is not allowed in federated queries.\n"
                            + " - Hint: remove `"
                            + paging
                            + "` from the query or remove `federation` from the request\n"
                            + " - Hint: pass `federation.limit` and `federation.offset` for"
                            + " pagination in federated search");
        }
        List<String> facets = query.request().selection().facets();
        if (facets != null && !facets.isEmpty()) {
            ArrayNode shown = Json.array();
            facets.forEach(shown::add);
            throw new ApiException(
                    ErrorCode.INVALID_MULTI_SEARCH_QUERY_FACETS,
                    "Using facet options is not allowed in federated queries.\n"
                            + " - Hint: remove `facets` from the query or remove `federation` from"
                            + " the request\n - Hint: pass `federation.facetsByIndex."
                            + query.indexUid()
                            + ": "
                            + Json.text(shown).replace(",", ", ")
                            + "` for facets in federated search");
        }
        checkRest(query, federation);
        checkNetwork(query, features, network);
    }

    private static void checkRest(
            MultiSearchRequest.Query query, MultiSearchRequest.Federation federation) {
        if (query.request().extras().personalize() != null) {
            throw new ApiException(
                    ErrorCode.INVALID_MULTI_SEARCH_QUERY_PERSONALIZATION,
                    "Using `.personalize` is not allowed in federated queries.\n - Hint: remove"
                            + " `personalize` from the query or remove `federation` from the"
                            + " request\n - Hint: pass `federation.personalize` for"
                            + " personalization in federated search");
        }
        MultiSearchRequest.FederationOptions options = query.options();
        if (isEverywhere(query) && options != null && options.remote() != null) {
            throw new ApiException(
                    ErrorCode.INVALID_MULTI_SEARCH_FEDERATION_OPTIONS,
                    "Using `.useNetwork` is not allowed as the same time as"
                            + " `.federationOptions.remote`.\n  - Hint: to perform an explicit"
                            + " query against a remote, remove `.useNetwork`.\n  - Hint: to"
                            + " automatically perform queries against the entire network, remove"
                            + " `.federationOptions.remote`.");
        }
        if (query.hasPerformanceDetails()) {
            throw new ApiException(
                    ErrorCode.INVALID_MULTI_SEARCH_QUERY_SHOW_PERFORMANCE_DETAILS,
                    "Using `.showPerformanceDetails` is not allowed in federated queries.\n - Hint:"
                            + " remove `showPerformanceDetails` from the query or remove"
                            + " `federation` from the request");
        }
        if (query.request().selection().distinct() != null && federation.distinct() != null) {
            throw new ApiException(
                    ErrorCode.INVALID_MULTI_SEARCH_DISTINCT,
                    "Using `distinct` options is not allowed in federated queries when it also"
                            + " appears in `.federation.distinct`.\n - Hint: remove `distinct` from"
                            + " the query or remove `federation` from the request\n  - Note:"
                            + " `distinct` at the query level is discouraged in federated search.");
        }
    }

    private static void checkNetwork(
            MultiSearchRequest.Query query, Features features, Supplier<Network> network) {
        RequestChecks.network(query.request(), features);
        if (isEverywhere(query) && network.get().hasOthers()) {
            throw Network.forwarding();
        }
        MultiSearchRequest.FederationOptions options = query.options();
        if (options != null && options.remote() != null) {
            features.require(Feature.NETWORK, "Performing a remote federated search");
            checkRemote(options.remote(), network.get());
        }
        if (options != null && options.queryPosition() != null) {
            features.require(Feature.NETWORK, "Using `federationOptions.queryPosition`");
        }
    }

    private static boolean isEverywhere(MultiSearchRequest.Query query) {
        return Boolean.TRUE.equals(query.request().extras().useNetwork());
    }

    private static void checkRemote(String remote, Network network) {
        if (remote.equals(network.self())) {
            return;
        }
        if (network.hasRemote(remote)) {
            throw Network.forwarding();
        }
        throw new ApiException(
                ErrorCode.INVALID_MULTI_SEARCH_REMOTE,
                "Invalid `.federation_options.remote`: remote `" + remote + "` is not registered");
    }

    /** There is no such index. */
    public static ApiException noIndex(String uid) {
        // The index is named in the body: it is the request that is wrong, not its path.
        return new ApiException(ErrorCode.INDEX_NOT_FOUND, "Index `" + uid + "` not found.", 400);
    }

    /** The same refusal, of facets of an index. */
    public static ApiException insideFacets(String uid, ApiException refused) {
        return new ApiException(
                refused.code(),
                "Inside `.federation.facetsByIndex." + uid + "`: " + refused.text(),
                refused.status());
    }

    /**
     * Two indexes order the values of a facet differently.
     *
     * @param before the index before {@code uid}
     * @param byCount whether {@code uid} orders them by count
     */
    public static ApiException otherFacetOrder(
            String facet, String before, String uid, boolean byCount) {
        return new ApiException(
                ErrorCode.INVALID_MULTI_SEARCH_FACET_ORDER,
                "Inside `.federation.facetsByIndex."
                        + uid
                        + "`: Inconsistent order for values in facet `"
                        + facet
                        + "`: index `"
                        + before
                        + "` orders "
                        + order(!byCount)
                        + ", but index `"
                        + uid
                        + "` orders "
                        + order(byCount)
                        + ".\n - Hint: Remove `federation.mergeFacets` or change"
                        + " `faceting.sortFacetValuesBy` to be consistent in settings.");
    }

    private static String order(boolean byCount) {
        return byCount ? "by count" : "alphabetically";
    }

    /** The same refusal, of a query. */
    public static ApiException insideQuery(long position, ApiException refused) {
        return new ApiException(
                refused.code(),
                "Inside `.queries[" + position + "]`: " + refused.text(),
                refused.status());
    }

    /** The query's search, paged as the federation is: its own paging means nothing here. */
    public static SearchRequest paged(SearchRequest request, SearchRequest.Paging paging) {
        return new SearchRequest(
                request.matching(),
                request.selection(),
                paging,
                request.display(),
                request.scoring(),
                request.semantic(),
                request.extras());
    }
}
