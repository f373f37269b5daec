package io.miroir.api.search;

import static io.miroir.api.strict.Shape.notNull;
import static io.miroir.api.strict.Shape.optional;
import static io.miroir.api.strict.Shape.required;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.JsonText;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A search for documents whose vectors are near a document's.
 *
 * @param id the document's id
 * @param filter as sent; {@link FilterInput} parses it
 * @param attributesToRetrieve null for all displayed attributes
 */
public record SimilarRequest(
        String id,
        String embedder,
        SearchRequest.Paging paging,
        @Nullable JsonNode filter,
        @Nullable Set<String> attributesToRetrieve,
        boolean retrieveVectors,
        SearchRequest.Scoring scoring) {

    private static final Pattern ID = Pattern.compile("[a-zA-Z0-9_-]{1,511}");

    private static final Shape BODY =
            Shape.of(
                    required("id", ErrorCode.INVALID_SIMILAR_ID, Check.ANY, ErrorCode.BAD_REQUEST),
                    notNull("offset", ErrorCode.INVALID_SIMILAR_OFFSET, SearchFields.COUNT),
                    notNull("limit", ErrorCode.INVALID_SIMILAR_LIMIT, SearchFields.COUNT),
                    optional("filter", ErrorCode.INVALID_SIMILAR_FILTER, Check.ANY),
                    required(
                            "embedder",
                            ErrorCode.INVALID_SIMILAR_EMBEDDER,
                            Check.STRING,
                            ErrorCode.BAD_REQUEST),
                    optional(
                            "attributesToRetrieve",
                            ErrorCode.INVALID_SIMILAR_ATTRIBUTES_TO_RETRIEVE,
                            Check.STRINGS),
                    flag("retrieveVectors", ErrorCode.INVALID_SIMILAR_RETRIEVE_VECTORS),
                    flag("showRankingScore", ErrorCode.INVALID_SIMILAR_SHOW_RANKING_SCORE),
                    flag(
                            "showRankingScoreDetails",
                            ErrorCode.INVALID_SIMILAR_SHOW_RANKING_SCORE_DETAILS),
                    flag(
                            "showPerformanceDetails",
                            ErrorCode.INVALID_SIMILAR_SHOW_PERFORMANCE_DETAILS),
                    optional(
                            "rankingScoreThreshold",
                            ErrorCode.INVALID_SIMILAR_RANKING_SCORE_THRESHOLD,
                            SearchFields::threshold));

    private static final Shape PARAMETERS =
            Shape.of(
                    required("id", ErrorCode.INVALID_SIMILAR_ID, Check.ANY, ErrorCode.BAD_REQUEST),
                    required(
                            "embedder",
                            ErrorCode.INVALID_SIMILAR_EMBEDDER,
                            Check.STRING,
                            ErrorCode.BAD_REQUEST),
                    notNull("offset", ErrorCode.INVALID_SIMILAR_OFFSET, SearchFields.COUNT),
                    notNull("limit", ErrorCode.INVALID_SIMILAR_LIMIT, SearchFields.COUNT),
                    notNull(
                            "attributesToRetrieve",
                            ErrorCode.INVALID_SIMILAR_ATTRIBUTES_TO_RETRIEVE,
                            Check.STRING),
                    flag("retrieveVectors", ErrorCode.INVALID_SIMILAR_RETRIEVE_VECTORS),
                    notNull("filter", ErrorCode.INVALID_SIMILAR_FILTER, Check.STRING),
                    flag("showRankingScore", ErrorCode.INVALID_SIMILAR_SHOW_RANKING_SCORE),
                    flag(
                            "showRankingScoreDetails",
                            ErrorCode.INVALID_SIMILAR_SHOW_RANKING_SCORE_DETAILS),
                    flag(
                            "showPerformanceDetails",
                            ErrorCode.INVALID_SIMILAR_SHOW_PERFORMANCE_DETAILS),
                    notNull(
                            "rankingScoreThreshold",
                            ErrorCode.INVALID_SIMILAR_RANKING_SCORE_THRESHOLD,
                            value -> SearchParameters.fraction(value, "rankingScoreThreshold")));

    /** Checks the body of a POST, but not {@link #checkId what the id is}. */
    public static void checkShape(JsonNode body) {
        BODY.check(StrictValue.body(body));
    }

    /** Reads the body of a POST. */
    public static SimilarRequest fromBody(JsonNode body) {
        checkShape(body);
        checkId(body.path("id"));
        return fromValid(body);
    }

    /** Reads the parameters of a GET, in the client's order. */
    public static SimilarRequest fromParameters(Map<String, String> parameters) {
        ObjectNode body = bodyOf(parameters);
        checkId(body.path("id"));
        return fromValid(body);
    }

    /**
     * The body of a POST that asks for the same as a GET with these parameters, as it is checked.
     */
    public static ObjectNode bodyOf(Map<String, String> parameters) {
        PARAMETERS.check(StrictValue.query(parameters));
        ObjectNode body = Json.object();
        parameters.forEach((name, value) -> put(body, name, value));
        return body;
    }

    private static void put(ObjectNode body, String name, String value) {
        switch (name) {
            case "offset", "limit" -> body.put(name, Long.parseLong(value));
            case "attributesToRetrieve" -> {
                ArrayNode list = body.putArray(name);
                SearchParameters.elements(value).forEach(list::add);
            }
            case "filter" ->
                    body.set(
                            name, SearchParameters.filter(value, ErrorCode.INVALID_SIMILAR_FILTER));
            case "rankingScoreThreshold" -> body.put(name, Double.parseDouble(value));
            case "id", "embedder" -> body.put(name, value);
            default -> body.put(name, Boolean.parseBoolean(value));
        }
    }

    private static SimilarRequest fromValid(JsonNode body) {
        Fields fields = new Fields(body);
        JsonNode id = body.get("id");
        return new SimilarRequest(
                id.isString() ? id.stringValue() : id.toString(),
                fields.text("embedder", ""),
                SearchRequest.paging(fields),
                fields.raw("filter"),
                fields.set("attributesToRetrieve"),
                fields.flag("retrieveVectors"),
                new SearchRequest.Scoring(
                        fields.flag("showRankingScore"),
                        fields.flag("showRankingScoreDetails"),
                        fields.number("rankingScoreThreshold")));
    }

    /** Looked at when everything else is known to be right. */
    public static void checkId(JsonNode id) {
        boolean valid =
                id.isIntegralNumber() || (id.isString() && ID.matcher(id.stringValue()).matches());
        if (!valid) {
            throw new ApiException(
                    ErrorCode.INVALID_SIMILAR_ID,
                    "Invalid value at `.id`: Document identifier `"
                            + JsonText.of(id)
                            + "` is invalid. A document identifier can be of type integer or"
                            + " string, only composed of alphanumeric characters (a-z A-Z 0-9),"
                            + " hyphens (-) and underscores (_), and can not be more than 511"
                            + " bytes.");
        }
    }

    private static Shape.Field flag(String name, ErrorCode code) {
        return notNull(name, code, Check.BOOLEAN);
    }
}
