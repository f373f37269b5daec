package io.miroir.api.search;

import static io.miroir.api.strict.Shape.notNull;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The query parameters of GET searches, and the body that says the same. */
public final class SearchParameters {
    private static final Shape SHAPE =
            Shape.of(
                    notNull("q", ErrorCode.INVALID_SEARCH_Q, Check.STRING),
                    count("offset", ErrorCode.INVALID_SEARCH_OFFSET),
                    count("limit", ErrorCode.INVALID_SEARCH_LIMIT),
                    count("page", ErrorCode.INVALID_SEARCH_PAGE),
                    count("hitsPerPage", ErrorCode.INVALID_SEARCH_HITS_PER_PAGE),
                    text("attributesToRetrieve", ErrorCode.INVALID_SEARCH_ATTRIBUTES_TO_RETRIEVE),
                    text("attributesToCrop", ErrorCode.INVALID_SEARCH_ATTRIBUTES_TO_CROP),
                    count("cropLength", ErrorCode.INVALID_SEARCH_CROP_LENGTH),
                    text("cropMarker", ErrorCode.INVALID_SEARCH_CROP_MARKER),
                    text("attributesToHighlight", ErrorCode.INVALID_SEARCH_ATTRIBUTES_TO_HIGHLIGHT),
                    text("highlightPreTag", ErrorCode.INVALID_SEARCH_HIGHLIGHT_PRE_TAG),
                    text("highlightPostTag", ErrorCode.INVALID_SEARCH_HIGHLIGHT_POST_TAG),
                    flag("showMatchesPosition", ErrorCode.INVALID_SEARCH_SHOW_MATCHES_POSITION),
                    text("filter", ErrorCode.INVALID_SEARCH_FILTER),
                    text("sort", ErrorCode.INVALID_SEARCH_SORT),
                    text("distinct", ErrorCode.INVALID_SEARCH_DISTINCT),
                    text("facets", ErrorCode.INVALID_SEARCH_FACETS),
                    notNull(
                            "matchingStrategy",
                            ErrorCode.INVALID_SEARCH_MATCHING_STRATEGY,
                            Check.oneOf(MatchingStrategy.WORDS)),
                    text("attributesToSearchOn", ErrorCode.INVALID_SEARCH_ATTRIBUTES_TO_SEARCH_ON),
                    notNull(
                            "rankingScoreThreshold",
                            ErrorCode.INVALID_SEARCH_RANKING_SCORE_THRESHOLD,
                            value -> fraction(value, "rankingScoreThreshold")),
                    notNull("locales", ErrorCode.INVALID_SEARCH_LOCALES, Locales::checkParameter),
                    text("hybridEmbedder", ErrorCode.INVALID_SEARCH_EMBEDDER),
                    notNull(
                            "hybridSemanticRatio",
                            ErrorCode.INVALID_SEARCH_SEMANTIC_RATIO,
                            value -> fraction(value, "semanticRatio")),
                    notNull("vector", ErrorCode.INVALID_SEARCH_VECTOR, SearchParameters::floats),
                    flag("retrieveVectors", ErrorCode.INVALID_SEARCH_RETRIEVE_VECTORS),
                    text(
                            "personalizeUserContext",
                            ErrorCode.INVALID_SEARCH_PERSONALIZE_USER_CONTEXT),
                    flag("useNetwork", ErrorCode.INVALID_SEARCH_USE_NETWORK),
                    flag("showRankingScore", ErrorCode.INVALID_SEARCH_SHOW_RANKING_SCORE),
                    flag(
                            "showRankingScoreDetails",
                            ErrorCode.INVALID_SEARCH_SHOW_RANKING_SCORE_DETAILS),
                    flag(
                            "showPerformanceDetails",
                            ErrorCode.INVALID_SEARCH_SHOW_PERFORMANCE_DETAILS));

    private static final Pattern QUOTES = Pattern.compile("^\"+|\"+$");

    /** What Java reads as a number and Meilisearch does not: spaces, a letter for the type, hex. */
    private static final Pattern NO_FLOAT = Pattern.compile("^\\s.*|.*\\s$|.*[dDfFxX].*");

    private SearchParameters() {}

