package io.miroir.api.search;

import static io.miroir.api.strict.Shape.notNull;
import static io.miroir.api.strict.Shape.optional;
import static io.miroir.api.strict.Shape.required;

import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Several searches in one request.
 *
 * @param federation how their hits become one list; null to answer each on its own
 */
public record MultiSearchRequest(List<Query> queries, @Nullable Federation federation) {

    public MultiSearchRequest {
        queries = List.copyOf(queries);
    }

    /**
     * One of the searches.
     *
     * @param paginationField the first pagination parameter it has; null for none
     * @param options its part in the federation; null for none given
     * @param hasPerformanceDetails whether it asks about them, either way
     */
    public record Query(
            String indexUid,
            SearchRequest request,
            @Nullable String paginationField,
            @Nullable FederationOptions options,
            boolean hasPerformanceDetails) {

        /** The position that answers tell: the client may have given another than it has. */
        public long shownPosition(int own) {
            Long given = options == null ? null : options.queryPosition();
            return given == null ? own : given;
        }

        /** The same query with another search. */
        public Query with(SearchRequest other) {
            return new Query(indexUid, other, paginationField, options, hasPerformanceDetails);
        }
    }

    /**
     * A query's part in a federation.
     *
     * @param weight factor of its scores, 0 or more
     */
    public record FederationOptions(
            double weight, @Nullable String remote, @Nullable Long queryPosition) {
        /** What holds for a query that says nothing. */
        public static final FederationOptions DEFAULT = new FederationOptions(1, null, null);
    }

    /**
     * How hits become one list.
     *
     * @param facetsByIndex patterns of attributes to count, per index; a null list counts nothing
     * @param mergeFacets whether counts of all indexes are added up
     * @param maxValuesPerFacet cap of the added up values; null for none
     * @param distinct the attribute of which each value is shown once, over all queries
     */
    public record Federation(
            SearchRequest.Paging paging,
            Map<String, @Nullable List<String>> facetsByIndex,
            boolean mergeFacets,
            @Nullable Long maxValuesPerFacet,
            @Nullable String distinct,
            @Nullable String personalize,
            boolean showPerformanceDetails) {}

    private static final Pattern INDEX_UID = Pattern.compile("[a-zA-Z0-9_-]{1,512}");

    private static final Shape OPTIONS =
            Shape.of(
                    notNull(
                            "weight",
                            ErrorCode.INVALID_MULTI_SEARCH_WEIGHT,
                            MultiSearchRequest::checkWeight),
                    optional("remote", ErrorCode.INVALID_MULTI_SEARCH_REMOTE, Check.STRING),
                    optional(
                            "queryPosition",
                            ErrorCode.INVALID_MULTI_SEARCH_QUERY_POSITION,
                            SearchFields.COUNT));

    private static final Shape QUERY =
            Shape.of(
                    SearchFields.ofMultiSearch(
                            required(
                                    "indexUid",
                                    ErrorCode.INVALID_INDEX_UID,
                                    MultiSearchRequest::checkIndexUid,
                                    ErrorCode.MISSING_INDEX_UID),
                            optional("federationOptions", ErrorCode.BAD_REQUEST, OPTIONS)));

    private static final Shape MERGE_FACETS =
            Shape.of(
                    ErrorCode.INVALID_MULTI_SEARCH_MERGE_FACETS,
                    optional(
                            "maxValuesPerFacet",
                            ErrorCode.INVALID_MULTI_SEARCH_MAX_VALUES_PER_FACET,
                            SearchFields.COUNT));

