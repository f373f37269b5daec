package io.miroir.api.documents;

import static io.miroir.api.strict.Shape.notNull;
import static io.miroir.api.strict.Shape.optional;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.search.SearchParameters;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A validated request for stored documents.
 *
 * @param ids only these; null for any
 * @param filter as sent; null for none
 * @param sort expressions; null for the order of insertion
 * @param fields the fields shown; null for all
 * @param offset documents skipped
 * @param limit documents shown at most
 */
public record DocumentsRequest(
        @Nullable List<String> ids,
        @Nullable JsonNode filter,
        @Nullable List<String> sort,
        @Nullable Set<String> fields,
        boolean retrieveVectors,
        long offset,
        long limit) {
    private static final long LIMIT_DEFAULT = 20;

    private static final Shape BODY =
            Shape.of(
                    notNull(
                            "offset",
                            ErrorCode.INVALID_DOCUMENT_OFFSET,
                            Check.unsigned(Long.MAX_VALUE)),
                    notNull(
                            "limit",
                            ErrorCode.INVALID_DOCUMENT_LIMIT,
                            Check.unsigned(Long.MAX_VALUE)),
                    optional("fields", ErrorCode.INVALID_DOCUMENT_FIELDS, Check.STRINGS),
                    notNull(
                            "retrieveVectors",
                            ErrorCode.INVALID_DOCUMENT_RETRIEVE_VECTORS,
                            Check.BOOLEAN),
                    optional("ids", ErrorCode.INVALID_DOCUMENT_IDS, Check.arrayOf(Check.ANY)),
                    optional("filter", ErrorCode.INVALID_DOCUMENT_FILTER, Check.ANY),
                    optional("sort", ErrorCode.INVALID_DOCUMENT_SORT, Check.STRINGS),
                    optional("useNetwork", ErrorCode.INVALID_DOCUMENT_USE_NETWORK, Check.BOOLEAN));

    private static final Shape PARAMETERS =
            Shape.of(
                    notNull(
                            "offset",
                            ErrorCode.INVALID_DOCUMENT_OFFSET,
                            Check.unsigned(Long.MAX_VALUE)),
                    notNull(
                            "limit",
                            ErrorCode.INVALID_DOCUMENT_LIMIT,
                            Check.unsigned(Long.MAX_VALUE)),
                    notNull("fields", ErrorCode.INVALID_DOCUMENT_FIELDS, Check.STRING),
                    notNull(
                            "retrieveVectors",
                            ErrorCode.INVALID_DOCUMENT_RETRIEVE_VECTORS,
                            Check.BOOLEAN),
                    notNull("ids", ErrorCode.INVALID_DOCUMENT_IDS, Check.STRING),
                    notNull("filter", ErrorCode.INVALID_DOCUMENT_FILTER, Check.STRING),
                    notNull("sort", ErrorCode.INVALID_DOCUMENT_SORT, Check.STRING),
                    notNull(
                            "useNetwork",
                            ErrorCode.INVALID_DOCUMENT_USE_NETWORK,
                            DocumentsRequest::noText));

    private static final Shape ONE_PARAMETERS =
            Shape.of(
                    notNull("fields", ErrorCode.INVALID_DOCUMENT_FIELDS, Check.STRING),
                    notNull(
                            "retrieveVectors",
                            ErrorCode.INVALID_DOCUMENT_RETRIEVE_VECTORS,
                            Check.BOOLEAN),
                    notNull(
                            "useNetwork",
                            ErrorCode.INVALID_DOCUMENT_USE_NETWORK,
                            DocumentsRequest::noText));

    /**
     * What is shown of one document.
     *
     * @param fields null for all
     */
    public record Shown(@Nullable Set<String> fields, boolean retrieveVectors) {}

    /** Reads the body of a fetch. */
    public static DocumentsRequest fromBody(JsonNode body) {
        BODY.check(StrictValue.body(body));
        JsonNode ids = body.path("ids");
        JsonNode filter = body.path("filter");
        return new DocumentsRequest(
                ids.isArray() ? ids(ids) : null,
                filter.isMissingNode() || filter.isNull() ? null : filter,
                strings(body.path("sort")),
                exactNames(strings(body.path("fields"))),
                body.path("retrieveVectors").asBoolean(false),
                body.path("offset").asLong(0),
                body.path("limit").asLong(LIMIT_DEFAULT));
    }

    /** Reads the parameters of a list. */
    public static DocumentsRequest fromParameters(Map<String, String> parameters) {
        PARAMETERS.check(StrictValue.query(parameters));
        String ids = parameters.get("ids");
        String filter = parameters.get("filter");
        String sort = parameters.get("sort");
        return new DocumentsRequest(
                ids == null ? null : ids(texts(ids)),
                filter == null
                        ? null
                        : SearchParameters.filter(filter, ErrorCode.INVALID_DOCUMENT_FILTER),
                sort == null ? null : SearchParameters.splitSort(sort),
                fields(parameters.get("fields")),
                Boolean.parseBoolean(parameters.get("retrieveVectors")),
                Long.parseLong(parameters.getOrDefault("offset", "0")),
                Long.parseLong(parameters.getOrDefault("limit", Long.toString(LIMIT_DEFAULT))));
    }

    /** Reads the parameters of a request for one document. */
    public static Shown oneFromParameters(Map<String, String> parameters) {
        ONE_PARAMETERS.check(StrictValue.query(parameters));
        return new Shown(
                fields(parameters.get("fields")),
                Boolean.parseBoolean(parameters.get("retrieveVectors")));
    }

    /** In a query it can't be given: Meilisearch wants a boolean where there are only texts. */
    private static void noText(StrictValue value) {
        throw value.error(
                "Invalid value type for parameter `useNetwork`: expected a string, but found a"
                        + " string: `"
                        + value.string()
                        + "`");
    }

    /** The error for a document that is not there. */
    public static ApiException notFound(String id) {
        return new ApiException(ErrorCode.DOCUMENT_NOT_FOUND, "Document `" + id + "` not found.");
    }

    private static @Nullable Set<String> fields(@Nullable String text) {
        if (text == null) {
            return null;
        }
        List<String> names = SearchParameters.elements(text);
        return names.contains("*") ? null : new LinkedHashSet<>(names);
    }

    private static List<JsonNode> texts(String list) {
        return SearchParameters.elements(list).stream()
                .<JsonNode>map(JsonNodeFactory.instance::stringNode)
                .toList();
    }

    private static List<String> ids(Iterable<JsonNode> values) {
        List<String> ids = new ArrayList<>();
        for (JsonNode value : values) {
            try {
                ids.add(PrimaryKey.idOf(value));
            } catch (ApiException refused) {
                throw new ApiException(
                        ErrorCode.INVALID_DOCUMENT_IDS,
                        "In `.ids[" + ids.size() + "]`: " + refused.text());
            }
        }
        return ids;
    }

    private static @Nullable List<String> strings(JsonNode array) {
        return array.isArray() ? array.valueStream().map(JsonNode::stringValue).toList() : null;
    }

    /** In a body a star is no pattern, but the name of a field that nobody has. */
    private static @Nullable Set<String> exactNames(@Nullable List<String> names) {
        if (names == null) {
            return null;
        }
        Set<String> exact = new LinkedHashSet<>(names);
        exact.remove("*");
        return exact;
    }
}