    static ObjectNode toBody(Map<String, String> parameters) {
        SHAPE.check(StrictValue.query(parameters));
        ObjectNode body = Json.object();
        parameters.forEach((name, value) -> put(body, name, value));
        String embedder = parameters.get("hybridEmbedder");
        String ratio = parameters.get("hybridSemanticRatio");
        if (embedder == null && ratio != null) {
            throw new ApiException(
                    ErrorCode.INVALID_SEARCH_HYBRID_QUERY,
                    "`hybridEmbedder` is mandatory when `hybridSemanticRatio` is present");
        }
        if (embedder == null && parameters.containsKey("vector")) {
            throw new ApiException(
                    ErrorCode.MISSING_SEARCH_HYBRID,
                    "`hybridEmbedder` is mandatory when `vector` is present");
        }
        if (embedder != null) {
            ObjectNode hybrid = body.putObject("hybrid").put("embedder", embedder);
            if (ratio != null) {
                hybrid.put("semanticRatio", Double.parseDouble(ratio));
            }
        }
        return body;
    }

    private static void put(ObjectNode body, String name, String value) {
        switch (name) {
            case "offset", "limit", "page", "hitsPerPage", "cropLength" ->
                    body.put(name, Long.parseLong(value));
            case "attributesToRetrieve",
                    "attributesToCrop",
                    "attributesToHighlight",
                    "facets",
                    "attributesToSearchOn",
                    "locales" ->
                    putList(body, name, value);
            case "showMatchesPosition",
                    "retrieveVectors",
                    "useNetwork",
                    "showRankingScore",
                    "showRankingScoreDetails",
                    "showPerformanceDetails" ->
                    body.put(name, Boolean.parseBoolean(value));
            case "rankingScoreThreshold" -> body.put(name, Double.parseDouble(value));
            case "filter" -> body.set(name, filter(value, ErrorCode.INVALID_SEARCH_FILTER));
            case "sort" -> splitSort(value).forEach(body.withArray(name)::add);
            case "vector" -> {
                ArrayNode vector = body.putArray(name);
                elements(value).forEach(v -> vector.add(Double.parseDouble(v)));
            }
            case "personalizeUserContext" ->
                    body.putObject("personalize").put("userContext", value);
            case "hybridEmbedder", "hybridSemanticRatio" -> {}
            default -> body.put(name, value);
        }
    }

    /**
     * A filter parameter may hold JSON; anything that is not JSON is an expression.
     *
     * @param code of the error for a null, which in a body would be no filter
     */
    public static JsonNode filter(String value, ErrorCode code) {
        JsonNode text = Json.mapper().valueToTree(value);
        if (value.isBlank()) {
            return text;
        }
        JsonNode parsed;
        try {
            parsed = Json.parse(value);
        } catch (JacksonException notJson) {
            return text;
        }
        if (parsed.isNull()) {
            throw FilterInput.wrong("String, Array", parsed, code);
        }
        return parsed.isMissingNode() ? text : parsed;
    }

    /** Splits at commas, but not inside the brackets of a _geoPoint; quotes around all go. */
    public static List<String> splitSort(String quoted) {
        String value = QUOTES.matcher(quoted).replaceAll("");
        List<String> expressions = new ArrayList<>();
        int start = 0;
        int depth = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else if (c == ',' && depth <= 0) {
                expressions.add(value.substring(start, i).trim());
                start = i + 1;
            }
        }
        expressions.add(value.substring(start).trim());
        return expressions;
    }

    private static void putList(ObjectNode body, String name, String value) {
        ArrayNode list = body.putArray(name);
        elements(value).forEach(list::add);
    }

    /** The parts of a comma-separated list; empty ones don't count. */
    public static List<String> elements(String value) {
        return Arrays.stream(value.split(",")).filter(part -> !part.isEmpty()).toList();
    }

    private static void floats(StrictValue value) {
        for (String element : elements(value.string())) {
            if (parsed(element) == null) {
                throw value.invalid("invalid float literal");
            }
        }
    }

    static void fraction(StrictValue value, String name) {
        Double number = parsed(value.string());
        SearchFields.fraction(value, number == null ? Double.NaN : number, name);
    }

    private static @Nullable Double parsed(String text) {
        if (NO_FLOAT.matcher(text).matches()) {
            return null;
        }
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException notNumber) {
            return null;
        }
    }

    static Shape.Field text(String name, ErrorCode code) {
        return notNull(name, code, Check.STRING);
    }

    static Shape.Field count(String name, ErrorCode code) {
        return notNull(name, code, SearchFields.COUNT);
    }

    static Shape.Field flag(String name, ErrorCode code) {
        return notNull(name, code, Check.BOOLEAN);
    }
}