    private static final Shape FEDERATION =
            Shape.of(
                    notNull("limit", ErrorCode.INVALID_SEARCH_LIMIT, SearchFields.COUNT),
                    notNull("offset", ErrorCode.INVALID_SEARCH_OFFSET, SearchFields.COUNT),
                    optional("page", ErrorCode.INVALID_SEARCH_PAGE, SearchFields.COUNT),
                    optional(
                            "hitsPerPage",
                            ErrorCode.INVALID_SEARCH_HITS_PER_PAGE,
                            SearchFields.COUNT),
                    notNull(
                            "facetsByIndex",
                            ErrorCode.INVALID_MULTI_SEARCH_FACETS_BY_INDEX,
                            MultiSearchRequest::checkFacetsByIndex),
                    optional(
                            "mergeFacets",
                            ErrorCode.INVALID_MULTI_SEARCH_MERGE_FACETS,
                            MERGE_FACETS),
                    optional("distinct", ErrorCode.INVALID_SEARCH_DISTINCT, Check.STRING),
                    notNull(
                            "showPerformanceDetails",
                            ErrorCode.INVALID_SEARCH_SHOW_PERFORMANCE_DETAILS,
                            Check.BOOLEAN),
                    optional(
                            "personalize",
                            ErrorCode.INVALID_SEARCH_PERSONALIZE,
                            SearchRequest.personalize()));

    private static final Shape BODY =
            Shape.of(
                    required(
                            "queries",
                            ErrorCode.BAD_REQUEST,
                            Check.arrayOf(QUERY),
                            ErrorCode.BAD_REQUEST),
                    optional("federation", ErrorCode.BAD_REQUEST, FEDERATION));

    /** Reads the body of a POST. */
    public static MultiSearchRequest fromBody(JsonNode body) {
        BODY.check(StrictValue.body(body));
        List<Query> queries = new ArrayList<>();
        body.get("queries").forEach(query -> queries.add(query(query)));
        JsonNode federation = new Fields(body).raw("federation");
        return new MultiSearchRequest(queries, federation == null ? null : federation(federation));
    }

    private static Query query(JsonNode json) {
        Fields fields = new Fields(json);
        String paginationField = null;
        for (String name : List.of("hitsPerPage", "page", "limit", "offset")) {
            if (fields.raw(name) != null) {
                paginationField = name;
            }
        }
        JsonNode options = fields.raw("federationOptions");
        return new Query(
                fields.text("indexUid", ""),
                SearchRequest.fromValid(json),
                paginationField,
                options == null ? null : options(new Fields(options)),
                fields.raw("showPerformanceDetails") != null);
    }

    private static FederationOptions options(Fields fields) {
        Double weight = fields.number("weight");
        return new FederationOptions(
                weight == null ? FederationOptions.DEFAULT.weight() : weight,
                fields.text("remote"),
                fields.optionalCount("queryPosition"));
    }

    private static Federation federation(JsonNode json) {
        Fields fields = new Fields(json);
        JsonNode merge = fields.raw("mergeFacets");
        JsonNode personalize = fields.raw("personalize");
        Map<String, @Nullable List<String>> facets = new TreeMap<>();
        JsonNode byIndex = fields.raw("facetsByIndex");
        if (byIndex != null) {
            Fields lists = new Fields(byIndex);
            byIndex.propertyNames().forEach(index -> facets.put(index, lists.list(index)));
        }
        return new Federation(
                SearchRequest.paging(fields),
                new LinkedHashMap<>(facets),
                merge != null,
                merge == null ? null : new Fields(merge).optionalCount("maxValuesPerFacet"),
                fields.text("distinct"),
                personalize == null ? null : personalize.get("userContext").stringValue(),
                fields.flag("showPerformanceDetails"));
    }

    private static void checkWeight(StrictValue value) {
        if (!(value.number() >= 0)) {
            throw value.invalid(
                    "the value of `weight` is invalid, expected a positive float (>= 0.0).");
        }
    }

    private static void checkIndexUid(StrictValue value) {
        if (!INDEX_UID.matcher(value.string()).matches()) {
            throw value.invalid(
                    "`"
                            + value.string()
                            + "` is not a valid index uid. Index uid can be an integer or a string"
                            + " containing only alphanumeric characters, hyphens (-) and"
                            + " underscores (_), and can not be more than 512 bytes.");
        }
    }

    private static void checkFacetsByIndex(StrictValue value) {
        value.members()
                .forEach(
                        (uid, patterns) -> {
                            if (!INDEX_UID.matcher(uid).matches()) {
                                throw value.invalid(
                                        "the key "
                                                + Json.text(Json.mapper().valueToTree(uid))
                                                + " could not be deserialized into the key type"
                                                + " `meilisearch_types::index_uid::IndexUid`");
                            }
                            Check.STRINGS.orNull().check(patterns);
                        });
    }
}
