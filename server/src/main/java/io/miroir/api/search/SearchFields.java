package io.miroir.api.search;

import static io.miroir.api.strict.Shape.notNull;
import static io.miroir.api.strict.Shape.optional;

import io.miroir.api.ErrorCode;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The members of a search body and the rules for them, in the order that messages list them. */
final class SearchFields {
    static final Check COUNT = Check.unsigned(Long.MAX_VALUE);
    static final Check VECTOR = Check.arrayOf(Check.NUMBER);

    private SearchFields() {}

    /** The members of a search on one index. */
    static Shape.Field[] all() {
        return concat(text(), selection(), relevancy(), semantic(), diagnostics(true));
    }

    /** The members of a query of a multi-search: pagination may be null there. */
    static Shape.Field[] ofMultiSearch(Shape.Field indexUid, Shape.Field federationOptions) {
        List<Shape.Field> fields = new ArrayList<>();
        fields.add(indexUid);
        for (Shape.Field field :
                concat(text(), selection(), relevancy(), semantic(), diagnostics(false))) {
            boolean pagination = field.name().equals("offset") || field.name().equals("limit");
            fields.add(pagination ? optional(field.name(), field.code(), field.check()) : field);
        }
        fields.add(federationOptions);
        return fields.toArray(Shape.Field[]::new);
    }

    private static Shape.Field[] concat(Shape.Field[]... groups) {
        return Arrays.stream(groups).flatMap(Arrays::stream).toArray(Shape.Field[]::new);
    }

    private static Shape.Field[] text() {
        return new Shape.Field[] {
            optional("q", ErrorCode.INVALID_SEARCH_Q, Check.STRING),
            notNull("offset", ErrorCode.INVALID_SEARCH_OFFSET, COUNT),
            notNull("limit", ErrorCode.INVALID_SEARCH_LIMIT, COUNT),
            optional("page", ErrorCode.INVALID_SEARCH_PAGE, COUNT),
            optional("hitsPerPage", ErrorCode.INVALID_SEARCH_HITS_PER_PAGE, COUNT),
            optional(
                    "attributesToRetrieve",
                    ErrorCode.INVALID_SEARCH_ATTRIBUTES_TO_RETRIEVE,
                    Check.STRINGS),
            optional(
                    "attributesToCrop", ErrorCode.INVALID_SEARCH_ATTRIBUTES_TO_CROP, Check.STRINGS),
            notNull("cropLength", ErrorCode.INVALID_SEARCH_CROP_LENGTH, COUNT),
            notNull("cropMarker", ErrorCode.INVALID_SEARCH_CROP_MARKER, Check.STRING),
            optional(
                    "attributesToHighlight",
                    ErrorCode.INVALID_SEARCH_ATTRIBUTES_TO_HIGHLIGHT,
                    Check.STRINGS),
            notNull("highlightPreTag", ErrorCode.INVALID_SEARCH_HIGHLIGHT_PRE_TAG, Check.STRING),
            notNull("highlightPostTag", ErrorCode.INVALID_SEARCH_HIGHLIGHT_POST_TAG, Check.STRING),
            notNull(
                    "showMatchesPosition",
                    ErrorCode.INVALID_SEARCH_SHOW_MATCHES_POSITION,
                    Check.BOOLEAN),
        };
    }

    private static Shape.Field[] selection() {
        return new Shape.Field[] {
            optional("filter", ErrorCode.INVALID_SEARCH_FILTER, Check.ANY),
            optional("sort", ErrorCode.INVALID_SEARCH_SORT, Check.STRINGS),
            optional("distinct", ErrorCode.INVALID_SEARCH_DISTINCT, Check.STRING),
            optional("facets", ErrorCode.INVALID_SEARCH_FACETS, Check.STRINGS),
        };
    }

    private static Shape.Field[] relevancy() {
        return new Shape.Field[] {
            matchingStrategy(), attributesToSearchOn(), rankingScoreThreshold(), locales(),
        };
    }

    static Shape.Field matchingStrategy() {
        return notNull(
                "matchingStrategy",
                ErrorCode.INVALID_SEARCH_MATCHING_STRATEGY,
                Check.oneOf(MatchingStrategy.WORDS));
    }

    static Shape.Field attributesToSearchOn() {
        return optional(
                "attributesToSearchOn",
                ErrorCode.INVALID_SEARCH_ATTRIBUTES_TO_SEARCH_ON,
                Check.STRINGS);
    }

    static Shape.Field rankingScoreThreshold() {
        return optional(
                "rankingScoreThreshold",
                ErrorCode.INVALID_SEARCH_RANKING_SCORE_THRESHOLD,
                SearchFields::threshold);
    }

    static Shape.Field locales() {
        return optional("locales", ErrorCode.INVALID_SEARCH_LOCALES, Locales.LIST);
    }

    static Shape.Field hybrid() {
        return optional("hybrid", ErrorCode.INVALID_SEARCH_HYBRID_QUERY, SearchRequest.HYBRID);
    }

    static Shape.Field useNetwork() {
        return optional("useNetwork", ErrorCode.INVALID_SEARCH_USE_NETWORK, Check.BOOLEAN);
    }

    private static Shape.Field[] semantic() {
        return new Shape.Field[] {
            hybrid(),
            optional("vector", ErrorCode.INVALID_SEARCH_VECTOR, VECTOR),
            notNull("retrieveVectors", ErrorCode.INVALID_SEARCH_RETRIEVE_VECTORS, Check.BOOLEAN),
            optional("media", ErrorCode.INVALID_SEARCH_MEDIA, Check.ANY),
        };
    }

    private static Shape.Field[] diagnostics(boolean strict) {
        Shape.Field performance =
                strict
                        ? notNull(
                                "showPerformanceDetails",
                                ErrorCode.INVALID_SEARCH_SHOW_PERFORMANCE_DETAILS,
                                Check.BOOLEAN)
                        : optional(
                                "showPerformanceDetails",
                                ErrorCode.INVALID_SEARCH_SHOW_PERFORMANCE_DETAILS,
                                Check.BOOLEAN);
        return new Shape.Field[] {
            optional(
                    "personalize",
                    ErrorCode.INVALID_SEARCH_PERSONALIZE,
                    SearchRequest.personalize()),
            useNetwork(),
            notNull("showRankingScore", ErrorCode.INVALID_SEARCH_SHOW_RANKING_SCORE, Check.BOOLEAN),
            notNull(
                    "showRankingScoreDetails",
                    ErrorCode.INVALID_SEARCH_SHOW_RANKING_SCORE_DETAILS,
                    Check.BOOLEAN),
            performance,
        };
    }

    static void threshold(StrictValue value) {
        fraction(value, value.number(), "rankingScoreThreshold");
    }

    static void fraction(StrictValue value, double number, String name) {
        if (!(number >= 0 && number <= 1)) {
            throw value.invalid(
                    "the value of `"
                            + name
                            + "` is invalid, expected a float between `0.0` and `1.0`.");
        }
    }
}
